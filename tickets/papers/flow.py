"""The handling flow [A.D] in the service report: the path taken, round by round.

As the client reads it: steps in their public words, no answer, finding or name of ours. The
plans agreed with the client for the time until it is solved [A.C] stand below.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from django.utils.translation import gettext as _

from servicedesk.lib.ui.times import exact
from tickets.kinds import EventKind
from tickets.papers.sections import Section
from tickets.papers.source import Source
from tickets.queries.flow import FlowRow, path_rows
from tickets.queries.flow_sentences import CONTINGENCIES

#: What the section tells, so that no other part of the report does.
TOLD_HERE: Final = frozenset(
    {EventKind.FLOW_STEP, EventKind.FLOW_BACK, EventKind.CONTINGENCY}
)


def path_taken(source: Source) -> Section | None:
    """The steps that were done and stand, by rounds; None where no flow was begun."""
    begun = source.ticket.flow_version_id is not None
    rows = path_rows(source.ticket, source.reader) if begun else ()
    data = {
        "rounds": [
            {"number": number, "steps": list(_steps(source, group))}
            for number, group in groupby(rows, key=lambda row: row.round)
        ],
        "plans": list(_plans(source)),
    }
    if not any(data.values()):
        return None
    return Section(
        title=_("Fault handling flow"),
        template="tickets/papers/_flow.html",
        data=data,
    )


def _steps(source: Source, rows: Iterator[FlowRow]) -> Iterator[list[str]]:
    """Title and time; several steps that the client reads the same words of are one."""
    for title, group in groupby(rows, key=lambda row: row.title):
        first = next(group)
        yield [title, exact(source.moved.get(first.seq, first.at))]


def _plans(source: Source) -> Iterator[dict[str, Any]]:
    for line in source.lines:
        if line.event.kind == EventKind.CONTINGENCY:
            data = line.event.data
            yield {
                "at": exact(line.at),
                "kind": str(CONTINGENCIES.get(data.get("kind", ""), "")),
                "with": str(data.get("agreed_with", "")),
                "words": line.event.body.strip(),
            }
