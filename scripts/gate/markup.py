"""Reads a built page once: links, what it loads, anchors, what is invalid or would run code."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

_ATTRIBUTES = r"""((?:[^<>"']|"[^"]*"|'[^']*')*)"""
_TOKEN = re.compile(
    rf"<!--.*?-->|<(script|style|textarea|title)\b{_ATTRIBUTES}>(.*?)</\1\s*>"
    rf"|<(/?)([a-z][a-z0-9-]*){_ATTRIBUTES}>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([a-z][a-z:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_VOID = frozenset(
    "area base br col embed hr img input link meta source track wbr".split()  # noqa: SIM905
)
_CLOSED_BY_OTHERS = frozenset(
    "html head body p li dt dd option optgroup tr td th thead tbody tfoot colgroup rt rp".split()  # noqa: SIM905
)
"""Elements whose end tag HTML lets be left out."""
_LINKS = {"a": ("href",), "area": ("href",), "form": ("action",)}
_LOADS = {
    "audio": ("src",),
    "base": ("href",),
    "embed": ("src",),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src", "formaction"),
    "button": ("formaction",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
_NOT_LOADED = {"canonical", "next", "prev", "edit"}
"""Relations of `<link>` that only name an address."""
_DATA = re.compile(
    r"""\btype\s*=\s*["']?(?:application|text)/(?:[a-z.+-]*\+)?(?:json|template)\b""", re.I
)
_HANDLER = re.compile(r"^on[a-z]+$")
_OF_INTEREST = re.compile(
    r"\b(?:on[a-z]+|id|name|style|http-equiv|href|src|srcset|data|poster|(?:form)?action)\s*=", re.I
)
_IN_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""", re.I)
_IN_SCRIPT = re.compile(
    r"""(?:\b(?:fetch|import|importScripts|sendBeacon)|\bnew\s+(?:Worker|EventSource|WebSocket)"""
    r"""|\.open\([^()]*?,|\.src\s*=)\s*\(?\s*["'`]((?:(?:https?|wss?):)?//[^"'`]+)"""
)


@dataclass(frozen=True)
class Page:
    """What the checks of a site ask of a page."""

    links: frozenset[str]
    loaded: frozenset[str]
    anchors: frozenset[str]
    invalid: tuple[str, ...]
    """What isn't valid HTML, or would run code that stands in the page, in words."""


def read_page(html: str) -> Page:
    """Read a page."""
    reading = _Reading()
    for raw, raw_attributes, text, closing, name, attributes in _TOKEN.findall(html):
        if raw:
            reading.raw(raw.lower(), raw_attributes, text)
        elif name:
            reading.tag(name.lower(), attributes, closing=bool(closing))
    return reading.page()


def loaded_by_style(text: str) -> list[str]:
    """Return what a style sheet loads from another host."""
    return _IN_STYLE.findall(text)


def loaded_by_script(text: str) -> list[str]:
    """Return what a script asks of another host, as far as it says so in one place."""
    return _IN_SCRIPT.findall(text)


class _Reading:
    def __init__(self) -> None:
        self._links: set[str] = set()
        self._loaded: set[str] = set()
        self._ids: Counter[str] = Counter()
        self._names: set[str] = set()
        self._open: list[str] = []
        self._invalid: list[str] = []

    def raw(self, name: str, attributes: str, text: str) -> None:
        """Take an element whose content is no markup."""
        self._attributes(name, attributes)
        if name == "style":
            self._loaded.update(loaded_by_style(text))
        elif name == "script":
            self._loaded.update(loaded_by_script(text))
            if text.strip() and not _DATA.search(attributes):
                self._invalid.append(f"mã chạy viết thẳng trong trang: {text.strip()[:40]}")

    def tag(self, name: str, attributes: str, *, closing: bool) -> None:
        """Take a start tag or an end tag."""
        if closing:
            self._close(name)
            return
        if attributes:
            self._attributes(name, attributes)
        if name not in _VOID and not self._closes_itself(name, attributes):
            self._open.append(name)

    def page(self) -> Page:
        """Return what was read."""
        unclosed = [name for name in self._open if name not in _CLOSED_BY_OTHERS]
        return Page(
            frozenset(self._links),
            frozenset(self._loaded),
            frozenset(self._ids) | self._names,
            (
                *(f"id trùng nhau: {each}" for each, count in self._ids.items() if count > 1),
                *(f"thẻ không đóng: <{name}>" for name in unclosed),
                *self._invalid,
            ),
        )

    def _close(self, name: str) -> None:
        while self._open and self._open[-1] != name and self._open[-1] in _CLOSED_BY_OTHERS:
            self._open.pop()
        if self._open and self._open[-1] == name:
            self._open.pop()
        elif name in self._open:
            while (left := self._open.pop()) != name:
                if left not in _CLOSED_BY_OTHERS:
                    self._invalid.append(f"thẻ không đóng: <{left}>")
        else:
            self._invalid.append(f"thẻ đóng thừa: </{name}>")

    def _closes_itself(self, name: str, attributes: str) -> bool:
        """Tell whether a tag of a drawing ends in a slash of its own; in HTML it means nothing."""
        if not attributes.endswith("/") or attributes[-2:-1] not in {"", " ", '"', "'", "\n"}:
            return False
        return name == "svg" or "svg" in self._open or "math" in self._open

    def _attributes(self, name: str, written: str) -> None:
        if not _OF_INTEREST.search(written):
            return
        found = {
            attribute.lower(): unescape(double or single or bare)
            for attribute, double, single, bare in _ATTRIBUTE.findall(written)
        }
        if identifier := found.get("id"):
            self._ids[identifier] += 1
        self._invalid += [
            f"mã chạy viết thẳng trong trang: {attribute}"
            for attribute, value in found.items()
            if _HANDLER.match(attribute) or _leads_to_code(value)
        ]
        if name == "a" and "name" in found:
            self._names.add(found["name"])
        self._links.update(found[each] for each in _LINKS.get(name, ()) if found.get(each))
        self._loaded.update(_loaded(name, found))


def _leads_to_code(address: str) -> bool:
    """Tell whether an address is code, as browsers read it: they skip blanks and line breaks."""
    return re.sub(r"[\x00-\x20]", "", address).lower().startswith(("javascript:", "vbscript:"))


def _loaded(name: str, attributes: dict[str, str]) -> Iterator[str]:
    yield from loaded_by_style(attributes.get("style", ""))
    if name == "link" and attributes.get("rel") in _NOT_LOADED:
        return
    if name == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
        yield attributes.get("content", "").partition("=")[2]
    for each in _LOADS.get(name, ()):
        if each == "srcset":
            yield from (
                part.split()[0] for part in attributes.get(each, "").split(",") if part.strip()
            )
        elif attributes.get(each):
            yield attributes[each]
