import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from intake.configuration import Places
from scripts.build import BuildFailed, run_mkdocs
from scripts.engine_messages import complaints, explain
from scripts.stage import stage
from scripts.system import System


@pytest.fixture
def failure(small_places: Places, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Return what is told when the home page of the small project is built from a text."""
    monkeypatch.setenv("QMS_ROOT", str(small_places.root))
    settings = small_places.root / "mkdocs.yml"
    text = settings.read_text(encoding="utf-8")
    macros = (
        "plugins: [{macros: {modules: [scripts.macros], on_error_fail: true, "
        "on_undefined: strict}}]\nvalidation: {anchors: warn}"
    )
    settings.write_text(text.replace("plugins: []", macros), encoding="utf-8")

    def build(markdown: str) -> list[str]:
        (small_places.content / "index.md").write_text(markdown, encoding="utf-8")
        system = System.load(small_places)
        staged = stage(small_places, system)
        with pytest.raises(BuildFailed) as failed:
            run_mkdocs(small_places, system, staged, small_places.cache / "built")
        return str(failed.value).splitlines()

    return build


def test_a_broken_macro_is_named_by_file_and_line(failure: Callable[[str], list[str]]) -> None:
    head, line = failure("---\nhide: [toc]\n---\n\n# Một\n\n{{ nothing() }}\n")
    assert head == "MkDocs không dựng được trang:"
    assert line.startswith("content/index.md:7: không chạy được lệnh trong {{ }}: UndefinedError")


def test_a_dead_link_is_named_by_file_and_line(failure: Callable[[str], list[str]]) -> None:
    _, line, *_ = failure("# Một\n\n[hai](hai.md)\n")
    assert line.startswith("content/index.md:3: liên kết hỏng: hai.md")


def test_a_page_out_of_a_register_is_called_so(tmp_path: Path) -> None:
    message = "_File_: `a.md`\n\n_KeyError_: 'x'\n"
    assert explain(message, tmp_path, tmp_path).startswith("a.md (lập từ sổ):1: ")


def test_other_complaints_are_passed_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with complaints(tmp_path, tmp_path) as found:
        logging.getLogger("mkdocs.x").warning("something else")
    logging.getLogger("mkdocs.x").warning("afterwards")
    assert found == ["MkDocs: something else"]
    assert caplog.messages == ["afterwards"]
