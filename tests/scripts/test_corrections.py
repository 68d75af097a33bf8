import datetime as dt
from collections.abc import Callable

from scripts.system import System
from scripts.views import Views
from tests.scripts.test_views import body_rows

WithRows = Callable[..., System]
CELL = {
    "code": "DC-2020-001",
    "register": "measurements",
    "key": "MT-2020-01; 2020-Q1",
    "field": "value",
    "before": "66.3",
    "after": "63.6",
    "reason": "Chép đảo <chữ> số.",
    "corrected_on": dt.date(2020, 9, 28),
    "post": "Thư ký ISO",
}
REMOVED = CELL | {
    "code": "DC-2020-002",
    "register": "units",
    "key": "BC",
    "field": None,
    "before": "Vụ Bưu chính",
    "after": None,
}


def test_corrections_stand_in_words_the_newest_first(with_rows: WithRows) -> None:
    html = Views(with_rows("corrections", CELL, REMOVED), "../").render("corrections.html")
    whole, cell = body_rows(html)
    assert whole.startswith("DC-2020-002 Đơn vị BC cả dòng, bỏ khỏi sổ Vụ Bưu chính –")
    assert cell == (
        "DC-2020-001 Kết quả đo mục tiêu MT-2020-01; 2020-Q1 Kết quả 66.3 63.6 "
        "Chép đảo <chữ> số. 28/09/2020 Thư ký ISO"
    )
    assert 'href="../don-vi/buu-chinh/"' in html, "a row with a page is linked"


def test_without_corrections_it_says_so(with_rows: WithRows) -> None:
    html = Views(with_rows("corrections"), "../").render("corrections.html")
    assert "Chưa có đính chính nào." in html
    assert "<table" not in html
