from pathlib import Path

from scripts.gate.budget import check_weight
from scripts.gate.settings import Settings


def site(folder: Path) -> Path:
    for name in ("index.html", "tai-ngay/2020-06-20/index.html", "search/words.js"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x" * 1000)
    return folder


def test_what_is_within_its_budget_passes(tmp_path: Path) -> None:
    assert list(check_weight(site(tmp_path), Settings(page_bytes=1000, index_bytes=1000))) == []


def test_a_page_that_is_too_heavy_is_found(tmp_path: Path) -> None:
    site(tmp_path)
    beside = (tmp_path / "tai-ngay" / "2020-06-20",)
    (line,) = check_weight(tmp_path, Settings(page_bytes=999), beside)
    assert line.startswith("index.html: trang nặng 1.000 byte, mức cho phép 999;")


def test_an_index_that_is_too_heavy_is_found(tmp_path: Path) -> None:
    (line,) = check_weight(site(tmp_path), Settings(index_bytes=999))
    assert line.startswith("search/: mục lục tìm kiếm nặng 1.000 byte")


def test_the_settings_come_from_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "portal.toml"
    path.write_text('[gate]\npage_bytes = 5\n[gate.queries]\n"a b" = "c/"\n', encoding="utf-8")
    assert Settings.load(path) == Settings(page_bytes=5, queries={"a b": "c/"})
    path.write_text("", encoding="utf-8")
    assert Settings.load(path) == Settings()
