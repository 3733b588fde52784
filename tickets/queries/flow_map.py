"""A whole flow as a picture: every step, every way on, and where a ticket went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicedesk.lib.ui.drawing import lines_of, width_of
from servicedesk.lib.ui.graph import Layout, Place, Route, lay_out
from tickets.queries.flow import words
from tickets.rules.flow import Answer, Flow, Step

BOX_WIDTH, BOX_HEIGHT = 140, 46
NODE, BEND = 158, 34  # with the gap beside
ROW = 96
MARGIN = 30
ASIDE = 42  # from the middle of a box, where edges that lead back leave and come in
BACK_GAP = 16  # between the bows of edges that lead back
SIZE, LINE = 12, 16
WORDS, LONGEST = 11, 14  # the size of the words at an edge, and their width in ems
#: How far along its first part an edge's words may stand, the best place first.
PARTS = (0.75, 0.6, 0.85, 0.45, 0.3)
FAR = 40  # a worse place is taken to cover so much less of a line, in square units
WORSE = 50  # to cover a box or other words is so much worse
Area = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class MapBox:
    """A step with its words; questions have cut corners."""

    x: int
    y: int
    lines: tuple[tuple[int, int, str], ...]
    style: str
    is_question: bool
    width: int = BOX_WIDTH
    height: int = BOX_HEIGHT

    @property
    def outline(self) -> str:
        """The corners of a question's box."""
        left, top, cut = self.x, self.y, 12
        right, bottom, middle = (
            left + self.width,
            top + self.height,
            top + self.height // 2,
        )
        corners = (
            (left + cut, top),
            (right - cut, top),
            (right, middle),
            (right - cut, bottom),
            (left + cut, bottom),
            (left, middle),
        )
        return " ".join(f"{x},{y}" for x, y in corners)


@dataclass(frozen=True, slots=True)
class MapEdge:
    """A way on with its point and the answer that leads along it."""

    path: str
    head: str
    words: str
    x: int
    y: int
    style: str
    #: Where its words may stand, the best place first.
    spots: tuple[tuple[int, int], ...] = field(default=(), repr=False)
    #: Its parts that lie level, where words of others would stand on a line.
    level: tuple[Area, ...] = field(default=(), repr=False)

    @property
    def point(self) -> Area:
        """What its point covers: a triangle whose tip is where ``head`` begins."""
        x, y = (int(one) for one in self.head[1:].split()[:2])
        return x - 4, y - 7, x + 4, y

    @property
    def area(self) -> Area:
        """What its words cover; they are centred on x, and y is their base line."""
        half = width_of(self.words) * WORDS / 2 + 2
        return self.x - half, self.y - WORDS, self.x + half, self.y + 3


@dataclass(frozen=True, slots=True)
class MapLine:
    """A step in words, for the list beside the picture."""

    title: str
    text: str
    question: str
    public: str
    fields: tuple[str, ...]
    ways: tuple[tuple[str, str, bool], ...]  # answer, title of what follows, new round
    step: Step


@dataclass(frozen=True, slots=True)
class FlowMap:
    """All there is to draw, and the same in words."""

    title: str
    text: str
    width: int
    height: int
    boxes: tuple[MapBox, ...]
    edges: tuple[MapEdge, ...]
    lines: tuple[MapLine, ...]


def draw_flow(flow: Flow) -> FlowMap:
    """The whole flow from top to bottom."""
    ways = {
        key: [one.to for one in step.answers if one.to]
        for key, step in flow.steps.items()
    }
    layout = lay_out(ways, [flow.start], node=NODE, bend=BEND)
    backs = [route for route in layout.routes if route.back]
    right = int(layout.width) + 2 * MARGIN
    boxes = tuple(_box(s, layout.places[k], flow) for k, s in flow.steps.items())
    count = len(flow.steps)
    text = ngettext("%(count)d step", "%(count)d steps", count) % {"count": count}
    return FlowMap(
        title=words(flow.name),
        text=text,
        width=right + BACK_GAP * (len(backs) + 1),
        height=layout.rows * ROW - (ROW - BOX_HEIGHT) + 2 * MARGIN,
        boxes=boxes,
        edges=_apart(_edges(flow, layout, right), boxes),
        lines=tuple(_line(step, flow) for step in flow.steps.values()),
    )


def _left(place: Place) -> int:
    return round(place.x) - BOX_WIDTH // 2 + MARGIN


def _top(place: Place) -> int:
    return place.row * ROW + MARGIN


def _box(step: Step, place: Place, flow: Flow) -> MapBox:
    x, y = _left(place), _top(place)
    room = BOX_WIDTH - (26 if step.asks else 14)
    found = lines_of(words(step.title), room / SIZE)
    first = y + BOX_HEIGHT // 2 - (len(found) - 1) * LINE // 2 + 4
    style = "start" if step.key == flow.start else "end" if step.is_end else "plain"
    lines = tuple(
        (x + BOX_WIDTH // 2, first + n * LINE, text) for n, text in enumerate(found)
    )
    return MapBox(x, y, lines, style, step.asks)


def _edges(flow: Flow, layout: Layout, right: int) -> tuple[MapEdge, ...]:
    found: list[MapEdge] = []
    back = 0
    for route in layout.routes:
        answers = [a for a in flow.steps[route.source].answers if a.to == route.target]
        if route.back:
            back += 1
            found.append(_bow(flow, route, answers, far=right + back * BACK_GAP))
        else:
            found.append(_curve(flow, route, answers))
    return tuple(found)


def _apart(edges: Iterable[MapEdge], boxes: Sequence[MapBox]) -> tuple[MapEdge, ...]:
    """The edges, with their words where they cover neither a box nor each other."""
    edges = tuple(edges)
    taken: list[Area] = [(b.x, b.y, b.x + b.width, b.y + b.height) for b in boxes]
    lines = [line for edge in edges for line in (*edge.level, edge.point)]
    found = []
    for edge in edges:
        placed = [replace(edge, x=x, y=y) for x, y in edge.spots]
        cost = [
            WORSE * _covered(one.area, taken) + _covered(one.area, lines) + FAR * n
            for n, one in enumerate(placed)
        ]
        best = placed[cost.index(min(cost))]
        taken += [best.area] if best.words else []
        found.append(best)
    return tuple(found)


def _covered(area: Area, taken: Iterable[Area]) -> float:
    """How much of what is taken an area covers; 0 where it is free."""
    left, top, right, bottom = area
    return sum(
        max(0.0, min(right, r) - max(left, x)) * max(0.0, min(bottom, b) - max(top, y))
        for x, y, r, b in taken
    )


def _label(flow: Flow, route: Route, answers: list[Answer]) -> str:
    if not flow.steps[route.source].asks:
        return ""
    return lines_of(" / ".join(words(one.label) for one in answers), LONGEST, most=1)[0]


def _curve(flow: Flow, route: Route, answers: list[Answer]) -> MapEdge:
    points = []
    for n, place in enumerate(route.through):
        x, y = round(place.x) + MARGIN, _top(place)
        if n == 0:
            points.append((x, y + BOX_HEIGHT))
        elif n == len(route.through) - 1:
            points.append((x, y - 2))
        else:
            points += [(x, y), (x, y + BOX_HEIGHT)]
    path = f"M{points[0][0]} {points[0][1]}"
    for (x1, y1), (x2, y2) in pairwise(points):
        if x1 == x2:
            path += f" L{x2} {y2}"
        else:
            half = (y1 + y2) // 2
            path += f" C{x1} {half} {x2} {half} {x2} {y2}"
    end = points[-1]
    spots = _spots(points)
    style = "again" if all(one.again for one in answers) else "on"
    return MapEdge(
        path,
        f"M{end[0]} {end[1] + 1} l-4 -7 h8 z",
        _label(flow, route, answers),
        *spots[0],
        style,
        spots,
    )


def _spots(points: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Places along an edge: near the end of its first part, where it is away from the others."""
    found = []
    for (x1, y1), (x2, y2) in pairwise(points):
        for t in PARTS:
            # The curve of _curve: it leaves and comes in straight down.
            x = x1 + (x2 - x1) * (3 * t * t - 2 * t**3)
            y = y1 + (y2 - y1) * (1.5 * t - 1.5 * t * t + t**3)
            found.append((round(x), round(y) + 4))
    return tuple(found)


def _bow(flow: Flow, route: Route, answers: list[Answer], *, far: int) -> MapEdge:
    """An edge that leads back up: down and out on the right, up, and in from above."""
    start, end = route.through[0], route.through[-1]
    x1, y1 = round(start.x) + MARGIN + ASIDE, _top(start) + BOX_HEIGHT
    x2, y2 = round(end.x) + MARGIN + ASIDE, _top(end)
    low, high, r = y1 + 15, y2 - 17, 8
    spots = tuple(
        (x, y)
        for y in (low - 4, low + 13, low + 4)
        for x in range(x1 + 56, far - 40, 40)
    )
    path = (
        f"M{x1} {y1} V{low - r} Q{x1} {low} {x1 + r} {low}"
        f" H{far - r} Q{far} {low} {far} {low - r}"
        f" V{high + r} Q{far} {high} {far - r} {high}"
        f" H{x2 + r} Q{x2} {high} {x2} {high + r} V{y2 - 5}"
    )
    return MapEdge(
        path,
        f"M{x2} {y2 + 1} l-4 -7 h8 z",
        _label(flow, route, answers),
        *spots[0],
        "again",
        spots,
        ((x1, low - 1, far, low + 1), (x2, high - 1, far, high + 1)),
    )


def _line(step: Step, flow: Flow) -> MapLine:
    def follows(answer: Answer) -> str:
        return words(flow.steps[answer.to].title) if answer.to else _("the end")

    return MapLine(
        title=words(step.title),
        text=words(step.text) if step.text else "",
        question=words(step.question) if step.question else "",
        public=words(step.public) if step.public else "",
        fields=tuple(words(one.label) for one in step.fields),
        ways=tuple(
            (words(one.label) if step.asks else "", follows(one), one.again)
            for one in step.answers
        ),
        step=step,
    )
