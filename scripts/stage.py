"""Puts together what MkDocs builds from: the written pages, and those that registers call for.

Written pages win: a unit or document that has a page in `content/` keeps it.
"""

import csv
import io
import json
from html import escape
from itertools import combinations
from pathlib import Path
from typing import Any

from intake.configuration import Places
from intake.text import escape_formula
from scripts import consultations
from scripts.as_of import text_in_force
from scripts.feeds import FEED, atom_feed, unit_calendar, unit_feed, unit_feed_address
from scripts.front_matter import front_matter
from scripts.registers import Resource, Row
from scripts.revision_texts import text_of
from scripts.revisions import REVISION_TEXTS
from scripts.sheets.unit_files import unit_workbook
from scripts.slips import blanks
from scripts.slugs import slug
from scripts.system import System, key_of
from scripts.views import comparison_address, row_name
from scripts.written import to_json, written

_NOT_PAGES = {"templates"}
"""Folders of `content/` that are not published as they are."""


def stage(places: Places, system: System) -> Path:
    """Fill the staging folder and return it; files that did not change are left alone."""
    folder = places.cache / ("docs-as-of" if system.present else "docs")
    files = _written(places.content, system) | _generated(system, places)
    for address, content in files.items():
        _write(folder / address, content)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).as_posix() not in files:
            path.unlink()
    return folder


def _written(content: Path, system: System) -> dict[str, bytes]:
    return {
        path.relative_to(content).as_posix(): _as_published(path, system, content)
        for path in sorted(content.rglob("*"))
        if path.is_file() and _is_published(path.relative_to(content), system)
    }


def _is_published(path: Path, system: System) -> bool:
    """Leave out what is no page; earlier texts and drafts stand in the present portal only."""
    if system.present and path.is_relative_to(REVISION_TEXTS):
        return False
    return path.parts[0] not in _NOT_PAGES


def _as_published(path: Path, system: System, content: Path) -> bytes:
    """Return a file as it is; of a document the text in force, with its neighbours."""
    written = path.read_bytes()
    if path.suffix != ".md":
        return written
    code = front_matter(written.decode().splitlines()).get("document")
    if code is None:
        return written
    text = f"{text_in_force(system, content, code)}\n{{{{ neighbours() }}}}\n"
    return text.encode()


def _generated(system: System, places: Places) -> dict[str, bytes]:
    pages = (
        _old_addresses(system)
        | _unit_pages(system)
        | _document_pages(system)
        | _row_pages(system)
        | _comparison_pages(system, places.content)
        | _synthesis_pages(system)
        | _dictionary_pages(system)
    )
    texts = {
        path: text for path, text in pages.items() if not (places.content / path).exists()
    } | _downloads(system)
    texts[FEED] = atom_feed(system)
    for unit in system.units:
        texts[f"don-vi/{unit['slug']}.ics"] = unit_calendar(system, unit)
        texts[unit_feed_address(unit)] = unit_feed(system, unit)
    texts["assets/agency.css"] = _agency_style(system.portal.colours)
    slips = {} if system.present else blanks(system, places)
    return (
        {path: text.encode() for path, text in texts.items()}
        | slips
        | {
            f"du-lieu/danh-muc-ho-so-{unit['slug']}.xlsx": unit_workbook(system, unit["code"])
            for unit in system.units
        }
    )


def _unit_pages(system: System) -> dict[str, str]:
    """Return the page of each unit, and the pages below it."""
    pages = {}
    for unit in system.units:
        below = f"don-vi/{unit['slug']}"
        for path, title, macro in (
            (below, unit["name"], "unit_page"),
            (f"{below}/viec-cua-toi", f"Việc của tôi ở {unit['name']}", "unit_jobs"),
            (f"{below}/phong-ngua-rui-ro", _plan_title(system, unit), "prevention_plan"),
            (f"{below}/ho-so", f"Danh mục hồ sơ – {unit['name']}", "records_list"),
        ):
            body = f"# {title}\n\n{{{{ {macro}() }}}}"
            pages[f"{path}.md"] = _page(body, unit=unit["code"], hide="[toc]")
    return pages


def _plan_title(system: System, unit: Row) -> str:
    return f"Kế hoạch phòng ngừa rủi ro năm {system.day.year} – {unit['name']}"


def _document_pages(system: System) -> dict[str, str]:
    """Return a page for every form template, and for what has no text in the portal yet."""
    without_text = '{{ view("without_text", document=page.meta.document) }}'
    return {
        f"{document['address'].rstrip('/')}.md": _page(
            "{{ document_head() }}\n\n"
            + ("{{ form_template() }}" if document["kind"] == "form_template" else without_text)
            + "\n\n{{ neighbours() }}",
            document=document["code"],
        )
        for document in system.documents.values()
    }


def _comparison_pages(system: System, content: Path) -> dict[str, str]:
    """Return a page for every two revisions of a document that have a text."""
    pages = {}
    for document in system.documents.values():
        code = document["code"]
        if not any(code == frozen for frozen, _ in system.revision_pages):
            continue
        revisions = sorted(revision["revision"] for revision in document["revisions"])
        for before, after in combinations(revisions, 2):
            if text_of(system, content, code, before) and text_of(system, content, code, after):
                pages[f"{comparison_address(code, before, after).rstrip('/')}.md"] = _page(
                    f'{{{{ comparison("{code}", "{before}", "{after}") }}}}',
                    title=_title(f"So sánh lần {before} và lần {after} – {code}"),
                    hide="[navigation, toc]",
                )
    return pages


def _synthesis_pages(system: System) -> dict[str, str]:
    """Return a page for every document that was commented on or consulted about."""
    return {
        f"{consultations.synthesis_address(system, code).rstrip('/')}.md": _page(
            f"{{{{ synthesis({json.dumps(code, ensure_ascii=False)}) }}}}",
            title=_title(f"Tổng hợp ý kiến góp ý – {code}"),
            hide="[navigation, toc]",
        )
        for code in consultations.discussed(system)
    }


def _row_pages(system: System) -> dict[str, str]:
    """Return a page for every row of the registers whose rows have one."""
    pages = {}
    for name, table in system.tables.items():
        if table.page is None:
            continue
        for row in table.rows:
            key = key_of(row, table.key)
            path = f"{str(system.address(name, key)).rstrip('/')}.md"
            title = f"{row_name(table, row)} – {system.title(name, key)}"
            pages[path] = _page(
                f"{{{{ row({json.dumps(name)}, {json.dumps(key, ensure_ascii=False)}) }}}}",
                title=_title(title),
                hide="[navigation, toc]",
            )
    return pages


def _old_addresses(system: System) -> dict[str, str]:
    """Return a page at each address that a page had before; a page that is there again wins."""
    if system.present:
        return {}
    return {
        f"{row['address'].rstrip('/')}.md": _page(
            "# Trang đã chuyển\n\n{{ old_address() }}"
            if row["moved_to"]
            else "# Trang không còn\n\n{{ old_address() }}",
            hide="[navigation, toc]",
            **({"moved_to": row["moved_to"]} if row["moved_to"] else {}),
        )
        for row in system.rows("old_addresses")
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


def _title(text: str) -> str:
    """Return a title for the front matter; the theme puts it into the page as it stands there."""
    return json.dumps(escape(text, quote=False), ensure_ascii=False)


def _page(body: str, **front_matter: str) -> str:
    lines = "".join(f"{name}: {value}\n" for name, value in front_matter.items())
    return f"---\n{lines}---\n{body}\n"


def _downloads(system: System) -> dict[str, str]:
    """Return the open data: every register, and the public columns of what was collected."""
    files = {}
    for name, resource in system.tables.items():
        files[f"du-lieu/{name}.csv"] = to_csv(resource)
        files[f"du-lieu/{name}.json"] = to_json(resource)
    return files


def to_csv(resource: Resource) -> str:
    """Return a resource as CSV for spreadsheets: with a byte order mark, and no formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow([field["name"] for field in resource.fields])
    for row in resource.rows:
        writer.writerow([_csv_cell(field["type"], row[field["name"]]) for field in resource.fields])
    return "\ufeff" + sheet.getvalue()


def _csv_cell(kind: str, value: Any) -> str:
    return escape_formula(written(value)) if kind == "string" else written(value)


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
