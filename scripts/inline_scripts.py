"""Moves the scripts that the theme writes into pages to files of their own.

So the site runs under a Content-Security-Policy that lets no script stand in a page, wherever it
is served: what people send can't become one. Only what is known of the theme is moved; any other
script in a page stays where it is, for the gate to find.
"""

import hashlib
import re
from pathlib import Path, PurePosixPath

from scripts.tree import files_below

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_ROOT = re.compile(r'^__md_scope=new URL\("[./]*",location\)')
_OF_THE_THEME = {
    "411c342b": "names what the browser remembers",
    "0eb10c24": "sets the chosen colours before anything is seen",
    "ffcc0f77": "opens the tab that the address names",
}
"""By their hash, without the way to the site's root: the scripts of the locked Material."""
_FOLDER = PurePosixPath("assets/javascripts")
_NOT_FOUND = "404.html"


def take_out(site: Path, root: str = "/") -> None:
    """Move the theme's scripts in a site's pages to files.

    Args:
        site: the built site.
        root: the path at which the site is served, for the page that is shown at any address.
    """
    scripts: dict[str, str] = {}
    for page in files_below(site, ".html"):
        path = PurePosixPath(page.relative_to(site).as_posix())
        up = root if str(path) == _NOT_FOUND else "../" * (len(path.parts) - 1)

        def outside(found: re.Match[str], up: str = up) -> str:
            if _digest(_ROOT.sub("", found[1])) not in _OF_THE_THEME:
                return found[0]
            name = f"inline.{_digest(found[1])}.min.js"
            scripts[name] = found[1]
            return f'<script src="{up}{_FOLDER}/{name}"></script>'

        html = page.read_text(encoding="utf-8")
        moved = _INLINE.sub(outside, html)
        if moved != html:
            page.write_text(moved, encoding="utf-8")
    for name, script in scripts.items():
        target = site / _FOLDER / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(script, encoding="utf-8")


def _digest(script: str) -> str:
    return hashlib.sha256(script.encode()).hexdigest()[:8]
