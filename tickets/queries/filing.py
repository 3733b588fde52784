"""What a filing form offers: the promises of a project's standard, its devices, its people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clients.models import Client, Contact, Project
from people.actors import Actor
from servicedesk.lib.bilingual import Text
from servicedesk.lib.ui import SeverityChoice
from sla.rules import Condition, Metric, Standard, Start, Target, Tier
from sla.services import standards_of, version_for
from tickets.explain import length
from tickets.models import Ticket
from tickets.queries.queue import Row, for_list, rows_of

#: So many open requests of a caller's organisation are shown.
OPEN_SHOWN = 8

#: Promises that a person who files wants to know of, in this order.
PROMISED = (
    Metric.FIRST_RESPONSE,
    Metric.ARRIVAL,
    Metric.SOLUTION_PROPOSED,
    Metric.RESOLUTION,
)


def standard_for(project: Project | None, now: datetime) -> Standard:
    """The version of the standard under which a request would be received now."""
    version = version_for(project=project, at=now)
    return standards_of([version.pk])[version.pk]


def severity_choices(standard: Standard) -> list[SeverityChoice]:
    """One card per tier, in its own words, with what it promises.

    A tier for all severities is one card; its value is the lowest severity it covers.
    """
    tiers = sorted(standard.tiers, key=lambda tier: min(tier.severities))
    return [
        SeverityChoice(
            value=int(min(tier.severities)),
            name=said(tier.name),
            means=said(tier.description),
            example=said(tier.example),
            promise=list(promises(standard, tier)),
        )
        for tier in tiers
    ]


def default_severity(choices: list[SeverityChoice], wanted: Any) -> int:
    """The card to tick: what was wanted where it exists, else the first."""
    values = [int(choice.value) for choice in choices]
    number = int(wanted) if str(wanted or "").isdecimal() else 0
    if number in values:
        return number
    below = [value for value in values if value <= number]
    return max(below) if below else values[0]


def promises(standard: Standard, tier: Tier) -> Iterator[str]:
    """The promises of a tier, each in a few words; where a visit changes one, both."""
    for metric in PROMISED:
        for target in (one for one in tier.targets if one.metric is metric):
            calendar = standard.calendars.get(target.calendar)
            limit = length(target.limit)
            if calendar is not None and not calendar.always:
                limit = _("%(limit)s of working time") % {"limit": limit}
            yield _promise(target, limit)


def _promise(target: Target, limit: str) -> str:
    if target.measured_from is Start.APPOINTMENT:
        return _("On site at the time agreed with you")
    if target.metric is Metric.RESOLUTION and target.measured_from is Start.ARRIVAL:
        return _("With a visit: solved within %(limit)s of our arrival") % {
            "limit": limit
        }
    words = {
        Metric.FIRST_RESPONSE: _("Answered within %(limit)s"),
        Metric.ARRIVAL: _("On site within %(limit)s if a visit is needed"),
        Metric.SOLUTION_PROPOSED: _("A solution proposed within %(limit)s"),
        Metric.RESOLUTION: _("Without a visit: solved within %(limit)s")
        if target.condition is Condition.REMOTE
        else _("Solved within %(limit)s"),
    }
    return words[target.metric] % {"limit": limit}


def said(text: Text) -> str:
    """A text of a standard in the active language."""
    return text.zh if (get_language() or "").startswith("zh") else text.en


def projects_of(client: Client) -> list[Project]:
    """The projects of a client that are still served."""
    projects: QuerySet[Any] = Project.objects.filter(
        client_id=client.pk, is_active=True
    )
    return list(projects.select_related("standard").order_by("sort_key", "name"))


def open_requests(
    actor: Actor, *, client: Client | None, contact: Contact | None, now: datetime
) -> list[Row]:
    """What an organisation has open already, the caller's own first; two queries."""
    if client is None:
        return []
    own = Case(
        When(contact_id=contact.pk if contact else 0, then=Value(0)), default=Value(1)
    )
    seen: Any = Ticket.objects.visible_to(actor).filter(client_id=client.pk)
    return rows_of(
        list(
            for_list(seen.working()).order_by(own, "-received_at", "-pk")[:OPEN_SHOWN]
        ),
        now,
    )
