import sys

import pytest

from scripts.paper_copies import pango
from scripts.paper_copies.pango import PangoMissing, ensure_pango

RENDERING = "scripts.paper_copies.rendering"


class WithoutPango:
    """Lets the module that makes PDFs fail as it does on a machine without Pango."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == RENDERING:
            raise OSError("cannot load library 'libpango-1.0-0'")


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is installed with the system's packages, on a machine without Pango."""
    finder, asked = WithoutPango(), list[str]()
    monkeypatch.delitem(sys.modules, RENDERING, raising=False)
    monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])
    monkeypatch.setattr(pango, "_system_packages", lambda: asked.append("pango"))
    return asked


def test_where_pango_cannot_be_had_the_message_says_what_to_install(installs: list[str]) -> None:
    with pytest.raises(PangoMissing, match=r"chưa có thư viện Pango.*apt-get install libpango-1"):
        ensure_pango()
    assert installs == ["pango"]


def test_pango_is_installed_where_it_may_be(
    installs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def install() -> None:
        installs.append("pango")
        sys.meta_path.pop(0)

    monkeypatch.setattr(pango, "_system_packages", install)
    assert ensure_pango().__name__ == RENDERING
    assert installs == ["pango"]


def test_nothing_is_installed_where_pango_is() -> None:
    assert ensure_pango().__name__ == RENDERING


def test_the_portal_is_built_without_what_makes_pdfs() -> None:
    """Publishing, serving and linking import neither WeasyPrint nor Pango."""
    import subprocess

    code = (
        "import sys, scripts.publish, scripts.serve, scripts.paper_copies.controlled; "
        "sys.exit('weasyprint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
