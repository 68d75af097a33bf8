import io
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from intake.configuration import PROJECT_ROOT, Places
from scripts import review
from scripts.__main__ import main
from scripts.due import due
from scripts.paper_copies.pango import PangoMissing
from scripts.review_pack import paper, sheets, writing
from scripts.review_pack.gather import TITLES, Pack, find_period, gather
from scripts.review_pack.texts import Texts
from scripts.sheets.importing import difference, take_in
from scripts.system import System
from scripts.views import Views
from tests.scripts.paper_copies.reading import UNCLOSED_BY_WEASYPRINT
from tests.scripts.review_pack.conftest import HELD

pytestmark = UNCLOSED_BY_WEASYPRINT
DECIDED = {
    "Mã việc": "HD-2020-13",
    "Lần xem xét": HELD,
    "Nhóm đầu ra": "Nhu cầu nguồn lực",
    "Việc phải làm": "Bố trí phòng lưu trữ đủ điều kiện cho hồ sơ giấy",
    "Đơn vị": "VP",
    "Người chịu trách nhiệm": "Chánh Văn phòng",
    "Hạn": "30/11/2020",
    "Kết quả, bằng chứng": "Biên bản bàn giao phòng lưu trữ",
    "Tính chất": "Minh hoạ",
}


@pytest.fixture
def project(tmp_path: Path) -> Places:
    """A copy of the shipped project whose registers may be written."""
    places, shipped = Places(tmp_path / "project"), Places(PROJECT_ROOT)
    without = shutil.ignore_patterns("intake")
    shutil.copytree(shipped.root / "data", places.root / "data", ignore=without)
    shutil.copytree(shipped.content, places.content)
    return places


def filled(book: bytes, row: dict[str, str], path: Path) -> Path:
    """Write a workbook with one more row, as somebody fills it in."""
    opened = openpyxl.load_workbook(io.BytesIO(book))
    sheet = opened.worksheets[0]
    sheet.append([row.get(str(cell.value)) for cell in sheet[1]])
    opened.save(path)
    return path


def completed(book: bytes, answers: dict[str, str], path: Path) -> None:
    """Write a workbook in which the empty cells of every row are filled in, as far as known."""
    opened = openpyxl.load_workbook(io.BytesIO(book))
    sheet = opened.worksheets[0]
    titles = [str(cell.value) for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        for title, cell in zip(titles, row, strict=True):
            cell.value = cell.value if cell.value is not None else answers.get(title)
    opened.save(path)


def decided_book(pack: Pack, path: Path) -> Path:
    return filled(sheets.decisions_book(pack), DECIDED, path)


def decided_csv(pack: Pack, path: Path) -> Path:
    text = sheets.decisions_csv(pack).decode("utf-8-sig")
    titles = text.splitlines()[0].split(",")
    assert set(DECIDED) <= {title.strip('"') for title in [*titles, "Kết quả, bằng chứng"]}
    row = ",".join(
        f'"{DECIDED.get(title, "")}"'
        for title in (field["title"] for field in pack.decisions.fields)
    )
    path.write_text(f"{text}{row}\n", encoding="utf-8-sig")
    return path


@pytest.mark.parametrize(
    ("fill", "name"), [(decided_book, "quyet-dinh.xlsx"), (decided_csv, "quyet-dinh.csv")]
)
def test_a_decision_comes_back_as_an_action_that_is_tracked(
    fill: object, name: str, held: Pack, project: Places, tmp_path: Path
) -> None:
    assert callable(fill)
    found = difference(project, fill(held, tmp_path / name))
    assert found.register == "review_actions"
    assert found.lines == ("thêm HD-2020-13",)
    take_in(project, found)
    system = System.load(project)
    items = [item for item in due(system, "VP") if item.code == "HD-2020-13"]
    assert [item.day.isoformat() for item in items] == ["2020-11-30"]
    page = Views(system, "../../").row("reviews", (HELD,))
    assert "Bố trí phòng lưu trữ" in page


def test_a_meeting_that_no_register_knew_comes_back_with_its_decisions(
    shipped_system: System,
    project: Places,
    texts: Texts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pack = gather(shipped_system, find_period(shipped_system, "2020-Q1"))
    meeting = {
        "Tên": "Xem xét của lãnh đạo quý IV năm 2020",
        "Ngày họp": "15/10/2020",
        "Người chủ trì": "Trưởng Ban Chỉ đạo ISO",
        "Thành phần": "Thành viên Ban Chỉ đạo ISO",
        "Sự phù hợp": "Đạt",
        "Sự đầy đủ": "Đạt",
        "Hiệu lực": "Đạt nhưng cần cải tiến",
        "Kết luận": "Duy trì hệ thống.",
        "Tính chất": "Minh hoạ",
    }
    texts.folder.mkdir()
    for point in TITLES:
        (texts.folder / f"{point}.md").write_text(f"Nhận định về {point}", encoding="utf-8")
    decided = {**DECIDED, "Lần xem xét": "XXLD-2020-02"}
    folder = tmp_path / "dien"
    folder.mkdir()
    completed(sheets.reviews_book(pack), meeting, folder / "cuoc-hop.xlsx")
    completed(sheets.entries_book(pack, texts), {"Tính chất": "Minh hoạ"}, folder / "dau-vao.xlsx")
    filled(sheets.decisions_book(pack), decided, folder / "quyet-dinh.xlsx")
    monkeypatch.setenv("QMS_ROOT", str(project.root))
    main(["import-xlsx", str(folder)])
    system = System.load(project)
    remarks = [row["summary"] for row in review.inputs(system, "XXLD-2020-02")]
    assert remarks == [f"Nhận định về {point}" for point in TITLES]
    assert system.rows("review_actions")[-1]["code"] == "HD-2020-13"
    page = Views(system, "../../").row("reviews", ("XXLD-2020-02",))
    assert "Bố trí phòng lưu trữ" in page


def test_the_workbook_has_every_figure_and_says_what_it_is(held: Pack) -> None:
    book = openpyxl.load_workbook(io.BytesIO(sheets.figures_book(held)))
    rows = list(book["Số liệu"].iter_rows(min_row=2, values_only=True))
    assert rows == [
        (each.point, each.title, figure.title, figure.value)
        for each in held.inputs
        for figure in each.figures
    ]
    about = dict(book["Thông tin"].iter_rows(min_row=2, values_only=True))
    assert about["Mã kiểm tra số liệu"] == held.check
    assert about["Số liệu đến hết ngày"] == "04/09/2020"
    for each in held.inputs:
        assert book[f"Bảng {each.point}"].max_row == len(each.table.rows) + 1


def test_the_command_keeps_texts_and_filled_in_decisions(
    project: Places,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("QMS_ROOT", str(project.root))
    target = tmp_path / "pack"
    asked = ["review", "--period", "2020-q3", "--to", str(target)]
    main(asked)
    text = project.root / "data" / "xem-xet" / "2020-q3" / "e.md"
    text.write_text("Của tôi", encoding="utf-8")
    filled = target / "quyet-dinh.csv"
    filled.write_text("đã điền", encoding="utf-8")
    (target / "tom-tat.pdf").write_bytes(b"")
    capsys.readouterr()
    main(asked)
    assert text.read_text(encoding="utf-8") == "Của tôi"
    assert filled.read_text(encoding="utf-8") == "đã điền"
    assert (target / "tom-tat.pdf").read_bytes().startswith(b"%PDF")
    assert f"Giữ nguyên {filled}" in capsys.readouterr().out


def test_the_command_names_the_periods(
    project: Places, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QMS_ROOT", str(project.root))
    with pytest.raises(SystemExit, match=rf"(?s)Không có kỳ “1999”.*{HELD}"):
        main(["review", "--period", "1999", "--to", str(tmp_path / "pack")])
    assert not (tmp_path / "pack").exists()


def test_the_command_says_what_the_machine_lacks(
    project: Places, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def lacking() -> None:
        raise PangoMissing("Máy chưa có thư viện Pango.")

    monkeypatch.setenv("QMS_ROOT", str(project.root))
    monkeypatch.setattr(paper, "ensure_pango", lacking)
    with pytest.raises(SystemExit, match=r"(?s)Chưa lập được tập tài liệu\..*Pango"):
        main(["review", "--period", "2020", "--zip", str(tmp_path / "pack.zip")])
    assert not (tmp_path / "pack.zip").exists()


def test_the_archive_holds_everything_and_begins_no_texts(
    held: Pack, texts: Texts, tmp_path: Path
) -> None:
    writing.write_zip(held, texts, tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    charts = {f"bieu-do/{name}.{kind}" for name in held.charts for kind in ("svg", "png")}
    papers = {"tom-tat.pdf", "bao-cao.pdf", "so-lieu.xlsx", *writing.TO_FILL_IN}
    assert set(files) == {f"xem-xet-xxld-2020-01/{name}" for name in charts | papers}
    for name in held.charts:
        drawn = files[f"xem-xet-xxld-2020-01/bieu-do/{name}.svg"].decode()
        assert held.charts[name].title in drawn
        assert "currentcolor" not in drawn
        png = files[f"xem-xet-xxld-2020-01/bieu-do/{name}.png"]
        assert png.startswith(b"\x89PNG")
        assert int.from_bytes(png[16:20]) == 1920
    assert not texts.folder.exists()
