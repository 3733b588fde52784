"""Where an incident report stands, and what may be done with it there. Data and one reader."""

from __future__ import annotations

from enum import StrEnum


class IncidentState(StrEnum):
    """Where an incident report stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    RETURNED = "returned"  # sent back by the client


S = IncidentState
#: Verb → state it is possible in → state it leads to. Whatever is written afterwards is a
#: draft again: what was submitted or confirmed stays as its version, and a new one follows.
LEADS: dict[str, dict[IncidentState, IncidentState]] = {
    "write": dict.fromkeys(S, S.DRAFT),
    "submit": {S.DRAFT: S.SUBMITTED, S.RETURNED: S.SUBMITTED},
    "confirm": {S.SUBMITTED: S.CONFIRMED},
    "send_back": {S.SUBMITTED: S.RETURNED},
}


def after(state: str, verb: str) -> IncidentState | None:
    """The state that a verb leads to; None where it is not possible."""
    return LEADS[verb].get(IncidentState(state))


def possible(state: str) -> frozenset[str]:
    """The verbs that are possible in a state."""
    return frozenset(v for v, leads in LEADS.items() if IncidentState(state) in leads)
