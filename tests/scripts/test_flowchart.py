import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.configuration import PROJECT_ROOT, Places
from scripts import flowchart
from scripts.flowchart import BOX_WIDTH, Arrow, Flowchart, Shape, Text, text_width, wrap
from scripts.registers import Row
from scripts.system import System
from scripts.views import Views

Link = tuple[int, int] | tuple[int, int, str]
PROPERTY = settings(max_examples=60)


def step(number: int, kind: str = "action", title: str = "Việc", actor: str = "Đơn vị") -> Row:
    return {"step": number, "kind": kind, "title": title, "actor": actor}


def link(from_step: int, to_step: int, condition: str | None = None) -> Row:
    return {"from_step": from_step, "to_step": to_step, "condition": condition}


def drawn(count: int, *links: Link, decisions: tuple[int, ...] = ()) -> Flowchart:
    kinds = dict.fromkeys(decisions, "decision") | {1: "start"}
    steps = [step(number, kinds.get(number, "action")) for number in range(1, count + 1)]
    return flowchart.draw(steps, [link(*each) for each in links])


@dataclass(frozen=True)
class Way:
    """What the `d` of an arrow says."""

    numbers: dict[str, list[float]]

    @classmethod
    def of(cls, arrow: Arrow) -> "Way":
        numbers: dict[str, list[float]] = {"x": [], "y": []}
        for command, first, second in re.findall(r"([MVH])([-\d.]+)(?:,([-\d.]+))?", arrow.path):
            numbers["y" if command == "V" else "x"].append(float(first))
            if command == "M":
                numbers["y"].append(float(second))
        return cls(numbers)

    @cached_property
    def lane(self) -> float:
        """Where it runs up or down."""
        return self.numbers["x"][1] if len(self.numbers["x"]) > 1 else self.numbers["x"][0]

    @cached_property
    def rows(self) -> tuple[float, float]:
        return min(self.numbers["y"]), max(self.numbers["y"])


def corners(points: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (each.split(",") for each in points.split())]


# Lanes


@pytest.mark.parametrize(
    ("way", "side"),
    [
        pytest.param((2, 3), "middle", id="down to the next"),
        pytest.param((2, 4), "right", id="ahead over one"),
        pytest.param((1, 5), "right", id="ahead over several"),
        pytest.param((3, 2), "left", id="back by one"),
        pytest.param((5, 1), "left", id="back by several"),
        pytest.param((3, 3), "left", id="to itself"),
    ],
)
def test_a_way_runs_on_the_side_of_its_direction(way: tuple[int, int], side: str) -> None:
    chart = drawn(5, way)
    (arrow,) = chart.arrows
    shape = chart.shapes[0]
    lane = Way.of(arrow).lane
    if side == "middle":
        assert lane == shape.x + shape.width / 2
    elif side == "right":
        assert lane > shape.x + shape.width
    else:
        assert lane < shape.x


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        pytest.param((1, 4), (2, 5), False, id="they cross"),
        pytest.param((1, 5), (2, 4), False, id="one holds the other"),
        pytest.param((1, 3), (3, 5), False, id="they meet in a row"),
        pytest.param((1, 3), (1, 4), False, id="they leave together"),
        pytest.param((1, 3), (4, 6), True, id="apart"),
        pytest.param((4, 1), (5, 2), False, id="back, they cross"),
        pytest.param((3, 1), (6, 4), True, id="back, apart"),
    ],
)
def test_jumps_share_a_lane_only_when_they_share_no_row(
    one: tuple[int, int], other: tuple[int, int], shared: bool
) -> None:
    first, second = (Way.of(arrow).lane for arrow in drawn(6, one, other).arrows)
    assert (first == second) is shared


def test_the_shorter_jump_runs_in_the_inner_lane() -> None:
    long, short = (Way.of(arrow).lane for arrow in drawn(6, (1, 6), (2, 4)).arrows)
    assert short < long


def test_there_is_no_room_for_lanes_on_a_side_without_jumps() -> None:
    straight = drawn(3, (1, 2), (2, 3))
    assert drawn(3, (1, 3)).width > straight.width
    assert drawn(3, (1, 3)).shapes[0].x == straight.shapes[0].x
    assert drawn(3, (3, 1)).shapes[0].x > straight.shapes[0].x


# Shapes and arrows


def test_every_step_has_a_shape_of_its_kind_from_top_to_bottom() -> None:
    kinds = ["start", "action", "decision", "end"]
    chart = flowchart.draw([step(number, kind) for number, kind in enumerate(kinds, 1)], [])
    assert [(shape.step, shape.kind) for shape in chart.shapes] == list(enumerate(kinds, 1))
    assert all(upper.y + upper.height < lower.y for upper, lower in pairwise(chart.shapes))


def test_a_shape_says_number_title_and_actor() -> None:
    (shape,) = flowchart.draw([step(7, title="Thẩm định", actor="Vụ Bưu chính")], []).shapes
    assert [(text.kind, text.lines) for text in shape.texts] == [
        ("title", ("7. Thẩm định",)),
        ("actor", ("Vụ Bưu chính",)),
    ]


def test_a_shape_grows_with_its_text() -> None:
    short, long = flowchart.draw([step(1), step(2, title="Việc phải làm " * 6)], []).shapes
    assert long.height > short.height
    assert all(y < long.y + long.height for text in long.texts for y, _ in text.placed)


def test_a_decision_points_outwards_on_both_sides() -> None:
    shape = drawn(2, decisions=(2,)).shapes[1]
    points = corners(shape.points)
    assert min(points)[0] < shape.x
    assert max(points)[0] > shape.x + shape.width
    assert min(points)[1] == max(points)[1] == shape.middle


def test_the_way_down_ends_in_the_middle_of_the_upper_edge() -> None:
    chart = drawn(2, (1, 2), decisions=(2,))
    target = chart.shapes[1]
    assert corners(chart.arrows[0].head)[0] == (target.x + target.width / 2, target.y)


def outline_at(shape: Shape, y: float, side: str) -> float:
    """Return where the outline of a shape is at a height."""
    sign = 1 if side == "right" else -1
    edge = shape.x + (shape.width if sign > 0 else 0)
    if shape.kind != "decision":
        return edge
    tip = corners(shape.points)[2 if sign > 0 else 5][0]
    return edge + (tip - edge) * (1 - abs(y - shape.middle) / (shape.height / 2))


@pytest.mark.parametrize(
    ("way", "decisions", "side"),
    [
        pytest.param((1, 4), (), "right", id="ahead to a box"),
        pytest.param((4, 1), (4,), "left", id="back to a box"),
        pytest.param((1, 4), (4,), "right", id="ahead to a decision"),
        pytest.param((4, 2), (2,), "left", id="back to a decision"),
    ],
)
def test_a_jump_ends_at_the_edge_of_its_target(
    way: tuple[int, int], decisions: tuple[int, ...], side: str
) -> None:
    chart = drawn(4, way, decisions=decisions)
    x, y = corners(chart.arrows[0].head)[0]
    target = chart.shapes[way[1] - 1]
    assert target.y < y < target.y + target.height
    assert x == pytest.approx(outline_at(target, y, side), abs=1)


@pytest.mark.parametrize("way", [(2, 4), (4, 2)])
def test_a_jump_leaves_from_the_tip_of_a_decision(way: tuple[int, int]) -> None:
    chart = drawn(4, way, decisions=(way[0],))
    source = chart.shapes[way[0] - 1]
    tips = {corners(source.points)[corner] for corner in (2, 5)}
    start = Way.of(chart.arrows[0]).numbers
    assert (start["x"][0], start["y"][0]) in tips


@pytest.mark.parametrize("way", [(1, 2), (1, 3), (3, 1)])
def test_a_condition_stands_beside_its_way(way: tuple[int, int]) -> None:
    (with_words,) = drawn(3, (*way, "Đồng ý")).arrows
    (without,) = drawn(3, way).arrows
    assert with_words.text
    assert with_words.text.lines == ("Đồng ý",)
    assert without.text is None


def test_a_long_condition_of_a_way_down_is_drawn_whole() -> None:
    condition = "Có trình tự riêng theo pháp luật về khiếu nại và tố cáo"
    (arrow,) = drawn(2, (1, 2, condition)).arrows
    assert arrow.text
    assert " ".join(arrow.text.lines) == condition


# Any valid procedure

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếềểễệĐQTW"
WORDS = st.text(LETTERS, min_size=1, max_size=7)


def sentences(longest: int) -> st.SearchStrategy[str]:
    """Text of a register: syllables, no longer than its field allows."""
    found = st.lists(WORDS, min_size=1, max_size=longest // 3).map(" ".join)
    return found.map(lambda text: text[:longest].strip())


@st.composite
def procedures(draw: Callable[..., object]) -> tuple[list[Row], list[Row]]:
    """Numbered steps; decisions go to two or more steps, ends nowhere, the others on."""
    count = draw(st.integers(2, 12))
    assert isinstance(count, int)
    middle = draw(st.lists(st.sampled_from(["action", "decision", "end"]), min_size=count - 2))
    assert isinstance(middle, list)
    kinds = ["start", *middle[: count - 2], "end"]
    steps, links = [], []
    for number, kind in enumerate(kinds, 1):
        steps.append(step(number, kind, draw(sentences(90)), draw(sentences(120))))
        if kind == "decision":
            ways = st.sets(st.integers(1, count), min_size=2, max_size=3)
            links += [link(number, to, draw(sentences(60))) for to in sorted(draw(ways))]
        elif kind != "end":
            links.append(link(number, number + 1))
    return steps, links


@PROPERTY
@given(procedures())
def test_every_step_has_a_shape_and_every_link_an_arrow(
    procedure: tuple[list[Row], list[Row]],
) -> None:
    steps, links = procedure
    chart = flowchart.draw(steps, links)
    assert [shape.step for shape in chart.shapes] == [each["step"] for each in steps]
    assert len(chart.arrows) == len(links)


def written(text: Text) -> Iterator[tuple[float, float, float]]:
    """Yield from where to where, and on what base line, a text is written."""
    size, bold = (14, True) if text.kind == "title" else (12, False)
    for y, line in text.placed:
        width = text_width(line, size, bold=bold)
        left = text.x - width * {"start": 0, "middle": 0.5, "end": 1}[text.anchor]
        yield left, left + width, y


def extent(chart: Flowchart) -> tuple[list[float], list[float]]:
    """Return every x and y that the drawing uses."""
    xs, ys = [], []
    for shape in chart.shapes:
        points = shape.points if shape.kind == "decision" else f"{shape.x},{shape.y}"
        far = (shape.x + shape.width, shape.y + shape.height)
        for x, y in (*corners(points), far):
            xs.append(x)
            ys.append(y)
    for arrow in chart.arrows:
        way = Way.of(arrow).numbers
        xs += way["x"] + [x for x, _ in corners(arrow.head)]
        ys += way["y"] + [y for _, y in corners(arrow.head)]
    texts = [text for shape in chart.shapes for text in shape.texts]
    texts += [arrow.text for arrow in chart.arrows if arrow.text]
    for text in texts:
        for left, right, y in written(text):
            xs += [left, right]
            ys += [y - 12, y]
    return xs, ys


@PROPERTY
@given(procedures())
def test_nothing_lies_outside_the_drawing(procedure: tuple[list[Row], list[Row]]) -> None:
    chart = flowchart.draw(*procedure)
    xs, ys = extent(chart)
    assert 0 <= min(xs) <= max(xs) <= chart.width
    assert 0 <= min(ys) <= max(ys) <= chart.height


@PROPERTY
@given(procedures())
def test_jumps_in_one_lane_never_overlap(procedure: tuple[list[Row], list[Row]]) -> None:
    chart = flowchart.draw(*procedure)
    box = chart.shapes[0]
    jumps = [way for way in map(Way.of, chart.arrows) if way.lane != box.x + box.width / 2]
    assert all(not box.x <= way.lane <= box.x + BOX_WIDTH for way in jumps)
    for one, other in combinations(jumps, 2):
        if one.lane == other.lane:
            assert one.rows[1] < other.rows[0] or other.rows[1] < one.rows[0]


@PROPERTY
@given(sentences(120), st.integers(20, 300), st.sampled_from([12, 14]), st.booleans())
def test_wrap_never_loses_a_word_and_keeps_to_the_width(
    text: str, width: int, size: int, bold: bool
) -> None:
    lines = wrap(text, width, size, bold=bold)
    assert " ".join(lines).split() == text.split()
    assert all(" " not in line or text_width(line, size, bold=bold) <= width for line in lines)


def test_wrap_fills_a_line_before_it_begins_another() -> None:
    text = "một hai ba bốn năm sáu"
    assert wrap(text, 1000, 14) == (text,)
    assert wrap(text, 1, 14) == tuple(text.split())
    assert wrap("", 100, 14) == ()


def test_marks_add_no_width_and_bold_does() -> None:
    assert text_width("ệ", 14) == text_width("e", 14)
    assert text_width("e", 14, bold=True) > text_width("e", 14)
    assert text_width("M", 14) > text_width("E", 14) > text_width("e", 14) > text_width("i", 14)


# The shipped procedures

SVG = "{http://www.w3.org/2000/svg}"


def procedures_with_steps() -> list[str]:
    register = Places(PROJECT_ROOT).registers / "steps.csv"
    with register.open(encoding="utf-8", newline="") as rows:
        return sorted({row["document"] for row in csv.DictReader(rows)})


@pytest.mark.parametrize("code", procedures_with_steps())
def test_the_drawing_of_a_shipped_procedure_is_well_formed(
    shipped_system: System, code: str
) -> None:
    figure = ElementTree.fromstring(Views(shipped_system, "../../").flowchart(code))
    (svg,) = figure.iter(f"{SVG}svg")
    shapes = [each for each in svg.iter() if each.get("class", "").startswith("shape")]
    assert len(shapes) == len(shipped_system.of_document("steps", code))
    ways = [each for each in svg.iter(f"{SVG}path") if each.get("class") == "way"]
    assert len(ways) == len(shipped_system.of_document("step_links", code))


@pytest.mark.parametrize("code", procedures_with_steps())
def test_the_drawing_of_a_shipped_procedure_keeps_every_word(
    shipped_system: System, code: str
) -> None:
    figure = ElementTree.fromstring(Views(shipped_system, "../../").flowchart(code))
    said = " ".join(each.text or "" for each in figure.iter(f"{SVG}text"))
    steps = shipped_system.of_document("steps", code)
    texts = [each[name] for each in steps for name in ("title", "actor")]
    texts += [each["condition"] or "" for each in shipped_system.of_document("step_links", code)]
    assert all(" ".join(text.split()) in said for text in texts)


@pytest.mark.parametrize("code", procedures_with_steps())
def test_nothing_of_a_shipped_procedure_lies_outside_its_drawing(
    shipped_system: System, code: str
) -> None:
    steps = shipped_system.of_document("steps", code)
    chart = flowchart.draw(steps, shipped_system.of_document("step_links", code))
    xs, ys = extent(chart)
    assert 0 <= min(xs) <= max(xs) <= chart.width
    assert 0 <= min(ys) <= max(ys) <= chart.height
