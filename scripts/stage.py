"""Puts together what MkDocs builds from: the written pages, and those that registers call for.

Written pages win: a unit or document that has a page in `content/` keeps it.
"""

import csv
import datetime as dt
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from intake.configuration import Places
from intake.text import escape_formula
from scripts.feeds import FEED, atom_feed, unit_calendar
from scripts.registers import Resource, Row
from scripts.slugs import slug
from scripts.system import System, iso, plain_number, to_json

_NOT_PAGES = {"templates"}
"""Folders of `content/` that are not published as they are."""


def stage(places: Places, system: System) -> Path:
    """Fill the staging folder and return it; files that did not change are left alone."""
    folder = places.cache / "docs"
    files = _written(places.content) | _generated(system, places)
    for address, content in files.items():
        _write(folder / address, content)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).as_posix() not in files:
            path.unlink()
    return folder


def _written(content: Path) -> dict[str, bytes]:
    return {
        path.relative_to(content).as_posix(): path.read_bytes()
        for path in sorted(content.rglob("*"))
        if path.is_file() and path.relative_to(content).parts[0] not in _NOT_PAGES
    }


def _generated(system: System, places: Places) -> dict[str, bytes]:
    pages = _unit_pages(system) | _document_pages(system) | _dictionary_pages(system)
    texts = {
        path: text for path, text in pages.items() if not (places.content / path).exists()
    } | _downloads(system)
    texts[FEED] = atom_feed(system)
    for unit in system.units:
        texts[f"don-vi/{unit['slug']}.ics"] = unit_calendar(system, unit)
    texts["assets/agency.css"] = _agency_style(system.portal.colours)
    return {path: text.encode() for path, text in texts.items()}


def _unit_pages(system: System) -> dict[str, str]:
    return {
        f"don-vi/{unit['slug']}.md": _page(
            f"# {unit['name']}\n\n{{{{ unit_page() }}}}", unit=unit["code"], hide="[toc]"
        )
        for unit in system.units
    }


def _document_pages(system: System) -> dict[str, str]:
    """Return a page for every form template, and for what has no text in the portal yet."""
    without_text = '{{ view("without_text", document=page.meta.document) }}'
    return {
        f"{document['address'].rstrip('/')}.md": _page(
            "{{ document_head() }}\n\n"
            + ("{{ form_template() }}" if document["kind"] == "form_template" else without_text),
            document=document["code"],
        )
        for document in system.documents.values()
    }


def _dictionary_pages(system: System) -> dict[str, str]:
    titles = {name: resource.title for name, resource in system.registers.items()}
    titles |= {name: form.title for name, form in system.forms.items()}
    return {
        f"tu-dien/{slug(name)}.md": _page(
            f'# {title}\n\n{{{{ dictionary("{name}") }}}}', hide="[toc]"
        )
        for name, title in titles.items()
    }


def _page(body: str, **front_matter: str) -> str:
    lines = "".join(f"{name}: {value}\n" for name, value in front_matter.items())
    return f"---\n{lines}---\n{body}\n"


def _downloads(system: System) -> dict[str, str]:
    """Return the open data: every register, and the public columns of what was collected."""
    resources = dict(system.registers)
    for name in system.forms:
        if found := system.collected.get(name):
            resources[name] = _of_all_versions(found, system.submissions(name))
    files = {}
    for name, resource in resources.items():
        files[f"du-lieu/{name}.csv"] = to_csv(resource)
        files[f"du-lieu/{name}.json"] = to_json(resource)
    return files


def _of_all_versions(resource: Resource, rows: list[Row]) -> Resource:
    names = [field["name"] for field in resource.fields]
    return replace(resource, rows=tuple({name: row.get(name) for name in names} for row in rows))


def to_csv(resource: Resource) -> str:
    """Return a resource as CSV for spreadsheets: with a byte order mark, and no formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow([field["name"] for field in resource.fields])
    for row in resource.rows:
        writer.writerow([_csv_cell(field["type"], row[field["name"]]) for field in resource.fields])
    return "\ufeff" + sheet.getvalue()


def _csv_cell(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, dt.date):
        return iso(value)
    return escape_formula(str(value)) if kind == "string" else str(value)


def _agency_style(colours: dict[str, str]) -> str:
    """Return the colours of the agency as custom properties."""
    names = "".join(
        f"--agency-{name.replace('_', '-')}:{value};" for name, value in colours.items()
    )
    return f":root{{{names}}}\n"


def _write(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
