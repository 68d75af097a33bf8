from pathlib import Path

import pytest

from scripts.inline_scripts import take_out

TAB = (
    "var target=document.getElementById(location.hash.slice(1));"
    'target&&target.name&&(target.checked=target.name.startsWith("__tabbed_"))'
)


@pytest.mark.parametrize(
    ("page", "root", "up"),
    [
        ("index.html", "/", ""),
        ("tai-lieu/qt-vp-01/index.html", "/", "../../"),
        ("404.html", "/", "/"),
        ("404.html", "/qlcl/", "/qlcl/"),
    ],
)
def test_a_script_of_the_theme_moves_to_a_file_that_the_page_loads(
    tmp_path: Path, page: str, root: str, up: str
) -> None:
    path = tmp_path / page
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"<p>a</p><script>{TAB}</script><p>b</p>", encoding="utf-8")
    take_out(tmp_path, root)
    (script,) = (tmp_path / "assets" / "javascripts").iterdir()
    assert script.read_text(encoding="utf-8") == TAB
    html = path.read_text(encoding="utf-8")
    assert html == (f'<p>a</p><script src="{up}assets/javascripts/{script.name}"></script><p>b</p>')


def test_no_other_script_becomes_one_that_runs(tmp_path: Path) -> None:
    html = f"<p>a</p><script>{TAB};alert(1)</script><script>alert(1)</script>"
    (tmp_path / "index.html").write_text(html, encoding="utf-8")
    take_out(tmp_path)
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == html
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
