"""A directed graph laid out in rows, so that it can be drawn: pure arithmetic, no Django.

1. Edges that lead back to where one comes from are set apart (depth first, in the given order).
2. A node's row is the length of the longest way to it; an edge over several rows gets a bend
   in each row between.
3. Within the rows, nodes and bends are put in the order of their neighbours' middles, up and
   down a few times, so that few edges cross.
4. Each is then moved towards its neighbours as far as its row leaves room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SWEEPS = 6
Key = tuple[str, int]  # a node (its key, 0), or a bend of an edge ("from>to", row)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node is: its middle and its row."""

    x: float
    row: int


@dataclass(frozen=True, slots=True)
class Route:
    """An edge: the middles it goes through, row by row; ``back`` if it leads back up."""

    source: str
    target: str
    through: tuple[Place, ...]
    back: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A graph with places; ``width`` is from 0 to the right edge of the widest row."""

    places: Mapping[str, Place]
    routes: tuple[Route, ...]
    width: float
    rows: int


@dataclass(slots=True)
class _Rows:
    rows: list[list[Key]]
    above: dict[Key, list[Key]] = field(default_factory=dict)
    below: dict[Key, list[Key]] = field(default_factory=dict)
    x: dict[Key, float] = field(default_factory=dict)


def lay_out(
    ways: Mapping[str, Sequence[str]], roots: Iterable[str], *, node: float, bend: float
) -> Layout:
    """Lay a graph out. ``node`` and ``bend`` are widths, the gap beside each included."""
    back = _back_edges(ways, roots)
    row_of = _ranks(ways, back)
    rows = _with_bends(ways, back, row_of)
    for _sweep in range(SWEEPS):
        _sort(rows, rows.rows[1:], rows.above)
        _sort(rows, rows.rows[-2::-1], rows.below)
    _place(rows, node=node, bend=bend)
    left = min(x - _width(key, node, bend) / 2 for key, x in rows.x.items())
    right = max(x + _width(key, node, bend) / 2 for key, x in rows.x.items())
    places = {key: Place(rows.x[key, 0] - left, row) for key, row in row_of.items()}
    routes = tuple(
        _route((source, target), rows, places, left=left, back=(source, target) in back)
        for source, targets in ways.items()
        for target in dict.fromkeys(targets)
    )
    return Layout(places, routes, right - left, len(rows.rows))


def _back_edges(
    ways: Mapping[str, Sequence[str]], roots: Iterable[str]
) -> set[tuple[str, str]]:
    back: set[tuple[str, str]] = set()
    done: set[str] = set()
    for root in [*roots, *ways]:
        open_ones: list[str] = []
        waiting = [(root, iter(ways[root]))] if root not in done else []
        open_ones += [root] if waiting else []
        while waiting:
            key, targets = waiting[-1]
            target = next(targets, None)
            if target is None:
                waiting.pop()
                open_ones.pop()
                done.add(key)
            elif target in open_ones:
                back.add((key, target))
            elif target not in done:
                waiting.append((target, iter(ways[target])))
                open_ones.append(target)
    return back


def _ranks(
    ways: Mapping[str, Sequence[str]], back: set[tuple[str, str]]
) -> dict[str, int]:
    """The longest way to each node along the edges that lead on."""
    row_of = dict.fromkeys(ways, 0)
    for _step in ways:  # as often as the longest way can be long
        for source, targets in ways.items():
            for target in targets:
                if (source, target) not in back:
                    row_of[target] = max(row_of[target], row_of[source] + 1)
    return row_of


def _with_bends(
    ways: Mapping[str, Sequence[str]],
    back: set[tuple[str, str]],
    row_of: Mapping[str, int],
) -> _Rows:
    rows = _Rows([[] for _row in range(max(row_of.values()) + 1)])
    for key, row in row_of.items():
        rows.rows[row].append((key, 0))
    for source, targets in ways.items():
        for target in dict.fromkeys(targets):
            if (source, target) in back:
                continue
            chain: list[Key] = [(source, 0)]
            for row in range(row_of[source] + 1, row_of[target]):
                chain.append((f"{source}>{target}", row))
                rows.rows[row].append(chain[-1])
            chain.append((target, 0))
            for upper, lower in pairwise(chain):
                rows.below.setdefault(upper, []).append(lower)
                rows.above.setdefault(lower, []).append(upper)
    return rows


def _sort(
    rows: _Rows, order: Iterable[list[Key]], neighbours: Mapping[Key, list[Key]]
) -> None:
    for row in order:
        spot = {key: n for r in rows.rows for n, key in enumerate(r)}

        def middle(key: Key, spot: Mapping[Key, int] = spot) -> float:
            near = [spot[one] for one in neighbours.get(key, ())]
            return sum(near) / len(near) if near else float(spot[key])

        row.sort(key=middle)


def _width(key: Key, node: float, bend: float) -> float:
    return bend if ">" in key[0] else node


def _place(rows: _Rows, *, node: float, bend: float) -> None:
    for row in rows.rows:
        x = -sum(_width(key, node, bend) for key in row) / 2
        for key in row:
            width = _width(key, node, bend)
            rows.x[key] = x + width / 2
            x += width
    for _sweep in range(SWEEPS):
        for order, neighbours in (
            (rows.rows, rows.above),
            (rows.rows[::-1], rows.below),
        ):
            for row in order:
                _draw_near(rows, row, neighbours, node=node, bend=bend)


def _draw_near(
    rows: _Rows,
    row: Sequence[Key],
    neighbours: Mapping[Key, list[Key]],
    *,
    node: float,
    bend: float,
) -> None:
    """Move a row's members towards their neighbours' middles, keeping their order and room."""
    wanted = []
    for key in row:
        near = [rows.x[one] for one in neighbours.get(key, ())]
        wanted.append(sum(near) / len(near) if near else rows.x[key])
    apart = [
        (_width(a, node, bend) + _width(b, node, bend)) / 2 for a, b in pairwise(row)
    ]
    lefts, rights = list(wanted), list(wanted)
    for n in range(1, len(row)):
        lefts[n] = max(lefts[n], lefts[n - 1] + apart[n - 1])
    for n in range(len(row) - 2, -1, -1):
        rights[n] = min(rights[n], rights[n + 1] - apart[n])
    for key, left, right in zip(row, lefts, rights, strict=True):
        rows.x[key] = (left + right) / 2


def _route(
    edge: tuple[str, str],
    rows: _Rows,
    places: Mapping[str, Place],
    *,
    left: float,
    back: bool,
) -> Route:
    source, target = edge
    between = range(places[source].row + 1, places[target].row) if not back else ()
    bends = [Place(rows.x[f"{source}>{target}", row] - left, row) for row in between]
    return Route(source, target, (places[source], *bends, places[target]), back)
