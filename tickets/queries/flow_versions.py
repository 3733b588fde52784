"""The tenant's flow and its versions, for the pages and programs that show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db.models import QuerySet

from people.actors import Actor
from tickets.flows import shipped_text
from tickets.models import FlowVersion

#: Unchanged lines that are shown around a change.
AROUND = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """A version as it is shown; the shipped file before its first use has no row."""

    number: int
    text: str
    row: FlowVersion | None = None
    is_newest: bool = True

    @property
    def is_shipped(self) -> bool:
        """Whether it is the file that comes with the product."""
        return self.row is None or self.row.is_shipped


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a comparison: "same", "old", "new", or "gap" where lines are left out."""

    kind: str
    old: int | None
    new: int | None
    text: str


def versions_of(actor: Actor) -> QuerySet[Any, Any]:
    """The versions, the newest first, with who published them; without their text."""
    rows = FlowVersion.objects.visible_to(actor).newest_first()
    return rows.select_related("published_by__user").defer("text")


def shown_version(actor: Actor, number: int | None = None) -> Shown | None:
    """A version by its number, else the one in force; None where there is no such one."""
    rows = FlowVersion.objects.visible_to(actor).select_related("published_by__user")
    newest = rows.newest_first().values_list("number", flat=True).first()
    if newest is None:
        return Shown(1, shipped_text()) if number in {None, 0, 1} else None
    row = rows.filter(number=number or newest).first()
    if row is None:
        return None
    return Shown(row.number, row.text, row, is_newest=row.number == newest)


def differences(old: str, new: str) -> list[DiffLine]:
    """What differs between two files, line by line, with a little around it."""
    before, after = old.splitlines(), new.splitlines()
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    found: list[DiffLine] = []
    for count, group in enumerate(matcher.get_grouped_opcodes(AROUND)):
        if count:
            found.append(DiffLine("gap", None, None, ""))
        for tag, *spans in group:
            found += _lines(tag, spans, before=before, after=after)
    return found


def _lines(
    tag: str, spans: Sequence[int], *, before: Sequence[str], after: Sequence[str]
) -> Iterator[DiffLine]:
    first, last, start, end = spans
    if tag == "equal":
        for n in range(last - first):
            yield DiffLine("same", first + n + 1, start + n + 1, before[first + n])
        return
    for n in range(first, last):
        yield DiffLine("old", n + 1, None, before[n])
    for n in range(start, end):
        yield DiffLine("new", None, n + 1, after[n])
