"""The manager's dashboard, the wall, what is behind a figure, the platform's health."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from redis import Redis

from people.roles import Permission
from reports.forms import PeriodForm
from reports.queries import health as platform
from reports.queries import standing as now
from reports.queries.drill import (
    NEWEST,
    Drill,
    columns,
    drill_rows,
    drilled,
    with_tickets,
    words_of,
)
from reports.queries.figures import figures_of
from reports.queries.promises import promises
from servicedesk.lib import line, pulse
from servicedesk.lib.export import FORMATS, export_response
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from tenants.scope import tenant_scope
from tickets.queries.paging import Sort, paginate
from tickets.queries.queue import TABS

SHOWN, ROWS = 8, 50
#: What stands now → what it is called, and the tab of the queue that shows the same.
STANDING = {
    now.OPEN: (gettext_lazy("Open tickets"), "all"),
    now.AT_RISK: (gettext_lazy("At risk now"), "risk"),
    now.MISSED: (gettext_lazy("Missed and not done"), "missed"),
}
LONGEST_WAIT = Sort("opened_at")
SOONEST = Sort("next_due_at", nullable=True)


def _form(request: TenantRequest) -> PeriodForm:
    return PeriodForm(request.GET, actor=request.actor, now=request.now)


def _drawn(request: TenantRequest, topic: str) -> str:
    tenant_id = request.actor.tenant_id
    return pulse.drawn(topic, tenant_id=tenant_id, instant=request.now)


@page(Permission.DASHBOARD)
def dashboard(request: TenantRequest) -> HttpResponse:
    """Promises kept over a period, and what needs somebody now."""
    form = _form(request)
    question, actor = form.question(), request.actor
    found = promises(question, actor)
    context = {
        "form": form,
        "figures": figures_of(
            found, form.period, query=form.query, everybody="all" in request.GET
        ),
        "standing": now.standing(question, actor, now=request.now),
        "nearest": now.nearest(question, actor, now=request.now, limit=SHOWN),
        "unanswered": list(now.unanswered(question, actor)[:SHOWN]),
        "may_acknowledge": actor.may(Permission.ESCALATION_ACKNOWLEDGE),
        "base": urlencode(form.query()),
        "version": _drawn(request, "dashboard"),
        "address": request.get_full_path(),
    }
    template = "reports/_dashboard.html" if request.htmx else "reports/dashboard.html"
    return render(request, template, context)


@page(Permission.DASHBOARD)
def tickets(request: TenantRequest) -> HttpResponseBase:
    """The promises behind one figure, with their tickets; also as a file."""
    form, drill = _form(request), Drill.of(request.GET)
    found = drilled(drill, form.question(), request.actor)
    kind = request.GET.get("export", "")
    if kind in FORMATS:
        return export_response(
            name=_("promises"),
            columns=columns(),
            rows=lambda: drill_rows(with_tickets(found).order_by(*NEWEST.order())),
            format=kind,
            scope=partial(tenant_scope, request.actor.tenant_id),
        )
    context = {
        "form": form,
        "drill": drill,
        "words": words_of(drill),
        "page": paginate(
            with_tickets(found), NEWEST, request.GET.get("cursor", ""), size=ROWS
        ),
        "total": found.count(),
        "up": urlencode(form.query()),
    }
    return render(request, "reports/tickets.html", context)


@page(Permission.DASHBOARD)
def standing_list(request: TenantRequest, what: str) -> HttpResponse:
    """The tickets behind a number of how things stand now."""
    form, (name, tab) = _form(request), STANDING[what]
    question, actor = form.question(), request.actor
    found = now.standing_tickets(what, question, actor, now=request.now)
    listed = paginate(now.for_rows(found), SOONEST, request.GET.get("cursor", ""))
    context = {
        "form": form,
        "name": name,
        "none": TABS[tab].empty,
        "page": listed,
        "nearest": now.watched(listed.rows, now=request.now),
        "total": found.count(),
        "up": urlencode(form.query()),
        "queue": "" if question.without else form.queue_query(tab),
    }
    return render(request, "reports/standing.html", context)


@page(Permission.DASHBOARD)
def unanswered(request: TenantRequest) -> HttpResponse:
    """Every escalation that no manager has acknowledged."""
    form = _form(request)
    found = now.unanswered(form.question(), request.actor)
    context = {
        "form": form,
        "page": paginate(found, LONGEST_WAIT, request.GET.get("cursor", "")),
        "total": found.count(),
        "up": urlencode(form.query()),
        "may_acknowledge": request.actor.may(Permission.ESCALATION_ACKNOWLEDGE),
    }
    return render(request, "reports/unanswered.html", context)


@page(Permission.DASHBOARD)
def wall(request: TenantRequest) -> HttpResponse:
    """The office's screen: four numbers and the ten tickets nearest to a miss."""
    actor = request.actor
    question = PeriodForm({"days": "7"}, actor=actor, now=request.now).question()
    context = {
        "standing": now.standing(question, actor, now=request.now),
        "kept": promises(question, actor).total,
        "nearest": now.nearest(question, actor, now=request.now, limit=10),
        "version": _drawn(request, "queue"),
    }
    template = "reports/_wall.html" if request.htmx else "reports/wall.html"
    return render(request, template, context)


@page(Permission.HEALTH_READ)
def health(request: TenantRequest) -> HttpResponse:
    """Whether the promise is watched in time: lateness, outbox, queues, silence."""
    found = platform.health(now=request.now, queues=_queue_lengths())
    template = "reports/_health.html" if request.htmx else "reports/health.html"
    return render(request, template, {"health": found})


def _queue_lengths() -> dict[str, int] | None:
    """How many wake-ups wait in each queue of the broker; None when it can't be asked."""

    def lengths(redis: Redis) -> dict[str, int] | None:
        return {name: int(redis.llen(name)) for name in platform.QUEUES}

    return line.attempt_broker(lengths, default=None)
