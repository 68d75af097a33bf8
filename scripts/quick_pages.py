"""Lets MkDocs make only the pages whose inputs changed; of the others it takes what it made before.

Three steps of a page are kept: macros, Markdown, theme. MkDocs itself runs as always: it reads
every page, knows every title, navigation and anchor, and writes every page. What all steps depend
on is the ground (`ground`): code, libraries, settings, templates, day. What a step could ask for
beyond its inputs is taken out of its reach, so that a page that does ask breaks the build.
"""

import sys
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from types import MethodType
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink

from intake.configuration import Places
from scripts.as_of import editions
from scripts.files_hash import digest, folder_hash
from scripts.kept_html import KeptHtml
from scripts.steps import Steps
from scripts.system import System

_CODE = ("scripts", "intake")
_LAST = -100
_OUT_OF_REACH = ("config", "environment", "files", "git", "navigation", "plugin")
"""What the macros plugin offers to pages and the key of their macros doesn't hold."""


def ground(places: Places, system: System) -> str:
    """Return the hash of what every step of a build depends on."""
    libraries = sorted(f"{each.name} {each.version}" for each in distributions())
    code = Path(__file__).resolve().parent.parent
    return digest(
        sys.version,
        *libraries,
        *(folder_hash(code / name) for name in _CODE),
        (places.root / "mkdocs.yml").read_bytes(),
        places.configuration.read_bytes(),
        folder_hash(places.content / "templates"),
        system.day.isoformat(),
        *(edition.name for edition in editions(places)),
    ).hex()


def data_hash(places: Places, system: System, staged: Path) -> str:
    """Return the hash of what macros show: registers, forms, what was collected, form pages.

    Of the files staged beside the pages it counts which are there: those that aren't are not
    offered to download.
    """
    collected = (folder_hash(places.packages / name) for name in sorted(system.forms))
    beside = (path for path in staged.rglob("*") if path.suffix != ".md" and path.is_file())
    return digest(
        folder_hash(places.registers),
        folder_hash(places.forms),
        *collected,
        *sorted(path.relative_to(staged).as_posix() for path in beside),
        repr(sorted(system.form_pages.items())),
        repr(sorted(system.revision_pages.items())),
    ).hex()


@dataclass(frozen=True)
class _Asking:
    """What macros may know of the page they stand on."""

    url: str
    meta: dict[str, Any]


class QuickPages(BasePlugin):  # type: ignore[type-arg, no-untyped-call]
    """Puts the kept steps in place of MkDocs' own, page by page."""

    def __init__(self, steps: Steps, data: str, html: KeptHtml) -> None:
        self._steps = steps
        self._data = data
        self._html = html

    @event_priority(_LAST)
    def on_nav(self, nav: Navigation, /, *, config: MkDocsConfig, **_: Any) -> Navigation:
        """Let macros be expanded once for the same data."""
        macros = config.plugins.get("macros")
        if macros is not None:
            for name in _OUT_OF_REACH:
                macros.variables.pop(name, None)
            self._expand = macros.render
            macros.render = MethodType(self._expanded, macros)
        return nav

    def _expanded(self, macros: Any, markdown: str, force_rendering: bool = False) -> str:
        """Expand the macros of a text.

        Inputs: the text, the page's address and front matter, the data, and from which number the
        marks of what macros make go on. A page that shows the texts of other pages
        (`KeptHtml.reads_pages`) is expanded anew every time.
        """
        page, pieces = macros.page, self._html.pieces
        first = len(pieces)
        macros.variables["page"] = _Asking(page.url, page.meta)
        key = digest("macros", self._data, page.url, repr(page.meta), str(first), markdown)
        known = self._steps.get(key)
        if known is not None:
            text, made = self._steps.put(key, known)
            pieces.extend(made)
            return str(text)
        text = self._expand(markdown=markdown, force_rendering=force_rendering)
        if not self._html.reads_pages:
            self._steps.put(key, (text, pieces[first:]))
        return str(text)

    @event_priority(_LAST)
    def on_page_markdown(self, markdown: str, /, *, page: Page, **_: Any) -> str:
        """Let the page be rendered once for the same text and the same link targets."""
        page.render = MethodType(self._rendered, page)  # type: ignore[method-assign]
        return markdown

    def _rendered(self, page: Page, config: MkDocsConfig, files: Files) -> None:
        """Make HTML of a page's Markdown.

        Inputs: the text, with marks for what macros made; the page's path; for every file that a
        link of it asks for, its address or that there is none.
        """
        key = digest("markdown", page.file.src_uri, page.markdown or "")
        known = self._steps.get(key)
        if known is None or any(_address(files, name) != found for name, found in known[0]):
            asked = _Asked(files)
            Page.render(page, config, asked)  # type: ignore[arg-type]
            anchors = {file.src_uri: found for file, found in (page.links_to_anchors or {}).items()}
            made = page.content, page.toc, page._title_from_render, page.present_anchor_ids
            self._steps.put(key, (asked.found, anchors, made))
            return
        _, anchors, made = self._steps.put(key, known)
        page.content, page.toc, page._title_from_render, page.present_anchor_ids = made
        page.links_to_anchors = {
            file: found
            for name, found in anchors.items()
            if (file := files.get_file_from_path(name)) is not None
        }

    @event_priority(_LAST)
    def on_env(self, env: Environment, /, *, config: MkDocsConfig, **_: Any) -> Any:
        """Let the theme be filled in once for the same page; what is only for macros goes."""
        for name in ("system", "kept"):
            config.extra.pop(name, None)
        return _Theme(env, self._steps)


class _Asked:
    """The files of a site, as far as links ask for them, and what they were told."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.found: list[tuple[str, Any]] = []

    def get_file_from_path(self, path: str) -> File | None:
        """Return a file by its path."""
        self.found.append((path, _address(self._files, path)))
        return self._files.get_file_from_path(path)


def _address(files: Files, path: str) -> tuple[str, str, str] | None:
    file = files.get_file_from_path(path)
    return (file.src_uri, file.url, file.inclusion.name) if file else None


class _Theme:
    """The templates of the theme, those of pages filled in once for the same page."""

    def __init__(self, env: Environment, steps: Steps) -> None:
        self._env = env
        self._steps = steps
        self._navigation = ""

    def get_template(self, name: str) -> Any:
        """Return a template."""
        return _Template(self, name, self._env.get_template(name))

    def filled(self, name: str, template: Any, context: dict[str, Any]) -> str:
        """Fill in a template.

        Inputs: the page with its content, the navigation with the titles, addresses and front
        matter of its pages. The list of all pages is out of reach.
        """
        page = context["page"]
        if page is None:
            return str(template.render(context))
        if not self._navigation:
            self._navigation = repr([_entry(item) for item in context["nav"].items])
        key = digest(
            *("theme", name, self._navigation, page.file.src_uri, page.url, repr(page.meta)),
            *(repr(page.title), repr(_contents(page.toc)), page.markdown, page.content),
        )
        alone = {**context, "pages": self._env.undefined(name="pages")}
        return self._steps.once(key, lambda: str(template.render(alone)))


@dataclass(frozen=True)
class _Template:
    theme: _Theme
    name: str
    template: Any

    def render(self, context: dict[str, Any]) -> str:
        """Fill in the template."""
        return self.theme.filled(self.name, self.template, context)


def _entry(item: Any) -> tuple[Any, ...]:
    """Return what the theme may know of an entry of the navigation."""
    below = [_entry(each) for each in item.children or ()]
    page = (item.file.src_uri, item.meta) if item.is_page else ()
    return (item.title, getattr(item, "url", ""), page, below)


def _contents(toc: Any) -> list[Any]:
    return [_heading(each) for each in toc]


def _heading(link: AnchorLink) -> tuple[Any, ...]:
    return (link.title, link.id, link.level, [_heading(each) for each in link.children])
