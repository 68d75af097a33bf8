"""What MkDocs and its plugins complain of, by file and line, in the words of the maintainers."""

import contextlib
import logging
import re
from collections.abc import Iterator
from pathlib import Path

_MACRO = re.compile(r"_File_: `(?P<file>[^`]+)`\s+_(?P<kind>\w+)_: (?P<what>.*)")
_LINE = re.compile(r'File "<template>", line (\d+)')
_LINK = re.compile(r"oc file '(?P<file>[^']+)' contains (?:a link|an \w+ link) '(?P<link>[^']+)'")
_FRONT_MATTER = re.compile(r"---\n.*?\n---\n\s*", re.DOTALL)


@contextlib.contextmanager
def complaints(staged: Path, content: Path) -> Iterator[list[str]]:
    """Collect what MkDocs warns of while it builds, instead of printing it.

    Args:
        staged: the pages that it builds from.
        content: the written pages; a page that isn't there comes from a register.
    """
    found: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(explain(record.getMessage(), staged, content))

    logger, collector = logging.getLogger("mkdocs"), Collector(logging.WARNING)
    logger.addHandler(collector)
    propagated, logger.propagate = logger.propagate, False
    try:
        yield found
    finally:
        logger.propagate = propagated
        logger.removeHandler(collector)


def explain(message: str, staged: Path, content: Path) -> str:
    """Return a message of MkDocs as a line with file, line and what is wrong."""
    if macro := _MACRO.search(message):
        text = _text(staged / macro["file"])
        head = _FRONT_MATTER.match(text)
        lines = _LINE.findall(message)
        line = (head[0].count("\n") if head else 0) + int(lines[-1] if lines else 1)
        what = f"không chạy được lệnh trong {{{{ }}}}: {macro['kind']}: {macro['what']}"
        return f"{_name(macro['file'], content)}:{line}: {what}"
    if link := _LINK.search(message):
        before = _text(staged / link["file"]).partition(link["link"])[0]
        line = before.count("\n") + 1
        return f"{_name(link['file'], content)}:{line}: liên kết hỏng: {link['link']} ({message})"
    return f"MkDocs: {message}"


def _name(file: str, content: Path) -> str:
    return f"content/{file}" if (content / file).is_file() else f"{file} (lập từ sổ)"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
