"""The path of a flow as a picture: boxes, arrows and rounds, laid out for a narrow column.

Everything is in the units of the picture's own box, 320 wide; the page scales it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicedesk.lib.ui.drawing import lines_of
from tickets.queries.flow import FlowRow, Handling, PublicStep, words

WIDTH = 320
LEFT, RIGHT = 30, 296  # of a box
CENTRE = (LEFT + RIGHT) // 2
SIZE = 13  # of its words
LINE = 17
PAD = 10
GAP = 18  # an arrow without words
GAP_WORDS = 34  # one with the answer beside it
ROUND_GAP = 30  # above the first box of a round


@dataclass(frozen=True, slots=True)
class Line:
    """One line of words and where its base line is."""

    text: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Box:
    """A step. ``style`` is "done", "undone", "now" or "end"; questions have cut corners."""

    y: int
    height: int
    lines: tuple[Line, ...]
    style: str
    is_question: bool = False

    x: int = LEFT
    width: int = RIGHT - LEFT

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> int:
        """Half-way down."""
        return self.y + self.height // 2

    @property
    def outline(self) -> str:
        """The corners of a question's box, as SVG points."""
        cut = 12
        left, right, top, bottom = LEFT, RIGHT, self.y, self.bottom
        corners = (
            (left + cut, top),
            (right - cut, top),
            (right, self.middle),
            (right - cut, bottom),
            (left + cut, bottom),
            (left, self.middle),
        )
        return " ".join(f"{x},{y}" for x, y in corners)


@dataclass(frozen=True, slots=True)
class Arrow:
    """From a box down to the next, with the answer beside it."""

    y1: int
    y2: int
    words: tuple[Line, ...] = ()
    x: int = CENTRE
    style: str = "done"

    @property
    def head(self) -> str:
        """Its point."""
        return f"M{self.x} {self.y2} l-4 -7 h8 z"


@dataclass(frozen=True, slots=True)
class Bracket:
    """A round: a line beside its boxes, with its number."""

    number: int
    y1: int
    y2: int

    @property
    def top(self) -> int:
        """The middle of the circle with its number."""
        return self.y1 + 9

    @property
    def base(self) -> int:
        """The base line of the number."""
        return self.y1 + 13


@dataclass(frozen=True, slots=True)
class Return:
    """A step taken back: a bow on the right, up to where it went on from."""

    y1: int
    y2: int

    @property
    def path(self) -> str:
        """The bow."""
        far = RIGHT + 18
        end = f"{far} {self.y2} {RIGHT + 6} {self.y2}"
        return f"M{RIGHT} {self.y1} C{far} {self.y1} {end}"

    @property
    def head(self) -> str:
        """Its point."""
        return f"M{RIGHT + 1} {self.y2} l7 -4 v8 z"


@dataclass(frozen=True, slots=True)
class Picture:
    """All there is to draw, with its words for who can't see it."""

    title: str
    text: str
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    brackets: tuple[Bracket, ...]
    returns: tuple[Return, ...] = ()
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class _Node:
    """A box before it has its place."""

    title: str
    round: int
    answer: str = ""
    style: str = "done"
    is_question: bool = False
    seq: int = 0
    back_to: int = 0  # the step that was taken back after this one, by its seq


@dataclass(slots=True)
class _Drawing:
    """Puts one box below the other."""

    y: int = 4
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    spans: dict[int, list[int]] = field(default_factory=dict)
    places: dict[int, Box] = field(default_factory=dict)

    def add(self, node: _Node, before: _Node | None) -> None:
        """The next box, with the arrow that leads to it."""
        if before is not None:
            self._arrow(node, before)
        lines = lines_of(node.title, (RIGHT - LEFT - 34) / SIZE)
        height = len(lines) * LINE + 2 * PAD
        first = self.y + PAD + SIZE
        placed = tuple(
            Line(text, CENTRE, first + n * LINE) for n, text in enumerate(lines)
        )
        box = Box(self.y, height, placed, node.style, node.is_question)
        self.boxes.append(box)
        self.y = box.bottom
        span = self.spans.setdefault(node.round, [box.y, box.bottom])
        span[1] = box.bottom
        if node.seq:
            self.places[node.seq] = box
        target = self.places.get(node.back_to)
        if target is not None:
            apart = 6 if box is target else 0
            back = Return(box.middle + apart, target.middle - apart)
            self.returns.append(back)

    def _arrow(self, node: _Node, before: _Node) -> None:
        leads_on = before.style != "undone" or node.style == "undone"
        answer = before.answer if leads_on else ""
        said = lines_of(answer, (RIGHT - CENTRE - 12) / 12) if answer else ()
        gap = GAP_WORDS + LINE * (len(said) - 1) if said else GAP
        if node.round != before.round:
            gap = max(gap, ROUND_GAP)
        first = self.y + gap // 2 + 4 - LINE * (len(said) - 1) // 2
        label = tuple(
            Line(text, CENTRE + 10, first + n * LINE) for n, text in enumerate(said)
        )
        style = "undone" if before.style == "undone" else "done"
        self.arrows.append(Arrow(self.y + 1, self.y + gap - 1, label, style=style))
        self.y += gap


def draw_path(handling: Handling) -> Picture | None:
    """The path that was taken and the step that is next; None where nothing was done."""
    if not handling.has_begun:
        return None
    nodes = [_node(row) for row in handling.rows]
    nodes = _with_returns(nodes, handling.rows)
    if handling.step is not None:
        nodes.append(
            _Node(
                words(handling.step.title),
                handling.round,
                style="now",
                is_question=handling.step.asks,
            )
        )
    else:
        nodes.append(_Node(_("Done"), handling.round, style="end"))
    title = _("The path taken")
    return _drawn(nodes, title, _summary(handling))


def draw_public(steps: Sequence[PublicStep], *, is_over: bool) -> Picture | None:
    """The path as the client reads it."""
    if not steps:
        return None
    nodes = [
        _Node(
            one.text,
            one.round,
            style="done" if one.at is not None or is_over else "now",
        )
        for one in steps
    ]
    count = len(nodes)
    text = ngettext("%(count)d step", "%(count)d steps", count) % {"count": count}
    return _drawn(nodes, _("How we handle it"), text)


def _node(row: FlowRow) -> _Node:
    return _Node(
        title=row.title,
        round=row.round,
        answer=row.answer,
        style="done" if row.stands else "undone",
        is_question=row.is_question,
        seq=row.seq,
    )


def _with_returns(nodes: list[_Node], rows: Sequence[FlowRow]) -> list[_Node]:
    """Each taking back, drawn from the last step that it took back to the first."""
    last: dict[object, tuple[int, int]] = {}
    for place, row in enumerate(rows):
        if row.undone is not None:
            first = last[row.undone][0] if row.undone in last else row.seq
            last[row.undone] = (first, place)
    for first, place in last.values():
        nodes[place] = replace(nodes[place], back_to=first)
    return nodes


def _drawn(nodes: Sequence[_Node], title: str, text: str) -> Picture:
    drawing = _Drawing()
    before: _Node | None = None
    for node in nodes:
        drawing.add(node, before)
        before = node
    brackets = [Bracket(n, y1, y2) for n, (y1, y2) in drawing.spans.items()]
    return Picture(
        title=title,
        text=text,
        height=drawing.y + 4,
        boxes=tuple(drawing.boxes),
        arrows=tuple(drawing.arrows),
        brackets=tuple(brackets) if len(brackets) > 1 else (),
        returns=tuple(drawing.returns),
    )


def _summary(handling: Handling) -> str:
    """One sentence: how many steps, which round, what is next."""
    count = len(handling.standing)
    parts = [
        ngettext("%(count)d step was done", "%(count)d steps were done", count)
        % {"count": count}
    ]
    if handling.round > 1:
        parts.append(_("round %(n)s") % {"n": handling.round})
    if handling.step is not None:
        parts.append(_("next: %(step)s") % {"step": words(handling.step.title)})
    return " · ".join(parts)
