"""Questions of staff and auditors, and the clicks that their answers take from the home page.

The developers' note `content/quan-tri/questions.md` tells the same questions and clicks.
"""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from intake.configuration import PROJECT_ROOT
from tests.site.conftest import Portal

NOTE = (PROJECT_ROOT / "content/quan-tri/questions.md").read_text(encoding="utf-8")
MOST_CLICKS = 3


@dataclass(frozen=True)
class Click:
    """Press a link, a button or the head of a folded part, by its words."""

    words: str

    def do(self, page: Page) -> None:
        inside = page.locator("header, main, .md-tabs").get_by_text(self.words, exact=True)
        inside.locator("visible=true").first.click()


@dataclass(frozen=True)
class Type:
    """Type into the filter of a register."""

    words: str

    def do(self, page: Page) -> None:
        page.locator("input[name=loc]").first.fill(self.words)


@dataclass(frozen=True)
class Choose:
    """Choose a value of a filter."""

    column: str
    value: str

    def do(self, page: Page) -> None:
        page.locator(f"select[name='{self.column}']").first.select_option(self.value)


Step = Click | Type | Choose

QUESTIONS: dict[str, tuple[list[Step], str]] = {
    "Mẫu phiếu yêu cầu sửa đổi tài liệu ở đâu?": (
        [Click("Tìm quy trình"), Type("phieu yeu cau sua doi"), Click("BM-HT01.01")],
        "Bản trắng để in",
    ),
    "Ai phê duyệt quy trình cấp giấy phép bưu chính?": (
        [Click("Vụ Bưu chính"), Click("QT-BC-01")],
        "Người phê duyệt",
    ),
    "Vụ Pháp chế có những rủi ro nào?": ([Click("Vụ Pháp chế")], "RR-PC-01"),
    "Văn phòng Bộ có việc gì quá hạn?": ([Click("Văn phòng Bộ")], "Quá hạn"),
    "Điều khoản 8.4.1 được đáp ứng ở tài liệu nào?": (
        [Click("Hệ thống"), Click("Điều khoản tiêu chuẩn"), Click("8.4.1")],
        "QT-KHTC-03",
    ),
    "Hồ sơ bị từ chối cấp giấy phép bưu chính lưu bao lâu?": (
        [Click("Vụ Bưu chính"), Click("Danh mục hồ sơ của đơn vị")],
        "5 năm",
    ),
    "Lần 02 của quy trình văn bản đến khác lần 01 ở đâu?": (
        [
            Click("QT-VP-01 – Quản lý văn bản đến"),
            Click("Ban hành, sửa đổi và ký duyệt"),
            Click("so sánh với lần 02"),
        ],
        "110/2004/NĐ-CP",
    ),
    "Sự không phù hợp nặng của đợt đánh giá đã đóng chưa?": (
        [
            Click("Hệ thống"),
            Click("Phát hiện đánh giá"),
            Choose("Mức độ", "Không phù hợp nặng"),
        ],
        "PH-2020-010",
    ),
    "Mục tiêu nào chưa đạt?": (
        [Click("Hệ thống đang đứng ở đâu: tổng quan cho lãnh đạo"), Click("mục tiêu chưa đạt")],
        "Chưa đạt",
    ),
    "Xem xét của lãnh đạo giao ai làm gì, hạn nào?": (
        [Click("Hệ thống"), Click("Xem xét của lãnh đạo"), Click("XXLD-2020-01")],
        "HD-2020-01",
    ),
    "Tôi thẩm định cấp phép bưu chính thì làm những bước nào?": (
        [
            Click("Vụ Bưu chính"),
            Click("Việc của tôi"),
            Choose("Người làm", "Chuyên viên thẩm định cấp phép"),
        ],
        "QT-BC-01",
    ),
    "Thấy hồ sơ sai quy trình thì báo ở đâu?": ([Click("Báo không phù hợp")], "Gửi phiếu báo"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_within_three_clicks(
    page: Page, portal: Portal, question: str
) -> None:
    steps, answer = QUESTIONS[question]
    page.goto(portal.url())
    for step in steps:
        step.do(page)
        page.wait_for_load_state()
    expect(page.locator("main").get_by_text(answer).locator("visible=true").first).to_be_visible()
    assert clicks(steps) <= MOST_CLICKS


def clicks(steps: list[Step]) -> int:
    return sum(isinstance(step, Click) for step in steps)


def test_the_note_tells_the_same_questions_and_clicks() -> None:
    told = dict(re.findall(r"^\| (.+\?) \| .+ \| (\d) \|$", NOTE, re.MULTILINE))
    assert told == {question: str(clicks(steps)) for question, (steps, _) in QUESTIONS.items()}
