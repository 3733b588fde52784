"""The filters that are set, each with the address of the list without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tickets.models import Ticket
from tickets.models.ticket import State
from tickets.queries.queue import QueueFilter
from tickets.queries.words import metric_name

LABELS: dict[str, Any] = {
    "q": _("Words"),
    "severity": _("Severity"),
    "state": _("State"),
    "client": _("Client organisation"),
    "project": _("Project"),
    "department": _("Department"),
    "assignee": _("Assignee"),
    "metric": _("Next promise"),
    "kind": _("Kind"),
    "channel": _("Channel"),
    "received_from": _("Received from"),
    "received_to": _("Received until"),
}
NAMED = ("client", "project", "department", "assignee")


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is set."""

    label: Any
    value: Any
    without: str


def chips_of(
    wanted: QueueFilter, names: Mapping[str, str], query: QueryDict
) -> list[Chip]:
    """Every filter of the list in words."""
    return [
        Chip(LABELS[key], value, _without(query, key))
        for key, value in _set(wanted, names)
    ]


def _set(wanted: QueueFilter, names: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for key in LABELS:
        value = getattr(wanted, key)
        if value in (None, "", ()):
            continue
        yield key, _words(key, value, names)


def _words(key: str, value: Any, names: Mapping[str, str]) -> Any:
    if key in NAMED:
        return names.get(key, f"#{value}")
    if key == "metric":
        return metric_name(value)
    if key in {"state", "severity"}:
        labels: Any = State if key == "state" else Ticket.Severity
        return ", ".join(str(labels(one).label) for one in value)
    if key in {"kind", "channel"}:
        choices: Any = Ticket.Kind if key == "kind" else Ticket.Channel
        return choices(value).label
    return value


def _without(query: QueryDict, key: str) -> str:
    kept = {
        name: values
        for name, values in query.lists()
        if name not in {key, "cursor"} and any(values)
    }
    return "?" + urlencode(kept, doseq=True)
