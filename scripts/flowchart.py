"""Draws the steps of a procedure as an SVG that needs no script, on the screen and on paper.

One column of shapes from the first step to the last; the way on runs straight down, a branch
that jumps ahead runs in a lane on the right, one that goes back in a lane on the left.
"""

import unicodedata
from dataclasses import dataclass
from functools import cached_property

from scripts.registers import Row

BOX_WIDTH = 292
_TEXT_SIZE, _SMALL_SIZE, _LINE = 14, 12, 18
_PADDING, _GAP, _MARGIN = 12, 42, 10
_LANE, _LABEL_WIDTH = 16, 84
_ABOVE_MIDDLE = 8
"""How far above the middle a jump arrives: the way out leaves at the middle."""
_POINT = 26
"""How far the two ends of a decision's shape point outwards."""

_NARROW, _WIDE = set("iljtfr.,;:'()[]!|1 "), set("mwMW@%")


@dataclass(frozen=True)
class Text:
    """Lines of text in the middle of x, from the base line of the first."""

    x: float
    y: float
    lines: tuple[str, ...]
    kind: str
    anchor: str = "middle"

    @property
    def placed(self) -> list[tuple[float, str]]:
        """Each line with its base line."""
        step = _LINE if self.kind == "title" else _LINE - 3
        return [(self.y + number * step, line) for number, line in enumerate(self.lines)]


@dataclass(frozen=True)
class Shape:
    """The outline of a step."""

    step: int
    kind: str
    x: float
    y: float
    width: float
    height: float
    texts: tuple[Text, ...]

    @property
    def middle(self) -> float:
        """The vertical middle."""
        return self.y + self.height / 2

    @property
    def points(self) -> str:
        """The corners of a decision."""
        left, right = self.x - _POINT, self.x + self.width + _POINT
        top, bottom = self.y, self.y + self.height
        inner_left, inner_right = self.x, self.x + self.width
        corners = [
            (inner_left, top), (inner_right, top), (right, self.middle),
            (inner_right, bottom), (inner_left, bottom), (left, self.middle),
        ]  # fmt: skip
        return " ".join(f"{x:g},{y:g}" for x, y in corners)


@dataclass(frozen=True)
class Arrow:
    """A way from one step to another: its line, its head, the words of its condition."""

    path: str
    head: str
    text: Text | None


@dataclass(frozen=True)
class Flowchart:
    """A drawing: what a template puts into `<svg>`."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    arrows: tuple[Arrow, ...]


def draw(steps: list[Row], links: list[Row]) -> Flowchart:
    """Lay out the flowchart of one procedure.

    Args:
        steps: rows of `steps.csv` of the procedure, in order.
        links: rows of `step_links.csv` of the procedure.
    """
    return _Layout(steps, links).flowchart()


@dataclass(frozen=True)
class _Layout:
    steps: list[Row]
    links: list[Row]

    def flowchart(self) -> Flowchart:
        last = list(self.shapes.values())[-1]
        left, right = self._side("left"), self._side("right")
        width = left + BOX_WIDTH + right
        arrows = tuple(self._arrow(link) for link in self.links)
        return Flowchart(width, last.y + last.height + _MARGIN, tuple(self.shapes.values()), arrows)

    @cached_property
    def shapes(self) -> dict[int, Shape]:
        shapes: dict[int, Shape] = {}
        top, x = float(_MARGIN), self._side("left")
        for step in self.steps:
            shape = _shape(step, x, top)
            shapes[step["step"]] = shape
            top += shape.height + self._gap_below(step["step"])
        return shapes

    def _gap_below(self, step: int) -> float:
        """Return the room below a step: enough for the condition of its way down."""
        conditions = [
            link["condition"] or ""
            for link in self.links
            if (link["from_step"], link["to_step"]) == (step, step + 1)
        ]
        lines = max((len(_condition_lines(condition)) for condition in conditions), default=0)
        return _GAP + (_LINE - 3) * max(0, lines - 2)

    @cached_property
    def lanes(self) -> dict[str, dict[tuple[int, int], int]]:
        """The lane of each jump, by side: jumps that share rows get lanes of their own."""
        lanes: dict[str, dict[tuple[int, int], int]] = {"left": {}, "right": {}}
        for link in sorted(self.links, key=lambda row: abs(row["to_step"] - row["from_step"])):
            way = (link["from_step"], link["to_step"])
            side = _side_of(way)
            if side is None:
                continue
            span = range(min(way), max(way) + 1)
            taken = {
                lane
                for other, lane in lanes[side].items()
                if set(span) & set(range(min(other), max(other) + 1))
            }
            lanes[side][way] = next(lane for lane in range(len(taken) + 1) if lane not in taken)
        return lanes

    def _side(self, side: str) -> float:
        """Return the room beside the column of shapes."""
        lanes = self.lanes[side].values()
        if not lanes:
            return _MARGIN + _POINT
        return _MARGIN + _POINT + _LABEL_WIDTH + _LANE * (max(lanes) + 1)

    def _arrow(self, link: Row) -> Arrow:
        way = (link["from_step"], link["to_step"])
        source, target = self.shapes[way[0]], self.shapes[way[1]]
        side = _side_of(way)
        condition = link["condition"] or ""
        if side is None:
            return _straight(source, target, condition)
        return _around(source, target, condition, side, self.lanes[side][way])


def _side_of(way: tuple[int, int]) -> str | None:
    if way[1] == way[0] + 1:
        return None
    return "right" if way[1] > way[0] else "left"


def _shape(step: Row, x: float, top: float) -> Shape:
    title = wrap(
        f"{step['step']}. {step['title']}", BOX_WIDTH - 2 * _PADDING, _TEXT_SIZE, bold=True
    )
    actor = wrap(step["actor"], BOX_WIDTH - 2 * _PADDING, _SMALL_SIZE)
    middle = x + BOX_WIDTH / 2
    first = top + _PADDING + _TEXT_SIZE
    below = first + _LINE * len(title) - 1
    height = 2 * _PADDING + _LINE * len(title) + (_LINE - 3) * len(actor) + 2
    texts = (Text(middle, first, title, "title"), Text(middle, below, actor, "actor"))
    return Shape(step["step"], step["kind"], x, top, BOX_WIDTH, height, texts)


def _straight(source: Shape, target: Shape, condition: str) -> Arrow:
    x, start, end = source.x + source.width / 2, source.y + source.height, target.y
    lines = _condition_lines(condition)
    middle = start + (end - start) / 2 + 4 - (len(lines) - 1) * 7
    text = Text(x + 8, middle, lines, "condition", "start") if lines else None
    return Arrow(f"M{x:g},{start:g}V{end - 7:g}", _head(x, end, "down"), text)


def _condition_lines(condition: str) -> tuple[str, ...]:
    """Break the condition of a way down, which stands to the right of its line."""
    return wrap(condition, BOX_WIDTH / 2, _SMALL_SIZE) if condition else ()


def _around(source: Shape, target: Shape, condition: str, side: str, lane: int) -> Arrow:
    sign = 1 if side == "right" else -1
    edge = source.x + (source.width if sign > 0 else 0)
    start = edge + sign * (_POINT if source.kind == "decision" else 0)
    column = edge + sign * (_POINT + _LABEL_WIDTH + _LANE * lane)
    leave, arrive = source.middle, target.middle - _ABOVE_MIDDLE
    end = edge + sign * _reach(target, _ABOVE_MIDDLE)
    path = f"M{start:g},{leave:g}H{column:g}V{arrive:g}H{end + sign * 7:g}"
    lines = wrap(condition, _LABEL_WIDTH - 6, _SMALL_SIZE) if condition else ()
    text = None
    if lines:
        top = leave - 6 - (_LINE - 3) * (len(lines) - 1)
        anchor = "start" if sign > 0 else "end"
        text = Text(edge + sign * (_POINT + 5), top, lines, "condition", anchor)
    return Arrow(path, _head(end, arrive, "left" if sign > 0 else "right"), text)


def _reach(target: Shape, above_middle: float) -> float:
    """Return how far a shape reaches beyond the column, at a height above its middle."""
    if target.kind != "decision":
        return 0
    return _POINT * (1 - above_middle / (target.height / 2))


def _head(x: float, y: float, pointing: str) -> str:
    corners = {
        "down": [(x, y), (x - 5, y - 9), (x + 5, y - 9)],
        "left": [(x, y), (x + 9, y - 5), (x + 9, y + 5)],
        "right": [(x, y), (x - 9, y - 5), (x - 9, y + 5)],
    }[pointing]
    return " ".join(f"{cx:g},{cy:g}" for cx, cy in corners)


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Break text into lines that are no wider than `width` pixels at a font size."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate the width of text in the portal's font, in pixels, rather too wide."""
    plain = unicodedata.normalize("NFD", text)
    width = sum(_letter_width(letter) for letter in plain if not unicodedata.combining(letter))
    return width * size * (1.05 if bold else 1)


def _letter_width(letter: str) -> float:
    if letter in _NARROW:
        return 0.33
    if letter in _WIDE:
        return 0.9
    return 0.7 if letter.isupper() else 0.58
