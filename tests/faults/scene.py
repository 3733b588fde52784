"""What happens on the site under fault, run beside it: ``python -m tests.faults.scene``.

``found`` makes one tenant with a drill standard whose limits are seconds; ``file N`` files N
tickets that nobody answers; ``report`` prints what was fired and told, and what should have
been. Each prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicedesk.settings")

import django

django.setup()

import sla
from deadlines.models import Deadline
from notifications.models import Delivery, Message
from servicedesk.lib.now import database_now
from sla.services import import_standard, set_default
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.world import build_house
from tickets import services
from tickets.engine.case import load_cases
from tickets.models import EscalationStep, Ticket, TicketClock
from tickets.rules.derive import derive
from tickets.rules.facts import ClockState
from tickets.rules.ladder import ladder

SLUG = "faults"


def drill() -> str:
    """The drill preset, four times as fast and without reminders within the test."""
    text = (Path(sla.__file__).parent / "presets" / "drill.yaml").read_text()
    for old, new in (
        ("limit: 10s", "limit: 2s"),
        ("limit: 15s", "limit: 3s"),
        ("limit: 20s", "limit: 4s"),
        ("limit: 30s", "limit: 4s"),
        ("after: 10s", "after: 1s"),
        ("after: 30s", "after: 10min"),
    ):
        text = text.replace(old, new)
    return text


def found() -> dict[str, Any]:
    house = build_house(SLUG, "FT")
    with house.scope():
        actor = house.actor("admin")
        now = database_now()
        since = now - timedelta(days=1)
        version = import_standard(
            actor=actor, now=now, text=drill(), in_force_from=since
        )
        set_default(actor=actor, now=now, standard=version.standard)
        house.project.standard = version.standard
        house.project.save()
    return {"tenant": house.tenant.pk}


def scope() -> Any:
    return tenant_scope(Tenant.objects.using("system").get(slug=SLUG).pk)


def file(count: int) -> dict[str, Any]:
    from clients.models import Project
    from people.actors import Actor
    from people.models import Membership
    from people.roles import permissions_of

    ids = []
    with scope():
        member = Membership.objects.select_related("user").get(
            user__email=f"agent@{SLUG}.example"
        )
        project = Project.objects.select_related("client").get(name="Command centre")
        actor = Actor(
            tenant_id=member.tenant_id,
            membership_id=member.pk,
            user_id=member.user_id,
            name=member.user.name,
            role=member.role,
            permissions=permissions_of(member.role),
        )
    for number in range(count):
        with scope():
            ticket = services.file_ticket(
                actor=actor,
                now=database_now(),
                client=project.client,
                project=project,
                title=f"Drill {number}",
            )
            ids.append(ticket.pk)
    return {"tickets": ids}


def expected(now: Any) -> Counter[tuple[int, str, str]]:
    """Every step that was due by ``now``, from the facts alone."""
    steps: Counter[tuple[int, str, str]] = Counter()
    cases = load_cases(list(Ticket.objects.values_list("pk", flat=True)))
    for pk, case in cases.items():
        for clock in derive(case.facts, standards=case.standards, now=now):
            if not clock.counts:
                continue
            if clock.warn_at and clock.warn_at <= now:
                steps[pk, clock.key, "warning"] += 1
            if clock.state is ClockState.MISSED:
                tier = case.standards[clock.standard].tiers[0]
                for rung in ladder(steps=tier.escalation, clock=clock, now=now):
                    if rung.due_at <= now:
                        steps[pk, clock.key, rung.key] += 1
    return steps


def report() -> dict[str, Any]:
    with scope():
        now = database_now()
        want = expected(now - timedelta(seconds=0.2))
        rows = EscalationStep.objects.values_list("ticket_id", "clock__key", "step")
        fired = Counter((t, key, step) for t, key, step in rows)
        messages = Message.objects.filter(topic="ticket")
        queued = Delivery.objects.filter(state=Delivery.State.QUEUED)
        sent = Delivery.objects.filter(state=Delivery.State.SENT)
        late = Deadline.objects.filter(
            fired_at=None, due_at__lt=now - timedelta(seconds=1)
        )
        misses = TicketClock.objects.filter(state="missed", fired_at__isnull=True)
        return {
            "tickets": Ticket.objects.count(),
            "missing": [list(key) for key in (want - fired)],
            "twice": [list(key) for key, n in fired.items() if n > 1],
            "unforeseen": [list(key) for key in (fired - expected(database_now()))],
            "fired": sum(fired.values()),
            "messages": messages.count(),
            "uids": sorted(Delivery.objects.values_list("uid", flat=True)),
            "queued": queued.count(),
            "sent": sent.count(),
            "overdue": late.count(),
            "unrecorded": misses.filter(counts=True).count(),
        }


VERBS = {"found": found, "report": report, "file": lambda: file(int(sys.argv[2]))}

if __name__ == "__main__":
    print(json.dumps(VERBS[sys.argv[1]]()))
