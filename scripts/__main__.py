"""The maintainers' commands."""

import argparse
import contextlib
import datetime as dt
import errno
import logging
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from intake.configuration import Places
from intake.errors import StorageUnavailable
from intake.forms.schema import BadFormSchema
from intake.packages.validation import InvalidPackage
from intake.settings import BadConfiguration
from scripts.as_of import EDITIONS, NoSuchDay
from scripts.audit_pack.gathering import NoAuditPack
from scripts.audit_pack.writing import INDEX, audit_pack
from scripts.build import BuildFailed
from scripts.checks import check
from scripts.demo import demo
from scripts.doctor import doctor, report
from scripts.evidence import evidence_days
from scripts.history import check_history
from scripts.offline import NothingPublished, offline
from scripts.paper_copies.controlled import NoControlledCopy, controlled_copies
from scripts.paper_copies.keeping import UnmadeCopy
from scripts.paper_copies.pango import PangoMissing, ensure_pango
from scripts.publish import go_back, publish, publish_edition
from scripts.registers import BadRegister, load_package
from scripts.releases import CannotRollBack, Release, listed
from scripts.review_pack import writing
from scripts.review_pack.gather import NoSuchPeriod
from scripts.review_pack.paper import LongSummary
from scripts.revision_texts import CannotFreeze, freeze
from scripts.serve import serve, watch
from scripts.sheets.importing import Difference, RefusedSheet, difference, sheets_at, take_in
from scripts.sheets.reading import UnreadableSheet
from scripts.sheets.workbook import register_book
from scripts.slips import make_pdfs
from scripts.system import System


def main(arguments: list[str] | None = None) -> None:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="python -m scripts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    publishing = commands.add_parser("publish", help="check, build and publish the site")
    publishing.add_argument("--pdf", action="store_true", help="make the missing paper copies, too")
    handing_out = commands.add_parser("controlled-copy", help="write numbered controlled copies")
    handing_out.add_argument("--number", required=True, help="the number of the copy")
    handing_out.add_argument("--doc", default="", help="one document instead of all in force")
    handing_out.add_argument("--to", default="ban-sao", help="folder to write into")
    taking_along = commands.add_parser("offline", help="write the portal to be read from a disk")
    taking_along.add_argument("--to", default="ban-mang-di", help="folder to write into")
    packing = commands.add_parser("audit-pack", help="write the pack for the auditor of a unit")
    packing.add_argument("--unit", default="", help="its code")
    packing.add_argument("--date", default="", help="the day, as in 2020-06-20")
    packing.add_argument("--to", default="ban-mang-di", help="folder to write into")
    commands.add_parser("releases", help="list the releases")
    going_back = commands.add_parser("rollback", help="publish an earlier release again")
    going_back.add_argument("--to", default="", help="its id instead of the one before")
    commands.add_parser("check", help="check registers and pages")
    serving = commands.add_parser("serve", help="publish, serve, publish again on changes")
    serving.add_argument("--port", type=int, default=8000)
    watching = commands.add_parser("watch", help="publish, and again on changes, without serving")
    watching.add_argument("--pdf", action="store_true", help="make the missing paper copies, too")
    showing = commands.add_parser("demo", help="send a year of samples to a running portal")
    showing.add_argument("--port", type=int, default=8000)
    looking_back = commands.add_parser("as-of", help="build the portal as at a day")
    looking_back.add_argument("day", help="the day, as in 2020-06-20")
    exporting = commands.add_parser("export-xlsx", help="write registers as workbooks")
    exporting.add_argument("--register", default="", help="one register instead of all")
    exporting.add_argument("--to", default="so-excel", help="folder to write into")
    importing = commands.add_parser("import-xlsx", help="take a sheet into its register")
    importing.add_argument("file")
    importing.add_argument("--dry", action="store_true", help="only show the difference")
    importing.add_argument("--remove", action="store_true", help="take out rows it lacks")
    reviewing = commands.add_parser("review", help="write the pack of a management review")
    reviewing.add_argument("--period", default="", help="a review, a year or a quarter: 2020-Q3")
    reviewing.add_argument("--to", default="", help="folder to write into")
    reviewing.add_argument("--zip", default="", help="write one ZIP instead, begin no texts")
    freezing = commands.add_parser("freeze", help="keep the present text of a document")
    freezing.add_argument("code", help="code of the document")
    commands.add_parser("doctor", help="look at everything the portal needs to run")
    commands.add_parser("bench", help="measure build, submissions and first page view")
    commands.add_parser("engines", help="compare what other engines make of the same pages")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    places = Places.from_environment()
    try:
        _COMMANDS[chosen.command](places, chosen)
    except BadConfiguration as bad:
        raise SystemExit(
            f"{_NOT_PUBLISHED}\n{bad}" if "publish" in chosen.command else str(bad)
        ) from bad


def _check(places: Places) -> None:
    found = check(places) or check_history(places)
    for finding in found:
        print(finding)
    if found:
        raise SystemExit(f"{len(found)} chỗ cần sửa.")
    print("Sổ và bài viết không có lỗi.")


def _export(places: Places, only: str, folder: Path) -> None:
    registers = load_package(places.registers / "datapackage.json")
    if only and only not in registers:
        raise SystemExit(f"Không có sổ {only}; các sổ: {', '.join(registers)}")
    folder.mkdir(parents=True, exist_ok=True)
    for name in [only] if only else registers:
        path = folder / f"{name}.xlsx"
        register_book(registers[name], registers).save(path)
        print(f"{path}: {registers[name].title}, {len(registers[name].rows)} dòng")


def _import(places: Places, path: Path, *, dry: bool, remove: bool) -> None:
    try:
        found = [difference(places, each, remove=remove) for each in sheets_at(path)]
        for each in found:
            _show(each, remove=remove)
        changed = [each for each in found if each.changes]
        if changed and not dry:
            take_in(places, *changed)
            for each in changed:
                print(f"Đã ghi data/qms/{each.register}.csv.")
    except (UnreadableSheet, RefusedSheet, BadRegister) as refused:
        raise SystemExit(f"Chưa nhập, sổ giữ nguyên.\n{refused}") from refused


def _show(found: Difference, *, remove: bool) -> None:
    for line in found.lines:
        print(line)
    if found.missing and not remove:
        print(f"{found.missing} dòng không có trong tệp được giữ lại; muốn bỏ: REMOVE=1")
    if not found.changes:
        print(f"Sổ {found.title} không có gì thay đổi.")


def _freeze(places: Places, code: str) -> None:
    try:
        frozen = freeze(places.content, System.load(places), code)
    except CannotFreeze as refused:
        raise SystemExit(f"Chưa lưu lời văn: {refused}.") from refused
    print(f"Đã lưu {frozen.relative_to(places.root)}; từ giờ có thể sửa bài của {code}.")


def _publish_edition(places: Places, written: str) -> None:
    try:
        day = dt.date.fromisoformat(written)
    except ValueError:
        raise SystemExit(f"Ngày “{written}” phải viết dạng năm-tháng-ngày: 2020-06-20") from None
    with _published_or_explained():
        edition = publish_edition(places, day, _wait)
    print(f"Đã xuất bản cổng tại ngày {day:%d/%m/%Y}: /{EDITIONS}/{edition.name}/")


_NOT_PUBLISHED = "Chưa xuất bản, bản đang công bố giữ nguyên."
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextlib.contextmanager
def _published_or_explained() -> Iterator[None]:
    try:
        yield
    except (
        BuildFailed,
        BadFormSchema,
        BadRegister,
        InvalidPackage,
        NoSuchDay,
        PangoMissing,
        StorageUnavailable,
    ) as failed:
        raise SystemExit(f"{_NOT_PUBLISHED}\n{failed}") from failed
    except (OSError, sqlite3.OperationalError) as failed:
        full = isinstance(failed, OSError) and failed.errno in _DISK_FULL
        why = "Đĩa đã đầy: dọn bớt rồi chạy lại" if full else "Máy không cho đọc hoặc ghi"
        raise SystemExit(f"{_NOT_PUBLISHED}\n{why}: {failed}") from failed


def _wait() -> None:
    print("Một lần xuất bản khác đang chạy, xin chờ …", flush=True)


def _list_releases(places: Places) -> None:
    releases = listed(places, evidence_days(System.load(places)))
    if not releases:
        raise SystemExit("Chưa có bản nào; chạy make publish.")
    print(_LINE.format("", "bản", "công bố lúc", "trang", "nguồn", "giữ vì"))
    for release in releases:
        print(_release_line(release))


def _release_line(release: Release) -> str:
    known = release.publication
    return _LINE.format(
        "*" if release.current else "",
        release.id,
        f"{known.published_at:%d/%m/%Y %H:%M}" if known else "–",
        release.pages or "–",
        (known.commit if known else "") or "–",
        release.kept or "không còn lý do; xoá ở lần xuất bản tới",
    )


_LINE = "{:1} {:16} {:16} {:>6}  {:14} {}"


def _roll_back(places: Places, to: str) -> None:
    try:
        release = go_back(places, to, _wait)
    except CannotRollBack as refused:
        raise SystemExit(f"Chưa lùi, bản đang công bố giữ nguyên: {refused}.") from refused
    print(f"Đang công bố bản {release.name}. Nguồn không đổi: sửa xong mới make publish.")


def _publish(places: Places, *, paper: bool) -> None:
    with _published_or_explained():
        if paper:
            ensure_pango()
            make_pdfs(System.load(places), places)
        built = publish(places, _wait, paper=paper)
    print(f"Đã xuất bản {built.pages} trang trong {built.seconds:.1f} giây: {built.release.name}")


def _hand_out(places: Places, number: str, code: str, folder: Path) -> None:
    try:
        written = controlled_copies(places, number, code, folder)
    except (NoControlledCopy, PangoMissing, UnmadeCopy) as refused:
        raise SystemExit(f"Chưa in bản sao: {refused}.") from refused
    print(f"Bản sao số {int(number)}: {len(written)} tài liệu, trong {folder}/")


def _take_along(places: Places, folder: Path) -> None:
    try:
        written = offline(places, folder)
    except NothingPublished as refused:
        raise SystemExit(f"Chưa có gì để chép: {refused}.") from refused
    size = written.stat().st_size / 1_000_000
    print(f"{written} ({size:.0f} MB): giải nén rồi mở index.html trong thư mục {written.stem}")


def _audit_pack(places: Places, unit: str, day: str, folder: Path) -> None:
    try:
        written = audit_pack(places, unit, day, folder)
    except (NoAuditPack, NoSuchDay, PangoMissing, UnmadeCopy) as refused:
        raise SystemExit(f"Chưa lập được tập tài liệu đánh giá.\n{refused}") from refused
    size = written.stat().st_size / 1_000_000
    print(f"{written} ({size:.0f} MB): giải nén rồi mở {INDEX} trong thư mục {written.stem}")


def _review(places: Places, code: str, folder: str, packed: str) -> None:
    try:
        pack, begun = writing.make(places, code, begin_texts=not packed)
        texts = writing.texts_of(places, pack.period.code)
        if packed:
            writing.write_zip(pack, texts, Path(packed))
            return
        target = Path(folder or writing.folder_name(pack.period.code))
        left = writing.write_folder(pack, texts, target)
    except (NoSuchPeriod, LongSummary, PangoMissing) as refused:
        raise SystemExit(f"Chưa lập được tập tài liệu.\n{refused}") from refused
    if begun:
        print(f"Nơi viết nhận định, {len(begun)} tệp mới: {texts.folder}/")
    for name in left:
        print(f"Giữ nguyên {target / name}: có thể đã có người điền. Muốn lập lại thì xóa tệp này.")
    print(f"{target}/: {pack.period.title}, mã kiểm tra số liệu {pack.check}")


def _examine(places: Places) -> None:
    if not report(doctor(places)):
        raise SystemExit("Có chỗ hỏng, xem trên.")
    print("Không có chỗ nào hỏng.")


def _bench(places: Places) -> None:
    from scripts.bench import bench  # loads a browser and other engines, which nobody else needs

    bench(places)


def _compare_engines(places: Places) -> None:
    from scripts import parity  # likewise

    parity.report(places)


_COMMANDS: dict[str, Callable[[Places, argparse.Namespace], object]] = {
    "publish": lambda places, chosen: _publish(places, paper=chosen.pdf),
    "controlled-copy": lambda places, chosen: _hand_out(
        places, chosen.number, chosen.doc, Path(chosen.to)
    ),
    "offline": lambda places, chosen: _take_along(places, Path(chosen.to)),
    "audit-pack": lambda places, chosen: _audit_pack(
        places, chosen.unit, chosen.date, Path(chosen.to)
    ),
    "releases": lambda places, _: _list_releases(places),
    "rollback": lambda places, chosen: _roll_back(places, chosen.to),
    "check": lambda places, _: _check(places),
    "serve": lambda places, chosen: serve(places, chosen.port),
    "watch": lambda places, chosen: watch(places, paper=chosen.pdf),
    "demo": lambda places, chosen: print(demo(places, chosen.port)),
    "as-of": lambda places, chosen: _publish_edition(places, chosen.day),
    "export-xlsx": lambda places, chosen: _export(places, chosen.register, Path(chosen.to)),
    "import-xlsx": lambda places, chosen: _import(
        places, Path(chosen.file), dry=chosen.dry, remove=chosen.remove
    ),
    "review": lambda places, chosen: _review(places, chosen.period, chosen.to, chosen.zip),
    "freeze": lambda places, chosen: _freeze(places, chosen.code),
    "doctor": lambda places, _: _examine(places),
    "bench": lambda places, _: _bench(places),
    "engines": lambda places, _: _compare_engines(places),
}


if __name__ == "__main__":
    main()
