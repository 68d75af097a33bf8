"""Fills forms as a person would."""

from pathlib import Path

from playwright.sync_api import Page

NONCONFORMITY = {
    "summary": "Hồ sơ đề nghị xác nhận thiếu phiếu kiểm soát",
    "description": "Ba hồ sơ nộp trong tuần không kèm phiếu kiểm soát quá trình giải quyết.\n"
    "Chuyện này đã lặp lại: “lần thứ hai” trong quý.",
}
FEEDBACK = {
    "summary": "Đề nghị nêu rõ thời hạn trả lời ở bước 3",
    "content": "Bước 3 chưa nói rõ đơn vị phải trả lời trong mấy ngày làm việc.",
    "proposal": "Ghi thời hạn 3 ngày làm việc.",
}
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def fill_nonconformity(page: Page, photo: Path | None = None) -> None:
    for name, text in NONCONFORMITY.items():
        page.fill(f"#f-{name}", text)
    page.select_option("#f-unit", "BC")
    page.select_option("#f-document", "QT-BC-02")
    page.fill("#f-found_on", "2020-09-10")
    page.check("input[name=source][value=self]")
    if photo:
        page.set_input_files("#f-attachments", photo)


def fill_feedback(page: Page) -> None:
    page.check("input[name=kind][value=document]")
    page.select_option("#f-document", "QT-HT-04")
    for name, text in FEEDBACK.items():
        page.fill(f"#f-{name}", text)
    page.check("input[name=rating_clarity][value='4']")


def send(page: Page) -> None:
    page.click("[data-region=intake] button[type=submit].md-button--primary")


def receipt_of(page: Page) -> tuple[str, str]:
    page.wait_for_selector("[data-receipt]")
    return page.inner_text(".qms-number"), page.inner_text(".qms-code")
