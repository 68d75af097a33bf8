import re
from collections.abc import Callable
from html import unescape

import pytest

from scripts.charts import _vega, course, draw
from scripts.dashboard import Axis, Breakdown, Value, breakdown
from scripts.registers import Row
from scripts.system import System
from scripts.views import Views

SERIES = Axis("Đánh giá", (Value("Đạt", "Đạt", "good"), Value("Chưa đạt", "Chưa đạt", "bad")))


def chart_of(*counted: tuple[str, int, int]) -> Breakdown:
    """A breakdown of two series with a line of each name."""
    pairs = [
        pair
        for name, met, missed in counted
        for pair in [(name, "Đạt")] * met + [(name, "Chưa đạt")] * missed
    ]
    units = Axis("Đơn vị", tuple(Value(name, name) for name, _, _ in counted))
    described = {"name": "x", "title": "Mục tiêu", "by": "Đơn vị"}
    return breakdown(units, SERIES, pairs, "muc-tieu/", **described)


def texts(drawing: str) -> list[str]:
    found = re.findall(r"<text[^>]*>(.*?)</text>", drawing)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", each)).split()) for each in found]


def widths(drawing: str) -> list[tuple[str, float]]:
    bars = re.findall(r'd="M[^h]*h([\d.]+)v[^"]*"[^>]*fill="url\(#qms-fill-(\w+)\)', drawing)
    return [(tone, float(width)) for width, tone in bars]


def test_names_and_numbers_stand_in_the_drawing() -> None:
    drawn = draw(chart_of(("Vụ Kế hoạch – Tài chính", 3, 1), ("Văn phòng Bộ", 0, 2)))
    assert texts(drawn.drawing) == [
        "Vụ Kế hoạch – Tài chính",
        "Văn phòng Bộ",
        "3",
        "1",
        "2",
        "4",
        "2",
    ]


def test_bars_are_as_long_as_their_numbers_and_differ_by_fill() -> None:
    drawn = draw(chart_of(("A", 3, 1), ("B", 0, 2)))
    assert widths(drawn.drawing) == [("good", 150), ("bad", 50), ("bad", 100)]


def test_number_that_has_no_room_is_left_to_the_table() -> None:
    drawn = draw(chart_of(("A", 50, 1)))
    assert "1" not in texts(drawn.drawing)
    assert "50" in texts(drawn.drawing)


def test_long_name_is_broken_and_whole() -> None:
    name = "Cục Quản lý chất lượng, tiêu chuẩn và công nghệ thông tin"
    drawn = draw(chart_of((name, 1, 1), ("B", 1, 0)))
    assert name in texts(drawn.drawing)
    assert drawn.drawing.count("<tspan") == 3
    assert drawn.height > draw(chart_of(("A", 1, 1), ("B", 1, 0))).height


def test_room_for_names_grows_with_the_longest() -> None:
    narrow, wide = draw(chart_of(("A", 1, 0))), draw(chart_of(("Vụ Khoa học và Công nghệ", 1, 0)))
    assert wide.width - narrow.width > 23 * 6


def test_month_has_room_for_its_digits() -> None:
    with_month, padding = draw(chart_of(("02/2020", 1, 0))), 7
    digits, slash = 6 * 8, 5
    left = int(re.findall(r"translate\((\d+),", with_month.drawing)[0])
    assert left >= digits + slash + padding


@pytest.mark.parametrize("name", ['Vụ A & <b>B</b> "C"', "Vụ D' \\n {{ x }}"])
def test_names_are_text_and_nothing_else(name: str) -> None:
    drawing = draw(chart_of((name, 1, 0))).drawing
    assert name in texts(drawing)
    assert "<b>" not in drawing


def test_page_gives_colours_and_font_and_nothing_covers_its_ground() -> None:
    drawing = draw(chart_of(("A", 3, 1))).drawing
    painted = set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawing))
    assert painted == {"none", "currentcolor", "url(#qms-fill-good)", "url(#qms-fill-bad)"}
    assert "font-family" not in drawing
    assert "<rect" not in drawing


def test_drawing_has_no_names_and_comes_out_the_same_again() -> None:
    first = draw(chart_of(("A", 3, 1)))
    _vega.cache_clear()
    assert draw(chart_of(("A", 3, 1))) == first
    assert not re.search(r"\s(?:id|class|role|aria-\w+)=", first.drawing)


def test_label_says_the_sums_in_words() -> None:
    drawn = draw(chart_of(("A", 3, 1), ("B", 0, 2)))
    assert drawn.label.startswith("Mục tiêu. Tổng cộng: đạt 3, chưa đạt 3.")


def test_without_lines_the_drawing_is_empty() -> None:
    assert texts(draw(chart_of()).drawing) == []


def objective(target: float, *values: float) -> Row:
    return {"target": target, "measurements": [{"value": value} for value in values]}


def test_course_puts_higher_values_higher_and_later_ones_later() -> None:
    drawn = course(objective(95, 90, 100, 95))
    low, high, middle = (mark.y for mark in drawn.marks)
    assert high < middle < low
    assert drawn.target_y == middle
    assert [mark.x for mark in drawn.marks] == sorted({mark.x for mark in drawn.marks})
    assert all(0 < mark.y < drawn.height for mark in drawn.marks)


def test_course_of_equal_values_is_level() -> None:
    drawn = course(objective(100, 100, 100, 100))
    assert {mark.y for mark in drawn.marks} == {drawn.target_y}


@pytest.mark.parametrize(("measured", "shown"), [(2, False), (3, True)])
def test_objective_has_its_course_from_three_measurements_on(
    with_rows: Callable[..., System], measured: int, shown: bool
) -> None:
    rows = [
        {"objective": "MT-2020-01", "period": f"2020-0{month}", "measured_on": "2020-09-01"}
        for month in range(1, measured + 1)
    ]
    html = Views(with_rows("measurements", *rows), "").row("objectives", ("MT-2020-01",))
    assert ('<svg class="qms-course"' in html) is shown
