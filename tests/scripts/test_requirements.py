"""The page of the security requirements shows every line of its table."""

from intake.configuration import PROJECT_ROOT
from scripts.requirements import TABLE, chapter_of, read, requirements
from scripts.views import Views


def test_every_line_is_shown_in_its_chapter(small_views: Views) -> None:
    rows = read(PROJECT_ROOT / "content" / TABLE)
    shown = requirements(PROJECT_ROOT / "content")
    assert sum(shown["counts"].values()) == len(rows)
    html = small_views.render("requirements.html", **shown)
    for row in rows:
        assert row in shown["chapters"][chapter_of(row)]
        assert f"<td>{row['requirement']}</td>" in html
    assert "<code>tests/attack/test_asvs.py::" in html
    assert html.count("<h2 ") == 17
