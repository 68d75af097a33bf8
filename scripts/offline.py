"""`make offline`: the published release as one file that opens from a stick, without a server.

Links to folders become links to their `index.html`, since a browser shows a folder of a disk as a
list of files. What scripts link to, a small script leads there too; it also says on the pages of
forms that nothing can be sent from a copy. The same release gives the same bytes.
"""

import re
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

from intake.configuration import Places, Portal
from scripts.releases import MANIFEST, current, manifest
from scripts.slugs import slug
from scripts.stable_zip import add

_LINK = re.compile(r'(<(?:a|link|area)\b[^>]*?\shref=")([^"]*)(")')
_HEAD = "<head>"
_SCRIPT = Path(__file__).parent / "templates" / "offline.js"
_SCRIPT_NAME = "offline.js"
_OF_A_SERVER = {MANIFEST, "404.html"}
_PRELOADED = re.compile(r'<link rel="preload"[^>]*>\n?')
"""A hint for a network, which a page of a disk is refused."""


class NothingPublished(RuntimeError):
    """There is no release to copy."""


def offline(places: Places, folder: Path) -> Path:
    """Write the published release as an archive to be opened from a disk, and return its path.

    Args:
        places: the project.
        folder: where to write.

    Raises:
        NothingPublished: nothing was published yet.
    """
    release = current(places)
    if release is None:
        raise NothingPublished("chưa có bản nào được công bố; hãy chạy make publish trước")
    site = places.releases / release
    portal = Portal.load(places.configuration)
    base = urlsplit(portal.site["url"]).path or "/"
    name = f"{slug(portal.agency['short_name'])}-{manifest(site)['day']}"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.zip"
    aside = target.with_suffix(".tmp")
    with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(site.rglob("*")):
            if path.is_file() and path.suffix != ".gz" and path.name not in _OF_A_SERVER:
                address = path.relative_to(site).as_posix()
                add(archive, f"{name}/{address}", _content(path, address, base))
        script = _SCRIPT.read_text(encoding="utf-8").replace("{{ site }}", portal.site["url"])
        add(archive, f"{name}/{_SCRIPT_NAME}", script.encode())
    aside.replace(target)
    return target


def _content(path: Path, address: str, base: str) -> bytes:
    if path.suffix != ".html":
        return path.read_bytes()
    root = "../" * address.count("/") or "./"
    page = _PRELOADED.sub("", path.read_text(encoding="utf-8"))
    linked = _LINK.sub(lambda link: f"{link[1]}{on_disk(link[2], base, root)}{link[3]}", page)
    script = f'<script src="{root}{_SCRIPT_NAME}"></script>'
    return linked.replace(_HEAD, f"{_HEAD}{script}", 1).encode()


def on_disk(link: str, base: str, root: str) -> str:
    """Return a link as it works on a disk: relative, and with the page at which a folder opens.

    Args:
        link: as a page of the portal has it.
        base: the path at which the portal stands on its server, such as `/`.
        root: the way from the page to the top of the copy.
    """
    if link.startswith(base) and not link.startswith("//"):
        link = root + link.removeprefix(base)
    parts = urlsplit(link)
    is_folder = parts.path.endswith(("/", "/..", "/.")) or parts.path in {".", ".."}
    if parts.scheme or parts.netloc or not is_folder:
        return link
    rest = link[len(parts.path) :]
    return f"{parts.path.rstrip('/')}/index.html{rest}"
