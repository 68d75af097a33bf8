"""What stands on the papers of a pack is what was gathered, and what people wrote."""

import datetime as dt
import re
import unicodedata
from dataclasses import replace

import pypdfium2
import pytest

from scripts.review_pack import paper
from scripts.review_pack.gather import Pack
from scripts.review_pack.texts import SUMMARY, Texts
from tests.scripts.paper_copies.reading import TOP, UNCLOSED_BY_WEASYPRINT

pytestmark = UNCLOSED_BY_WEASYPRINT
FOOT = "Số liệu do cổng tính"
"""What the foot of a page begins with, where an input goes on overleaf."""


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page without head, words apart by one space."""
    with pypdfium2.PdfDocument(pdf) as document:
        read = [
            page.get_textpage().get_text_bounded(top=page.get_height() - (TOP if number else 0))
            for number, page in enumerate(document)
        ]
    return [unicodedata.normalize("NFC", " ".join(text.split())) for text in read]


@pytest.fixture(scope="module")
def no_texts(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    return Texts(tmp_path_factory.mktemp("no-texts"))


@pytest.fixture(scope="module")
def report(held: Pack, no_texts: Texts) -> str:
    return " ".join(pages(paper.report(held, no_texts)))


def test_the_report_prints_every_figure_of_every_input(report: str, held: Pack) -> None:
    after = report[report.index("Nội dung") :]
    for each in held.inputs:
        heading = f"{each.point}) {each.title} Số Nội dung "
        start = after.index(heading) + len(heading)
        printed = after[start : after.index("Nhận định", start)].partition(FOOT)[0]
        expected = " ".join(f"{figure.value} {figure.title}" for figure in each.figures)
        assert printed.strip() == expected


def test_the_report_prints_the_rows_behind_them(report: str, held: Pack) -> None:
    for each in held.inputs:
        assert each.table.title in report
        for row in each.table.rows:
            assert row[0] in report, (each.point, row)


def test_the_report_prints_what_the_register_says_until_somebody_writes(
    report: str, held: Pack
) -> None:
    said = held.inputs[0].summary
    assert said.split(".")[0] in report


def test_the_report_names_posts_and_leaves_names_to_those_who_sign(report: str, held: Pack) -> None:
    assert held.review is not None
    assert held.review["chair_post"].upper() in report
    assert report.count("(ký, ghi rõ họ tên)") == 2
    assert "Phan Tâm" not in report
    assert "Ngày …… tháng …… năm 20……" in report


def test_the_report_leaves_lines_for_decisions(report: str, held: Pack) -> None:
    for code in (*(row["code"] for row in held.decisions.rows), *held.next_codes):
        assert code in report


def test_the_summary_is_one_sheet_with_the_figures(held: Pack, no_texts: Texts) -> None:
    [text] = pages(paper.summary(held, no_texts))
    said = held.summary
    counts = said.counts
    assert f"{counts['units']} đơn vị" in text
    assert f"{counts['operational_procedure']} quy trình nghiệp vụ" in text
    for event in said.events:
        assert f"{event['happened_on']:%d/%m/%Y}: " in text
    [(audit, found)] = said.audits
    assert audit["title"] in text
    assert f"{found.counts['major']} không phù hợp nặng" in text
    assert f"{found.counts['minor']} không phù hợp nhẹ" in text
    closed, late = found.states["on_time"] + found.states["late"], found.states["late"]
    assert f"Đã đóng {closed}, trong đó {late} trễ hạn" in text
    for words, number, overdue in said.open:
        assert f"{words} {number} {overdue}" in text
    for words, number in said.objectives.items():
        assert re.search(rf"\b{number} {words.lower()}\b", text)
    assert held.check in text


def test_what_people_wrote_is_on_both_and_stays_when_they_are_made_again(
    held: Pack, texts: Texts
) -> None:
    texts.write_missing(held.period)
    for name in ("c.4", SUMMARY, "kien-nghi"):
        (texts.folder / f"{name}.md").write_text(f"Lời viết tay về {name}.", encoding="utf-8")
    texts.write_missing(held.period)
    written = " ".join(pages(paper.report(held, texts)))
    assert "Lời viết tay về c.4." in written
    assert "Lời viết tay về kien-nghi." in written
    assert held.inputs[5].summary.split(".")[0] not in written
    assert "Lời viết tay về tom-tat." in pages(paper.summary(held, texts))[0]


def test_a_busy_period_still_fits_on_the_sheet(held: Pack, texts: Texts) -> None:
    texts.folder.mkdir()
    (texts.folder / f"{SUMMARY}.md").write_text("Một câu nhận định của Thư ký. " * 15)
    event, audit = held.summary.events[0], held.summary.audits[0]
    days = [event["happened_on"] + dt.timedelta(days=number) for number in range(30)]
    events = tuple({**event, "happened_on": day} for day in days)
    busy = replace(held.summary, events=events, audits=(audit,) * 5)
    pack = replace(held, summary=busy)
    [text] = pages(paper.summary(pack, texts))
    assert f"{days[-1]:%d/%m/%Y}: " in text
    assert f"{days[0]:%d/%m/%Y}: " not in text
    assert "Các mốc trước đó có trong báo cáo." in text
    report = " ".join(pages(paper.report(pack, texts)))
    assert all(f"{day:%d/%m/%Y}" in report for day in days)


def test_charts_are_told_in_words(held: Pack, no_texts: Texts) -> None:
    html = paper.report_html(held, no_texts)
    assert html.count("<svg") == len(held.charts) == len(re.findall(r"<svg[^>]*>\s*<title>", html))
    first = held.charts["objectives"].lines[0]
    assert f"{first.name}: đạt {first.counts[0].number}, chưa đạt {first.counts[1].number}" in html


def test_a_summary_that_grows_over_the_sheet_is_refused(held: Pack, texts: Texts) -> None:
    texts.folder.mkdir()
    (texts.folder / f"{SUMMARY}.md").write_text("Một đoạn dài.\n\n" * 60, encoding="utf-8")
    with pytest.raises(paper.LongSummary, match=r"chỉ được một trang.*tom-tat\.md"):
        paper.summary(held, texts)
