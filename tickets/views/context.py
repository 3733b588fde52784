"""What the templates of the ticket page are given."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from people.roles import Permission
from servicedesk.lib import pulse
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.ui.times import at_day
from tickets.forms.acts import ActForm
from tickets.models import Ticket
from tickets.queries.detail import TicketPage
from tickets.queries.feed import newest_place
from tickets.queries.filing import said
from tickets.queries.flow_picture import Picture, draw_path, draw_public
from tickets.queries.offers import Situation, offers
from tickets.queries.promise import read_promise
from tickets.views.acts import ACTS, GROUPS, Button, button

#: What is written in the box under the request, in the order of its tabs.
MODES: dict[str, tuple[Any, str]] = {
    "answer": (pgettext_lazy("verb", "Answer"), "message-reply"),
    "reply": (_("Reply"), "message"),
    "add_note": (_("Internal note"), "lock"),
}


@dataclass(frozen=True, slots=True)
class Mode:
    """One tab of the box where words are written."""

    verb: str
    label: Any
    icon: str
    url: str
    form: ActForm


def topic_of(ticket: Ticket, *, is_client: bool) -> str:
    """The pulse topic under which a side learns that a ticket has changed."""
    return f"ticket:{ticket.number}/client" if is_client else f"ticket:{ticket.number}"


def version_of(request: TenantRequest, topic: str) -> str:
    """The version of a topic that a part drawn in this request shows; "" without Redis."""
    found = pulse.versions([topic], tenant_id=request.actor.tenant_id)
    if not found:
        return ""
    return pulse.as_of(found[topic], instant=request.now.timestamp())


def page_context(request: TenantRequest, shown: TicketPage) -> dict[str, Any]:
    """Everything for the ticket page and its live parts."""
    ticket, is_client = shown.ticket, request.actor.is_client
    topic = topic_of(ticket, is_client=is_client)
    return {
        "page": shown,
        "ticket": ticket,
        "clocks": shown.promise.shown,
        "step": shown.step,
        "step_button": button(shown.step.verb, is_client=is_client)
        if shown.step.verb
        else None,
        "groups": _groups(shown.offered, but=shown.step.verb, is_client=is_client),
        "feed": shown.feed,
        "handling": shown.handling,
        "may_dispatch": request.actor.may(Permission.WORK_DISPATCH),
        "flow_picture": _picture(shown, is_client=is_client),
        "standard_name": said(shown.promise.standard.name),
        "tier_name": _tier(shown),
        "promised_line": _promised_line(shown, request.now) if is_client else "",
        "topic": topic,
        "version": version_of(request, topic),
        "live_url": f"{reverse('tickets:live', args=[ticket.number])}?after={shown.feed.latest}",
        "stops": shown.promise.may_wait(ticket.wait_reason),
        "modes": modes(request, ticket, shown.offered, seen=shown.feed.latest),
        "can": {verb: verb in shown.offered for verb in ACTS},
    }


def _picture(shown: TicketPage, *, is_client: bool) -> Picture | None:
    """The path taken, drawn for whoever looks."""
    if is_client:
        over = not shown.ticket.is_working
        return draw_public(shown.handling.public, is_over=over)
    return draw_path(shown.handling)


#: What is promised to the client in one line, as long as it is open.
LINE: dict[str, Any] = {
    "first_response": _("answered by %(time)s"),
    "arrival": _("on site by %(time)s"),
    "solution_proposed": _("a proposal by %(time)s"),
    "resolution": _("solved by %(time)s"),
}


def _promised_line(shown: TicketPage, now: datetime) -> str:
    """Promised: answered by 11:00, solved by 17:00."""
    parts = [
        str(LINE[one.metric]) % {"time": at_day(due_at, now)}
        for one in shown.promise.shown
        if (due_at := one.clock.due_at) and due_at > now
        if one.metric in LINE and one.clock.open
    ]
    if not parts:
        return ""
    return gettext("Promised: %(list)s.") % {
        "list": pgettext("promises", ", ").join(parts)
    }


def _tier(shown: TicketPage) -> str:
    """The tier by which the ticket is promised now."""
    tiers = shown.promise.standard.tiers
    found = next((tier for tier in tiers if tier.key == shown.ticket.tier), None)
    return said(found.name) if found else shown.ticket.tier


def compose_context(request: TenantRequest, ticket: Ticket) -> dict[str, Any]:
    """The box for words alone, after something was sent from it."""
    promise = read_promise(ticket, request.actor, request.now)
    offered = offers(Situation(ticket, request.actor, promise.open_metrics))
    seen = newest_place(ticket, request.actor)
    return {"ticket": ticket, "modes": modes(request, ticket, offered, seen=seen)}


def modes(
    request: TenantRequest, ticket: Ticket, offered: Collection[str], *, seen: int
) -> list[Mode]:
    """The tabs of the box for words, each with its form; ``seen``: the newest event's place."""
    return [
        Mode(
            verb,
            label,
            icon,
            reverse("tickets:act", args=[ticket.number, verb]),
            ACTS[verb].form(
                ticket=ticket,
                actor=request.actor,
                now=request.now,
                initial={"version": seen},
                auto_id=f"id_{verb}_%s",
            ),
        )
        for verb, (label, icon) in MODES.items()
        if verb in offered
    ]


def _groups(
    offered: Collection[str], *, but: str, is_client: bool
) -> list[tuple[Any, list[Button]]]:
    """The other buttons, by kind of work."""
    groups = []
    for key, label in GROUPS:
        buttons = [
            button(verb, is_client=is_client)
            for verb in offered
            if verb != but and ACTS[verb].group == key
        ]
        if buttons:
            groups.append((label, buttons))
    return groups
