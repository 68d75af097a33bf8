"""Takes a sheet into its register: the difference shown row by row, the rules asked first."""

import csv
import io
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from intake.configuration import Places
from scripts import checks
from scripts.registers import Resource, load_package
from scripts.sheets.cells import BadCell, from_sheet
from scripts.sheets.reading import Sheet, read_sheet

Texts = tuple[str, ...]


class RefusedSheet(ValueError):
    """A sheet is not taken in, the register stays; the message tells every reason."""


@dataclass(frozen=True)
class Difference:
    """What a sheet changes in its register."""

    register: str
    title: str
    lines: tuple[str, ...]
    """A line for each row added, changed or missing, in Vietnamese."""
    missing: int
    """Rows of the register that the sheet does not have."""
    text: str
    """The register's file as it will be."""

    @property
    def changes(self) -> bool:
        """Whether anything is different."""
        return bool(self.lines)


def difference(places: Places, path: Path, *, remove: bool = False) -> Difference:
    """Return what a file changes; rows that it lacks are only taken out when `remove` says so.

    Raises:
        UnreadableSheet: the file can't be read.
        RefusedSheet: it is of no register, or holds what the register can't.
    """
    sheet = read_sheet(path)
    registers = load_package(places.registers / "datapackage.json")
    resource = registers[_register_of(sheet, path, registers)]
    new = _texts(sheet, resource)
    old = {_key(resource, texts): texts for texts in map(tuple, texts_of(resource))}
    missing = [key for key in old if key not in new]
    lines = tuple(_described(resource, old, new, remove=remove))
    rows = _in_order(old, new, keep_missing=not remove)
    return Difference(resource.name, resource.title, lines, len(missing), _file(resource, rows))


def sheets_at(path: Path) -> list[Path]:
    """Return the sheets that are to be taken in together: a file, or those of a folder.

    Raises:
        RefusedSheet: the folder has none.
    """
    if not path.is_dir():
        return [path]
    inside = (each for each in path.iterdir() if each.suffix.lower() in {".xlsx", ".csv"})
    found = sorted(each for each in inside if not each.name.startswith(("~", ".")))
    if not found:
        raise RefusedSheet(f"Thư mục {path} không có tệp .xlsx hay .csv nào")
    return found


def take_in(places: Places, *found: Difference) -> None:
    """Write differences into their registers, once the checker has nothing against all of them.

    Raises:
        RefusedSheet: a rule is broken, or two are of one register; the registers stay as they were.
    """
    names = [each.register for each in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise RefusedSheet(f"Có nhiều tệp của cùng một sổ: {', '.join(sorted(twice))}")
    with tempfile.TemporaryDirectory(prefix="qms-import-") as folder:
        trial = Places(Path(folder))
        shutil.copytree(places.root / "data", trial.root / "data", ignore=_collected)
        shutil.copytree(places.content, trial.content)
        for each in found:
            (trial.registers / f"{each.register}.csv").write_text(each.text, encoding="utf-8")
        problems = checks.check(trial)
    if problems:
        raise RefusedSheet("\n".join(str(problem) for problem in problems))
    for each in found:
        target = places.registers / f"{each.register}.csv"
        aside = target.with_suffix(".csv.new")
        aside.write_text(each.text, encoding="utf-8", newline="")
        os.replace(aside, target)  # noqa: PTH105 (one step, or none)


def _collected(folder: str, _: list[str]) -> list[str]:
    return ["intake"] if Path(folder).name == "data" else []


def _register_of(sheet: Sheet, path: Path, registers: dict[str, Resource]) -> str:
    for name in (sheet.register, path.stem):
        if name in registers:
            return str(name)
    fitting = [name for name, each in registers.items() if _columns(sheet, each) is not None]
    if len(fitting) == 1:
        return fitting[0]
    what = "hợp với nhiều sổ" if fitting else "không hợp với sổ nào"
    raise RefusedSheet(
        f"{path.name}: dòng đầu {what}; đặt tên tệp theo tên sổ, ví dụ risks.xlsx, "
        f"các sổ: {', '.join(registers)}"
    )


def _columns(sheet: Sheet, resource: Resource) -> list[int] | None:
    """Return where each field stands in the sheet, by its title or its name; None if not all do."""
    places = {_folded(title): index for index, title in enumerate(sheet.titles)}
    found = []
    for field in resource.fields:
        index = places.get(_folded(field["title"]), places.get(_folded(field["name"])))
        if index is None:
            return None
        found.append(index)
    return found if len(found) == len(sheet.titles) else None


def _folded(title: str) -> str:
    return unicodedata.normalize("NFC", title).casefold().strip()


def _texts(sheet: Sheet, resource: Resource) -> dict[Texts, Texts]:
    columns = _columns(sheet, resource)
    if columns is None:
        wanted = ", ".join(field["title"] for field in resource.fields)
        raise RefusedSheet(f"dòng 1: sổ {resource.title} phải có đúng các cột: {wanted}")
    rows: dict[Texts, Texts] = {}
    problems: list[str] = []
    for line, cells in sheet.rows:
        texts: list[str] = []
        if len(cells) > len(columns):
            problems.append(f"dòng {line}: có ô nằm ngoài các cột của sổ")
            continue
        for field, index in zip(resource.fields, columns, strict=True):
            try:
                texts.append(from_sheet(field, cells[index]))
            except BadCell as bad:
                problems.append(f"dòng {line}, cột {field['title']}: {bad}")
        if len(texts) == len(columns):
            key = _key(resource, tuple(texts))
            if key in rows:
                problems.append(f"dòng {line}: trùng khóa {' '.join(key)} với một dòng ở trên")
            rows[key] = tuple(texts)
    if problems:
        raise RefusedSheet("\n".join(problems))
    return rows


def texts_of(resource: Resource) -> list[list[str]]:
    """Return the rows of a register's file as texts, in the order of its fields."""
    with resource.path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def _key(resource: Resource, texts: Texts) -> Texts:
    names = [field["name"] for field in resource.fields]
    return tuple(texts[names.index(name)] for name in resource.key)


def _described(
    resource: Resource, old: dict[Texts, Texts], new: dict[Texts, Texts], *, remove: bool
) -> Iterator[str]:
    for key, texts in new.items():
        name = " ".join(key)
        if key not in old:
            yield f"thêm {name}"
        for field, before, after in zip(resource.fields, old.get(key, texts), texts, strict=True):
            if before != after:
                yield f"sửa {name}, {field['title']}: “{before}” → “{after}”"
    for key in old:
        if key not in new:
            yield f"{'bớt' if remove else 'không có trong tệp, vẫn giữ'} {' '.join(key)}"


def _in_order(
    old: dict[Texts, Texts], new: dict[Texts, Texts], *, keep_missing: bool
) -> list[Texts]:
    """Return the rows in the register's order, a new one after the row it follows in the sheet.

    New ones that stand alone in their sheet come last.
    """
    order = [key for key in old if key in new or keep_missing]
    first = 0 if any(key in old for key in new) else len(order)
    previous: Texts | None = None
    for key in new:
        if key not in old:
            order.insert(order.index(previous) + 1 if previous is not None else first, key)
        previous = key
    return [new.get(key) or old[key] for key in order]


def _file(resource: Resource, rows: list[Texts]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([field["name"] for field in resource.fields])
    writer.writerows(rows)
    return file.getvalue()
