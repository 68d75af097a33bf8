from scripts.review_pack.gather import TITLES, Pack
from scripts.review_pack.texts import Texts, as_html


def test_a_text_is_begun_once_and_never_written_again(texts: Texts, held: Pack) -> None:
    begun = {path.stem for path in texts.write_missing(held.period)}
    assert begun == {*TITLES, "tom-tat", "kien-nghi"}
    mine = texts.folder / "c.4.md"
    mine.write_text("Nhận định của tôi.\n", encoding="utf-8")
    (texts.folder / "d.md").unlink()
    assert [path.name for path in texts.write_missing(held.period)] == ["d.md"]
    assert mine.read_text(encoding="utf-8") == "Nhận định của tôi.\n"


def test_what_was_begun_says_nothing_yet(texts: Texts, held: Pack) -> None:
    texts.write_missing(held.period)
    begun = (texts.folder / "c.4.md").read_text(encoding="utf-8")
    assert TITLES["c.4"] in begun
    assert texts.written("c.4") == ""
    assert "Tóm tắt trong sổ" in texts.html("c.4", "Tóm tắt trong sổ")
    (texts.folder / "c.4.md").write_text(f"{begun}\nĐã **viết**.", encoding="utf-8")
    assert texts.html("c.4", "Tóm tắt trong sổ") == "<p>Đã <strong>viết</strong>.</p>"


def test_tags_are_shown_as_typed_and_pictures_left_out() -> None:
    html = as_html("a <script>x</script>\n\n<div>b</div>\n\n![c](file:///etc/passwd)")
    assert "<script" not in html
    assert "<div" not in html
    assert "&lt;div&gt;" in html
    assert "<img" not in html
