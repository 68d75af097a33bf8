"""The navigation: `mkdocs.yml` says the order, the registers fill in what there is.

An entry of the form `@documents KIND`, `@procedures` or `@units` stands for the pages of the
documents of a kind, of the operational procedures by unit, and of the units.
"""

from typing import Any

from scripts.registers import Row
from scripts.system import System


def expand(nav: list[Any], system: System) -> list[Any]:
    """Return the navigation with every `@` entry replaced by its pages.

    Raises:
        ValueError: an `@` entry is not known.
    """
    expanded: list[Any] = []
    for entry in nav:
        if isinstance(entry, str) and entry.startswith("@"):
            expanded += _pages(entry[1:].split(), system)
        elif isinstance(entry, dict):
            expanded.append({title: _section(below, system) for title, below in entry.items()})
        else:
            expanded.append(entry)
    return expanded


def _section(below: Any, system: System) -> Any:
    return expand(below, system) if isinstance(below, list) else below


def _pages(words: list[str], system: System) -> list[Any]:
    match words:
        case ["documents", kind] if kind in system.registers["documents"].labels("kind"):
            return [_document(document) for document in system.documents_of_kind(kind)]
        case ["procedures"]:
            return [
                {unit["name"]: [_document(document) for document in owned]}
                for unit in system.units
                if (owned := _operational(system, unit["code"]))
            ]
        case ["units"]:
            return [{unit["name"]: f"don-vi/{unit['slug']}.md"} for unit in system.units]
        case _:
            raise ValueError(f"mkdocs.yml: nav: không hiểu mục “@{' '.join(words)}”")


def _operational(system: System, unit: str) -> list[Row]:
    return [
        document
        for document in system.documents_of_unit(unit)
        if document["kind"] == "operational_procedure"
    ]


def _document(document: Row) -> dict[str, str]:
    title = f"{document['code']} {document['title']}"
    return {title: f"{document['address'].rstrip('/')}.md"}
