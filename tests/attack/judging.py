"""Whether what was typed became more than text, in each kind of file that shows it."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from html.parser import HTMLParser

from docx import Document
from openpyxl import load_workbook

from tests.attack.payloads import PRODUCT

_ADDRESSES = {"href", "src", "action", "formaction", "data", "xlink:href", "srcset"}
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NOT_TEXT = {"script", "style"}


class Page(HTMLParser):
    """An HTML page as a browser takes it: its text, and what would run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.runs: list[str] = [PRODUCT] if PRODUCT in html else []
        self._text: list[str] = []
        self._inside = ""
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        """All that is shown, what stands in inputs included."""
        return "\n".join(self._text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element and its attributes."""
        self._inside = tag if tag in _NOT_TEXT else ""
        for name, value in attrs:
            told = (value or "").strip().lower()
            address = name in _ADDRESSES and told.startswith(("javascript:", "data:text", "vbs"))
            if name.startswith("on") or address or (tag == "img" and told == "x"):
                self.runs.append(f"<{tag} {name}={value!r}>")
            self._text.append(value or "")

    def handle_endtag(self, _tag: str) -> None:
        """Leave an element."""
        self._inside = ""

    def handle_data(self, data: str) -> None:
        """Look at text, or at a script."""
        if self._inside:
            self.runs += [f"{self._inside}: {data[:60]}"] if "qms(" in data else []
        else:
            self._text.append(data)


def formulas(content: bytes) -> list[str]:
    """Return the cells of a CSV that a spreadsheet would run."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    cells = [cell for row in rows for cell in row if _FORMULA.match(cell)]
    return [cell for cell in cells if not re.fullmatch(r"-?[0-9.]+", cell)]


def formulas_of_workbook(content: bytes) -> list[str]:
    """Return the cells of a workbook that are formulas."""
    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    return [str(cell.value) for cell in cells if cell.data_type == "f"]


def text_of_workbook(content: bytes) -> str:
    """Return all text of a workbook."""
    book = load_workbook(io.BytesIO(content))
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


def text_of_docx(content: bytes) -> str:
    """Return all text of a DOCX; no part of it may be anything but well-formed XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                ET.fromstring(parts.read(name))
    return "".join(Document(io.BytesIO(content)).element.body.itertext())


def runs_in_file(name: str, content: bytes) -> list[str]:
    """Return what would run of a published file, by the kind that its name says."""
    text = content.decode("utf-8", "replace")
    wrong = [PRODUCT] if PRODUCT in text else []
    match name.rpartition(".")[2]:
        case "html":
            wrong += Page(text).runs
        case "csv":
            wrong += formulas(content)
        case "xlsx":
            wrong += formulas_of_workbook(content)
        case "json":
            json.loads(text)
        case "xml" | "svg":
            wrong += [each.tag for each in ET.fromstring(text).iter() if "script" in each.tag]
        case "ics":
            events = len(re.findall(r"(?m)^BEGIN:VEVENT\r?$", text))
            wrong += ["BEGIN:VEVENT"] * (events - len(re.findall(r"(?m)^UID:", text)))
            wrong += re.findall(r"(?m)^Bcc:.*", text)
        case "js" if "qms(" in text:
            wrong += [] if _is_data(text) else ["qms("]
    return wrong


def _is_data(script: str) -> bool:
    """Tell whether a script is one call whose arguments are all JSON."""
    called = re.fullmatch(r"[\w.]+\((.*)\);?\s*", script, re.DOTALL)
    try:
        return bool(called and json.loads(f"[{called[1]}]"))
    except ValueError:
        return False
