"""Blank slips to download: those of the forms, and the templates that all units use.

DOCX are made by the build, PDF by `make pdf`, which needs Pango; a build takes along those that
are kept. What is kept is named by the hash of what it shows and of how it is made.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from intake import paper
from intake.configuration import Places
from intake.forms.rendering import vietnamese_day
from intake.forms.schema import Form
from intake.paper import sheets, word
from intake.paper.model import Block, Box, Entry, Grid, Kind, Part, Signatures, Slip
from intake.paper.slips import Plan, Press
from intake.registers import Registers
from scripts.form_templates import FormTemplate, choices, form_template, is_list, is_short
from scripts.registers import Row
from scripts.slugs import slug
from scripts.system import System

FOLDER = "mau-trong"
"""Where blanks stand in the site."""

_KINDS: dict[str, Kind] = {"text": "text", "long_text": "long_text", "date": "date"}
_KINDS |= {"number": "number", "choice": "choice"}
_PAPER = Path(paper.__file__).parent
_RECIPE = (
    *sorted(_PAPER.glob("*.py")),
    _PAPER / "slip.css",
    _PAPER.parent / "templates" / "paper" / "slip.html",
)


@dataclass(frozen=True)
class Blank:
    """A blank that can be downloaded."""

    name: str
    """Of its files, without the ending."""
    title: str

    def there(self, site: Path) -> tuple[str, list[tuple[str, str]]]:
        """Return its title, and the kind and address of each of its files that a site has."""
        files = [(kind, f"{FOLDER}/{self.name}.{kind.lower()}") for kind in ("PDF", "DOCX")]
        return self.title, [(kind, path) for kind, path in files if (site / path).is_file()]


def of_form(system: System, form: str) -> list[Blank]:
    """Return the blanks of a form of the portal."""
    return [_of_plan(plan) for plan in system.plans.values() if plan.form == form]


def of_template(system: System, code: str) -> list[Blank]:
    """Return the blanks of a paper form: that of the web form that stands for it, or its own."""
    if web_form := system.web_form_of(code):
        return [_of_plan(system.plans[web_form.name])] if web_form.name in system.plans else []
    return [Blank(code.lower(), system.documents[code]["title"])]


def blanks(system: System, places: Places) -> dict[str, bytes]:
    """Return the files of all blanks by path: DOCX, and what is kept as PDF."""
    keeper, files = Keeper(places.cache / "slips"), {}
    for name, slip in _slips(system, places):
        files[f"{FOLDER}/{name}.docx"] = keeper.made(slip, "docx")
        if kept := keeper.kept(slip, "pdf"):
            files[f"{FOLDER}/{name}.pdf"] = kept
    return files


def make_pdfs(system: System, places: Places) -> int:
    """Make the PDF of every blank that lacks one, and return how many there are.

    Raises:
        NoPango: the machine lacks the library that sets text.
    """
    keeper = Keeper(places.cache / "slips")
    return sum(bool(keeper.made(slip, "pdf")) for _, slip in _slips(system, places))


@dataclass(frozen=True)
class Keeper:
    """Keeps what was made, a file each, under the hash of all that it follows from."""

    folder: Path

    def kept(self, slip: Slip, kind: str) -> bytes | None:
        """Return a slip as a kind of file, if it was made before."""
        path = self._path(slip, kind)
        return path.read_bytes() if path.exists() else None

    def made(self, slip: Slip, kind: str) -> bytes:
        """Return a slip as a kind of file, made now if it wasn't before.

        Raises:
            NoPango: the machine lacks the library that sets text.
        """
        if kept := self.kept(slip, kind):
            return kept
        path, content = self._path(slip, kind), _MAKERS[kind](slip)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(f".{os.getpid()}.tmp")
        aside.write_bytes(content)
        aside.replace(path)
        return content

    def _path(self, slip: Slip, kind: str) -> Path:
        key = hashlib.sha256(f"{slip.key} {_recipe()}".encode()).hexdigest()[:32]
        return self.folder / f"{key}.{kind}"


_MAKERS: dict[str, Callable[[Slip], bytes]] = {"docx": word.docx, "pdf": sheets.pdf}


@lru_cache(maxsize=1)
def _recipe() -> str:
    """Return the hash of how slips are made: code, template, style, libraries."""
    parts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in _RECIPE]
    return " ".join([*parts, version("weasyprint"), version("python-docx")])


def _slips(system: System, places: Places) -> Iterator[tuple[str, Slip]]:
    press = Press(system.portal, Registers(places.registers))
    for plan in system.plans.values():
        if plan.form not in system.forms:
            continue  # an agency may do without a form
        workflow = system.workflows.get(plan.form)
        actions: dict[str, Form] = workflow.forms if workflow else {}
        yield _of_plan(plan).name, press.blank(plan, system.forms[plan.form], actions)
    for document in system.documents.values():
        if document["kind"] == "form_template" and not system.web_form_of(document["code"]):
            template = form_template(system, document["code"])
            if template.parts and template.issuer == system.portal.agency["name"]:
                yield document["code"].lower(), template_slip(system, template)


def _of_plan(plan: Plan) -> Blank:
    return Blank(slug(plan.title), plan.title)


def template_slip(system: System, template: FormTemplate) -> Slip:
    """Return the blank of a form template as its registered fields describe it."""
    document = template.document
    current = document["current"]
    revision = current["revision"] if current else "dự thảo"
    marks = [("Mã hiệu", document["code"]), ("Lần ban hành", revision)]
    if current:
        marks.append(("Hiệu lực từ", vietnamese_day(current["effective_on"].isoformat())))
    listed = is_list(template.parts)
    return Slip(
        title=document["title"],
        superior=system.portal.agency["superior"],
        issuer=template.issuer,
        parts=tuple(
            Part(
                "" if listed else part.title,
                tuple(
                    block
                    for found in part.blocks
                    for block in _blocks(found.kind, found.fields, template.empty_rows, listed)
                ),
            )
            for part in template.parts
        ),
        marks=tuple(marks),
        notice=system.portal.sample_notice,
        foot=f"{document['code']} – {system.portal.site['title']}. Dấu * là mục phải điền.",
        wide=template.layout == "wide",
    )


def _blocks(kind: str, fields: tuple[Row, ...], empty_rows: int, listed: bool) -> Iterator[Block]:
    if kind == "table":
        yield Grid(tuple(map(_column, fields)), empty=empty_rows, fills_sheet=listed)
    elif kind == "signatures":
        yield Signatures(tuple(field["title"] for field in fields))
    else:
        for field in fields:
            boxes = tuple(map(Box, choices(field))) if kind == "choice" else ()
            hint, required = field["hint"] or "", bool(field["required"])
            yield Entry("", field["title"], hint, _KINDS[kind], required, boxes)


def _column(field: Row) -> Entry:
    kind: Kind = "number" if is_short(field) else "text"
    return Entry("", field["title"], "", kind, bool(field["required"]))
