"""The manager's dashboard, the wall, the tickets behind a figure, the platform's health."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from redis import Redis

from people.roles import Permission
from reports.forms import PeriodForm
from reports.queries import now as standing_now
from reports.queries.drill import Drill, columns, drill_rows, drilled
from reports.queries.promises import by_week, promises, worst_first
from reports.queries.watch import names_of, nearest
from servicedesk.lib import line, pulse
from servicedesk.lib.export import export_response
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from tenants.scope import tenant_scope
from tickets.queries.words import METRIC_ORDER

QUEUES = ("deadlines", "messages", "default")


def _version(request: TenantRequest, topic: str) -> int:
    return (pulse.versions([topic], tenant_id=request.tenant.pk) or {}).get(topic, 0)


@page(Permission.DASHBOARD)
def dashboard(request: TenantRequest) -> HttpResponse:
    """Promises kept over a period, and what needs somebody now."""
    form = PeriodForm(request.GET or None, actor=request.actor)
    question = form.question(now=request.now)
    found = promises(question, zone=request.actor.zone)
    names = names_of(found)
    long = question.end - question.start > timedelta(days=45)
    context = {
        "form": form,
        "promises": found,
        "rows": sorted(
            found.by_promise.items(),
            key=lambda row: (row[0][1], METRIC_ORDER.get(row[0][0], 99)),
        ),
        "tiers": names.tiers,
        "trend": by_week(found.by_day) if long else dict(sorted(found.by_day.items())),
        "by_week": long,
        "departments": list(
            worst_first(found.by_department, names.departments, nobody=_("none"))
        ),
        "engineers": list(
            worst_first(found.by_assignee, names.people, nobody=_("nobody"))
        ),
        "clients": list(worst_first(found.by_client, names.clients, nobody=_("none")))[
            :20
        ],
        "standing": standing_now.standing(question, request.actor, now=request.now),
        "nearest": nearest(question, request.actor, now=request.now, limit=8),
        "unanswered": list(standing_now.unanswered(question, request.actor)[:8]),
        "base": urlencode(_period_query(form)),
        "version": _version(request, "dashboard"),
        "address": request.get_full_path(),
    }
    template = "reports/_dashboard.html" if request.htmx else "reports/dashboard.html"
    return render(request, template, context)


def _period_query(form: PeriodForm) -> dict[str, Any]:
    """The dashboard's own selection, carried on to the tickets behind its figures."""
    return {
        name: value
        for name, value in form.data.items()
        if value and name in form.fields
    }


@page(Permission.DASHBOARD)
def tickets(request: TenantRequest) -> HttpResponseBase:
    """The tickets behind one figure."""
    form = PeriodForm(request.GET or None, actor=request.actor)
    drill = Drill.of(request.GET, form.question(now=request.now))
    found = drilled(drill, request.actor)
    kind = request.GET.get("format", "")
    if kind in {"csv", "xlsx"}:
        return export_response(
            name=_("promises"),
            columns=columns(),
            rows=lambda: drill_rows(found.iterator()),
            format=kind,
            scope=partial(tenant_scope, request.actor.tenant_id),
        )
    shown = list(found[: Drill.MOST])
    context = {"drill": drill, "clocks": shown, "more": len(shown) == Drill.MOST}
    return render(request, "reports/tickets.html", context)


@page(Permission.DASHBOARD)
def wall(request: TenantRequest) -> HttpResponse:
    """The office's screen: four numbers and the ten tickets nearest to a miss."""
    form = PeriodForm({"days": "7"}, actor=request.actor)
    question = form.question(now=request.now)
    context = {
        "standing": standing_now.standing(question, request.actor, now=request.now),
        "kept": promises(question, zone=request.actor.zone).total,
        "nearest": nearest(question, request.actor, now=request.now, limit=10),
        "version": _version(request, "queue"),
    }
    template = "reports/_wall.html" if request.htmx else "reports/wall.html"
    return render(request, template, context)


@page(Permission.HEALTH_READ)
def health(request: TenantRequest) -> HttpResponse:
    """Whether the promise is watched in time: lateness, outbox, queues, silence."""
    context = {
        "health": standing_now.health(now=request.now, queues=_queue_lengths()),
        "version": int(request.now.timestamp()),
    }
    template = "reports/_health.html" if request.htmx else "reports/health.html"
    return render(request, template, context)


def _queue_lengths() -> dict[str, int] | None:
    """How many wake-ups wait in each queue of the broker; None when it can't be asked."""

    def lengths(redis: Redis) -> dict[str, int] | None:
        return {name: int(redis.llen(name)) for name in QUEUES}

    return line.attempt_broker(lengths, default=None)
