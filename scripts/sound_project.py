"""A project of a few pages that passes every check: the shipped one, cut down to one unit."""

import csv
import os
import re
import shutil
from pathlib import Path

from intake.configuration import PROJECT_ROOT, Places
from scripts.registers import Resource, load_package

_NOT_KEPT = {
    *("audits", "consultations", "corrections", "reviews", "glossary", "milestones"),
    "search_words",
}
_PROCEDURES = re.compile(r"TL-HT-01|QT-HT-0[46]|BM-HT0[46].*|QT-KHCN-01|BM-KHCN01.*")
_ONLY_WHEN_NAMED = {"clauses": "clause_documents", "external_documents": "external_references"}
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)#:]*\.md)(?:#[^)]*)?\)")
_CODE = re.compile(r"\b(?:TL|QT|BM)-\w+(?:-\d\d|\.\d\d)\b")
_QUERY = re.compile(r'^".*" = "tai-lieu/.*\n', re.MULTILINE)
_HOME = """# Trang chủ

[Báo không phù hợp](bao-cao/khong-phu-hop.md), [góp ý](bao-cao/gop-y.md).
"""
_NAVIGATION = """nav:
  - index.md
  - Báo không phù hợp: bao-cao/khong-phu-hop.md
"""

Cells = dict[str, str]


def sound_project(root: Path) -> Places:
    """Write the project into a folder."""
    shipped, places = Places(PROJECT_ROOT), Places(root)
    shutil.copytree(shipped.forms, places.forms)
    shutil.copytree(shipped.registers, places.registers)
    configuration = shipped.configuration.read_text(encoding="utf-8")
    asked = _QUERY.sub("", configuration)
    places.configuration.write_text(asked, encoding="utf-8")
    settings = (PROJECT_ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    without_navigation = settings[: settings.index("\nnav:\n") + 1]
    (root / "mkdocs.yml").write_text(without_navigation + _NAVIGATION, encoding="utf-8")
    _cut_registers(places)
    _cut_content(shipped.content, places)
    return places


def _cut_registers(places: Places) -> None:
    package = load_package(places.registers / "datapackage.json")
    rows = {name: _read(places, name) for name in package}
    rows |= {name: [] for name in _NOT_KEPT}
    rows["units"] = [row for row in rows["units"] if row["code"] == "KHCN"]
    rows["documents"] = [row for row in rows["documents"] if _PROCEDURES.fullmatch(row["code"])]
    before = -1
    while before != (before := sum(map(len, rows.values()))):
        rows = {name: _without_orphans(package[name], rows, package) for name in rows}
    for name, by in _ONLY_WHEN_NAMED.items():
        key = package[name].key
        named = {tuple(row[field] for field in key) for row in rows[by]}
        rows[name] = [row for row in rows[name] if tuple(row[field] for field in key) in named]
    for name, kept in rows.items():
        _write(places, name, package[name], kept)


def _without_orphans(
    resource: Resource, rows: dict[str, list[Cells]], package: dict[str, Resource]
) -> list[Cells]:
    """Leave out rows that need one which is left out; the others lose only the reference."""
    keys = {
        name: {tuple(row[field] for field in package[name].key) for row in rows[name]}
        for name in {reference.register for reference in resource.references}
    }
    required = {each["name"] for each in resource.fields if each["constraints"].get("required")}
    kept = []
    for row in rows[resource.name]:
        broken = [
            reference.fields
            for reference in resource.references
            if all(row[name] for name in reference.fields)
            and tuple(row[name] for name in reference.fields) not in keys[reference.register]
        ]
        if all(required.isdisjoint(fields) for fields in broken):
            kept.append(row | {name: "" for fields in broken for name in fields})
    return kept


def _cut_content(shipped: Path, places: Places) -> None:
    for folder in ("assets", "templates"):
        shutil.copytree(shipped / folder, places.content / folder)
    addresses = {row["code"].lower().replace(".", "-") for row in _read(places, "documents")}
    pages = {
        path.relative_to(shipped)
        for path in shipped.rglob("*.md")
        if path.parent.name not in {"tai-lieu", "cac-lan"}
        or path.stem in addresses | {"index"}
        or path.stem[:-3] in addresses
    }
    pages = {page for page in pages if page.parts[0] != "quan-tri"}
    for page in sorted(pages):
        text = (shipped / page).read_text(encoding="utf-8") if page != Path("index.md") else _HOME
        target = places.content / page
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_without_dead_links(text, page, pages), encoding="utf-8")


def _without_dead_links(text: str, page: Path, pages: set[Path]) -> str:
    def kept(link: re.Match[str]) -> str:
        target = Path(os.path.normpath(page.parent / link[2]))
        return link[0] if target in pages else link[1]

    text = _LINK.sub(kept, text)
    return _CODE.sub(lambda code: code[0] if _PROCEDURES.fullmatch(code[0]) else "khác", text)


def _read(places: Places, name: str) -> list[Cells]:
    with (places.registers / f"{name}.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def _write(places: Places, name: str, resource: Resource, rows: list[Cells]) -> None:
    with (places.registers / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file, [field["name"] for field in resource.fields], lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(rows)
