"""What happens on the site under fault, done beside it: ``python -m tests.faults.scene``.

Reads one JSON list a line, ``[verb, word, …]``, and answers with one line. ``found`` makes one
tenant with a drill standard whose limits are seconds; ``file`` files tickets that nobody
answers; ``report`` says what was fired and told, and what should have been.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import traceback
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicedesk.settings")

import django

django.setup()

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connections
from django.db.models import Max

import sla
from clients.models import Project
from deadlines.models import Deadline
from documents.models import Document
from documents.services import Wanted, queue_documents
from notifications.models import Delivery, Message
from people.actors import Actor
from people.keys import SHOWN, digest, new_token
from people.models import ApiToken, Letter, Membership
from people.roles import permissions_of
from people.services import grantable, send_notice
from servicedesk.lib.now import database_now
from sla.services import import_standard, set_default
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.world import build_house
from tickets import services
from tickets.attachments import open_file
from tickets.engine.case import load_cases
from tickets.models import Attachment, EscalationStep, Ticket, TicketClock
from tickets.rules.derive import derive
from tickets.rules.facts import ClockState
from tickets.rules.ladder import ladder

# The same algorithm as in production, made cheap.
Argon2PasswordHasher.time_cost = Argon2PasswordHasher.parallelism = 1
Argon2PasswordHasher.memory_cost = 8

SLUG = "faults"
#: Who is told of which step, and of nothing else: the promise, not the code that keeps it.
FIRST_RUNG = "department_manager"  # at the miss itself
TOLD = {
    "warning": "engineer",
    FIRST_RUNG: "manager",
    "general_manager": "boss",
}


def drill() -> str:
    """The drill preset made fast: every step within three seconds, no reminder for long."""
    text = (Path(sla.__file__).parent / "presets" / "drill.yaml").read_text()
    for old, new in (
        ("limit: 10s", "limit: 1s"),
        ("limit: 15s", "limit: 2s"),
        ("limit: 20s", "limit: 2s"),
        ("limit: 30s", "limit: 2s"),
        ("after: 10s", "after: 1s"),
        ("after: 30s", "after: 1h"),
    ):
        assert old in text
        text = text.replace(old, new)
    return text


# -- doing -----------------------------------------------------------------------------------


def found() -> dict[str, Any]:
    """The tenant; returns what programs and people need to file a request."""
    house = build_house(SLUG, "FT")
    with house.scope():
        actor, now = house.actor("admin"), database_now()
        since = now - timedelta(days=1)
        version = import_standard(
            actor=actor, now=now, text=drill(), in_force_from=since
        )
        set_default(actor=actor, now=now, standard=version.standard)
        house.project.standard = version.standard
        house.project.save()
        secret = new_token()
        ApiToken.objects.create(
            membership=house.client,
            name="Monitoring",
            prefix=secret[:SHOWN],
            token_hash=digest(secret),
            scopes=grantable(house.actor("client")),
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
    return {"project": house.project.pk, "token": secret}


def file(count: int) -> list[int]:
    """File tickets that nobody answers, each in a transaction of its own."""
    with _scope():
        actor = _actor("agent")
        project = Project.objects.select_related("client").get(name="Command centre")
    made = []
    for number in range(count):
        with _scope():
            ticket = services.file_ticket(
                actor=actor,
                now=database_now(),
                client=project.client,
                project=project,
                title=f"Drill {number}",
            )
            made.append(ticket.pk)
    return made


def papers(count: int) -> int:
    """Queue so many service reports, of tickets that are over; how many wait."""
    made = file(count // 2)
    with _scope():
        for ticket in Ticket.objects.filter(pk__in=made):
            services.cancel(
                actor=_actor("agent"), now=database_now(), ticket=ticket, reason="Drill"
            )
        queue_documents(
            [
                Wanted("service_report", pk, code)
                for pk in made
                for code in ("en", "zh-hans")
            ],
            now=database_now(),
        )
        return Document.objects.waiting().count()


def write(count: int) -> list[str]:
    """Queue letters about somebody's account; their Message-IDs."""
    with _scope():
        person = Membership.objects.get(user__email=f"engineer@{SLUG}.example")
        letters = [
            send_notice(
                membership=person,
                now=database_now(),
                what="password_changed",
                address="198.51.100.7",
            )
            for _number in range(count)
        ]
        return [f"<{letter.uid}@{SLUG}.localhost>" for letter in letters]


def _scope() -> Any:
    return tenant_scope(Tenant.objects.using("system").get(slug=SLUG).pk)


def _actor(name: str) -> Actor:
    member = Membership.objects.select_related("user").get(
        user__email=f"{name}@{SLUG}.example"
    )
    return Actor(
        tenant_id=member.tenant_id,
        membership_id=member.pk,
        user_id=member.user_id,
        name=member.user.name,
        role=member.role,
        permissions=permissions_of(member.role),
    )


# -- looking ---------------------------------------------------------------------------------


def marks() -> dict[str, int]:
    """Where things stand: what a test looks at comes later."""
    with _scope():
        return {
            model.__name__: model.objects.aggregate(last=Max("pk"))["last"] or 0
            for model in (Ticket, Message, Letter)
        }


def tickets(since: dict[str, int]) -> dict[str, list[str]]:
    """The numbers of the tickets by title."""
    found: dict[str, list[str]] = {}
    with _scope():
        rows = Ticket.objects.filter(pk__gt=since["Ticket"])
        for title, number in rows.values_list("title", "number"):
            found.setdefault(title, []).append(number)
    return found


def files(since: dict[str, int]) -> dict[str, list[str]]:
    """What is in the files of each ticket, by title; "" where the bytes are not those sent."""
    found: dict[str, list[str]] = {}
    with _scope():
        rows = Attachment.objects.filter(ticket_id__gt=since["Ticket"])
        for row in rows.select_related("ticket"):
            with open_file(row) as kept:
                content = kept.read()
            whole = hashlib.sha256(content).hexdigest() == row.sha256
            said = content.decode() if whole else ""
            found.setdefault(row.ticket.title, []).append(said)
    return found


def report(since: dict[str, int], up_at: str) -> dict[str, Any]:
    """Everything that a fault may have lost or done twice, since some marks.

    ``up_at`` is when everything was up again: lateness is counted from there.
    """
    up = datetime.fromisoformat(up_at)
    with _scope():
        ids = list(
            Ticket.objects.filter(pk__gt=since["Ticket"]).values_list("pk", flat=True)
        )
        return _steps(ids, up) | _deadlines(ids) | _messages(ids, since, up)


Step = tuple[int, str, str]


def expected(ids: list[int], now: datetime) -> Counter[Step]:
    """Every step that was due by ``now``, from the facts alone."""
    steps: Counter[Step] = Counter()
    for pk, case in load_cases(ids).items():
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


def _steps(ids: list[int], up: datetime) -> dict[str, Any]:
    want = expected(ids, database_now())
    rows = EscalationStep.objects.filter(ticket_id__in=ids)
    fired: Counter[Step] = Counter(rows.values_list("ticket_id", "clock__key", "step"))
    misses = TicketClock.objects.filter(
        ticket_id__in=ids, state="missed", counts=True, fired_at=None
    )
    late = [
        (fired_at - max(due_at, up)).total_seconds()
        for due_at, fired_at in rows.values_list("due_at", "fired_at")
    ]
    return {
        "tickets": len(ids),
        "fired": sum(fired.values()),
        "missing": [list(key) for key in want - fired],
        "twice": [list(key) for key, n in fired.items() if n > 1],
        "unforeseen": [list(key) for key in fired - want],
        "unrecorded": misses.count(),
        "latest_step": max(late, default=0.0),
    }


def _deadlines(ids: list[int]) -> dict[str, Any]:
    """The alarm clock's own rows: what was due has fired, and is the same as the steps."""
    rows = Deadline.objects.filter(kind="ticket", topic_id__in=ids).exclude(subject="")
    fired = Counter(
        rows.exclude(fired_at=None).values_list("topic_id", "subject", "step")
    )
    steps = EscalationStep.objects.filter(ticket_id__in=ids)
    told = Counter(steps.values_list("ticket_id", "clock__key", "step"))
    told += Counter(
        (pk, clock, "miss") for pk, clock, step in told if step == FIRST_RUNG
    )
    return {
        "overdue": rows.filter(fired_at=None, due_at__lt=database_now()).count(),
        "unlike": [list(key) for key in (fired - told) + (told - fired)],
    }


def _messages(ids: list[int], since: dict[str, int], up: datetime) -> dict[str, Any]:
    told = Message.objects.filter(topic="ticket", topic_id__in=ids)
    who: dict[str, list[str]] = {}
    for key, person in told.values_list("dedupe_key", "recipient__user__email"):
        who.setdefault(key, []).append(person)
    wrong = []
    steps = EscalationStep.objects.filter(ticket_id__in=ids)
    for pk, clock, step, due in steps.values_list(
        "ticket_id", "clock__key", "step", "due_at"
    ):
        people = who.pop(f"t{pk}:{clock}:{step}:{due.isoformat()}", [])
        if people != [f"{TOLD[step]}@{SLUG}.example"]:
            wrong.append([pk, clock, step, people])
    return {
        "messages": told.count(),
        "untold": wrong,
        "unasked": [key for key in who if not key.endswith(":received")],
    } | _mails(since, up)


def _mails(since: dict[str, int], up: datetime) -> dict[str, Any]:
    posted = Delivery.objects.filter(message_id__gt=since["Message"])
    letters = Letter.objects.filter(pk__gt=since["Letter"])
    late = [
        (sent_at - max(created_at, up)).total_seconds()
        for created_at, sent_at in posted.exclude(sent_at=None).values_list(
            "created_at", "sent_at"
        )
    ]
    unposted = Message.objects.filter(pk__gt=since["Message"], deliveries=None)
    return {
        "unposted": unposted.count(),
        "unsent": posted.exclude(state=Delivery.State.SENT).count()
        + letters.exclude(state=Letter.State.SENT).count(),
        "uids": _uids(posted.filter(leader=None), letters),
        "latest_mail": max(late, default=0.0),
    }


def marked(since: dict[str, int]) -> list[str]:
    """The Message-IDs of what is marked as sent."""
    with _scope():
        posted = Delivery.objects.filter(message_id__gt=since["Message"], leader=None)
        letters = Letter.objects.filter(pk__gt=since["Letter"])
        return _uids(
            posted.filter(state=Delivery.State.SENT),
            letters.filter(state=Letter.State.SENT),
        )


def _uids(posted: Any, letters: Any) -> list[str]:
    ours = [
        f"<{uid}@{SLUG}.localhost>" for uid in letters.values_list("uid", flat=True)
    ]
    return sorted([*posted.values_list("uid", flat=True), *ours])


VERBS = {
    one.__name__: one
    for one in (found, file, papers, write, marks, tickets, files, report, marked)
}


def serve() -> None:
    """Answer until nobody asks any more."""
    for line in sys.stdin:
        verb, *words = json.loads(line)
        try:
            answer = {"answer": VERBS[verb](*words)}
        except Exception:
            answer = {"error": traceback.format_exc()}
        finally:
            connections.close_all()  # the next one may find another server
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
