"""What the search knows of the portal's pages beside their text: code, kind, unit, status."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from scripts.front_matter import front_matter
from scripts.registers import Row
from scripts.revisions import is_in_force
from scripts.search.index import Facts
from scripts.slugs import slug
from scripts.system import System, key_of

NOT_INDEXED = ("tai-ngay/2", "tai-lieu/so-sanh/")
"""Editions of other days (`tai-ngay/2020-06-20/`) have their own search; a comparison repeats its
two texts."""
_SURE, _AMBIGUOUS = 0.9, 0.6
"""How sure it is that a short word stands for what the glossary says."""
_WEIGHTS = {
    "system_document": 1.2,
    "system_procedure": 1.3,
    "operational_procedure": 1.3,
    "form_template": 1.1,
}
"""A procedure answers a question better than its form, and that better than one of its rows."""
_FILE, _EXPIRED = 0.9, 0.6
"""A file of a year comes after its kind, what is no longer in force after what is."""
_UNIT = 1.1
_OF_SYSTEM = 1.05
"""Forms of system procedures are everybody's."""
_FOLDERS = {
    "quan-tri/": ("Quản trị cổng", 0.6),
    "tu-dien/": ("Dữ liệu mở", 0.55),
    "xu-ly/": ("Bàn xử lý", 0.9),
}
_BELOW_UNIT = 0.95
_HOME = 0.7
"""The home page names everything and answers nothing."""


def not_indexed(system: System) -> tuple[str, ...]:
    """Return the beginnings of locations that the search doesn't find."""
    return (*NOT_INDEXED, *(row["address"] for row in system.rows("old_addresses")))


def facts(system: System, content: Path) -> dict[str, Facts]:
    """Return what is known of pages, by location.

    Args:
        system: the system, of today or as at an earlier day.
        content: the written pages; their front matter may name `keywords`.
    """
    found = dict(_written(content))
    for register in system.tables:
        kind, weight = _FOLDERS["tu-dien/"]
        found[f"tu-dien/{slug(register)}/"] = Facts(kind=kind, weight=weight)
    found |= dict(_rows(system))
    found |= {each["address"]: _document(system, each) for each in system.documents.values()}
    found |= dict(_revisions(system))
    found |= dict(_units(system))
    for location, words in everyday(system).items():
        found[location] = replace(found.get(location, Facts()), everyday=words)
    return found


def everyday(system: System) -> dict[str, str]:
    """Return what people have in mind when they look for a page, by location."""
    return {row["address"]: row["words"] for row in system.rows("search_words")}


def synonyms(system: System) -> Iterator[tuple[str, str, float]]:
    """Return the glossary's short words and other words, with what they stand for."""
    for row in system.rows("glossary"):
        if row["expansion"] and row["expansion"] != row["term"]:
            yield row["term"], row["expansion"], _AMBIGUOUS if row["ambiguous"] else _SURE
    for unit in system.units:
        yield unit["code"], unit["name"], _SURE


def _written(content: Path) -> Iterator[tuple[str, Facts]]:
    for path in sorted(content.rglob("*.md")):
        name = path.relative_to(content)
        folder = name.parent if name.name == "index.md" else name.with_suffix("")
        location = "" if folder == Path() else f"{folder.as_posix()}/"
        keywords = front_matter(path.read_text(encoding="utf-8").splitlines()).get("keywords", "")
        first = f"{name.parts[0]}/"
        kind, weight = _FOLDERS.get(first, ("", 1.0))
        weight = weight if location else _HOME
        yield location, Facts(kind=kind, weight=weight, keywords=keywords)


def _document(system: System, document: Row) -> Facts:
    current = document["current"]
    return Facts(
        code=document["code"],
        kind=system.label("documents", "kind", document["kind"]),
        unit=system.unit_by_code[document["unit"]]["name"],
        status="" if is_in_force(current) else _status(system, current),
        keywords=document["keywords"] or "",
        weight=_WEIGHTS[document["kind"]] * (_OF_SYSTEM if _is_of_system(system, document) else 1),
    )


def _is_of_system(system: System, document: Row) -> bool:
    parent = system.documents.get(document["parent"] or "")
    return parent is not None and parent["kind"] == "system_procedure"


def _status(system: System, revision: Row | None) -> str:
    return system.label("revisions", "status", revision["status"]) if revision else "Chưa ban hành"


def _revisions(system: System) -> Iterator[tuple[str, Facts]]:
    """Return the pages of texts that aren't the present ones: earlier ones and drafts."""
    for (code, number), location in system.revision_pages.items():
        document = system.documents[code]
        revision = next(each for each in document["revisions"] if each["revision"] == number)
        label = system.label("revisions", "status", revision["status"])
        yield (
            location,
            Facts(
                kind=system.label("documents", "kind", document["kind"]),
                unit=system.unit_by_code[document["unit"]]["name"],
                status=f"{label}, lần {number}",
            ),
        )


def _rows(system: System) -> Iterator[tuple[str, Facts]]:
    for name, table in system.tables.items():
        if not table.page:
            continue
        for row in table.rows:
            key = key_of(row, table.key)
            unit = system.unit_by_code.get(row.get("unit") or "")
            yield (
                str(system.address(name, key)),
                Facts(
                    code=" ".join(key),
                    kind=table.title,
                    unit=unit["name"] if unit else "",
                    weight=_row_weight(name, row),
                ),
            )


def _row_weight(register: str, row: Row) -> float:
    if register == "files":
        return _FILE
    return _EXPIRED if row.get("validity") == "expired" else 1.0


def _units(system: System) -> Iterator[tuple[str, Facts]]:
    for unit in system.units:
        home = f"don-vi/{unit['slug']}/"
        yield home, Facts(code=unit["code"], kind="Đơn vị", unit=unit["name"], weight=_UNIT)
        for below in ("viec-cua-toi/", "phong-ngua-rui-ro/", "ho-so/"):
            yield f"{home}{below}", Facts(kind="Đơn vị", unit=unit["name"], weight=_BELOW_UNIT)
