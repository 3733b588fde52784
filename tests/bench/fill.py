"""Fill a database for the benchmark: real tickets made by the services, then cloned by SQL.

Each tenant gets a small cast and three template tickets: one open, one kept, one missed. The
clones are exact copies of what the engine wrote (events, clocks, deadlines, search), moved in
time, so that everything measured afterwards works on real data.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connections

from accounts.models import User
from clients.models import Client, Contact, Project
from people.actors import Actor
from people.models import Department, Membership
from people.roles import Role, permissions_of
from servicedesk.demo.found import PRESETS, next_tenant_id
from servicedesk.lib.now import database_now
from sla.services import import_standard, set_default
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tickets import services
from tickets.engine import working_on
from tickets.models import Ticket

SEED = 20261123
#: The first figure of a clone's number tells its template.
MARKS = {"kept": "1", "missed": "2", "open": "3"}
WORDS = [
    "摄像头无图像",
    "大屏花屏",
    "录像无法回放",
    "系统登录很慢",
    "触摸屏定位不准",
    "读卡失败",
    "服务器硬盘报警",
    "报表合计不对",
    "网络中断",
    "打印机卡纸",
    "云台不能转动",
    "账号锁定",
    "机房温度高",
    "门禁失灵",
    "对讲无声",
    "备份失败",
]


@dataclass
class House:
    """A filled tenant."""

    tenant_id: int
    slug: str
    actor: Actor
    client: Client
    project: Project
    templates: dict[str, int]


def say(text: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')}  {text}", flush=True)


def owner(sql: str, *params: Any) -> None:
    """Run a statement as the owner, who sees all tenants."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, params)


def hurry() -> None:
    """Clone without checking keys again, where the server lets us (our own one does)."""
    connection = connections["owner"]
    given = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict["USER"] = "postgres"
    try:
        owner("SET session_replication_role = replica")
    except DatabaseError:
        connection.close()
        connection.settings_dict.update(given)
        say("keys are checked while filling: it takes longer")


def found(slug: str) -> House:
    """A tenant with a cast of four and three template tickets."""
    pk = next_tenant_id()
    with tenant_scope(pk):
        now = database_now()
        Tenant.objects.create(pk=pk, slug=slug, name=slug, ticket_prefix="BM")
        department = Department.objects.create(name="现场服务部")
        people = {}
        for role in (
            Role.ADMINISTRATOR,
            Role.ENGINEER,
            Role.DEPARTMENT_MANAGER,
            Role.GENERAL_MANAGER,
        ):
            user = User(
                email=f"{role}@{slug}.example",
                name=f"{role} {slug}",
                language="zh-hans",
            )
            user.set_unusable_password()
            user.save()
            people[role] = Membership.objects.create(
                user=user, role=role, department=department, accepted_at=now
            )
        department.manager = people[Role.DEPARTMENT_MANAGER]
        department.save()
        admin = people[Role.ADMINISTRATOR]
        actor = Actor(
            tenant_id=pk,
            membership_id=admin.pk,
            user_id=admin.user_id,
            name="Bench",
            role=admin.role,
            permissions=permissions_of(admin.role),
        )
        text = (PRESETS / "reference.yaml").read_text()
        since = now - timedelta(days=800)
        version = import_standard(actor=actor, now=now, text=text, in_force_from=since)
        set_default(actor=actor, now=now, standard=version.standard)
        client = Client.objects.create(name="清源供水集团")
        Contact.objects.create(client=client, name="杨静", phone="0951")
        project = Project.objects.create(
            client=client,
            name="指挥中心",
            department=department,
            engineer=people[Role.ENGINEER],
            standard=version.standard,
        )
        templates = _templates(actor, client, project, now)
    return House(pk, slug, actor, client, project, templates)


def _templates(
    actor: Actor, client: Client, project: Project, now: datetime
) -> dict[str, int]:
    def file(at: datetime) -> Ticket:
        return services.file_ticket(
            actor=actor,
            now=at,
            client=client,
            project=project,
            title="模板",
            symptom="泵房入口画面黑屏，重启后仍无图像",
            severity=1,
        )

    kept = file(now - timedelta(days=40))
    at = kept.received_at
    services.answer(
        actor=actor, now=at + timedelta(minutes=30), ticket=kept, body="远程检查"
    )
    services.resolve(
        actor=actor, now=at + timedelta(hours=3), ticket=kept, body="已修复"
    )
    services.confirm(actor=actor, now=at + timedelta(hours=4), ticket=kept, body="确认")
    missed = file(now - timedelta(days=41))
    at = missed.received_at
    with working_on([missed.pk], now=at + timedelta(hours=2, minutes=10)):
        pass
    services.answer(
        actor=actor, now=at + timedelta(hours=3), ticket=missed, body="远程检查"
    )
    services.resolve(
        actor=actor, now=at + timedelta(hours=3, minutes=5), ticket=missed, body="好"
    )
    services.confirm(
        actor=actor, now=at + timedelta(hours=5), ticket=missed, body="确认"
    )
    opened = file(now)
    return {"kept": kept.pk, "missed": missed.pk, "open": opened.pk}


CLONE = """
WITH numbered AS (
    SELECT nextval(pg_get_serial_sequence('tickets_ticket', 'id')) AS new_id, g AS n,
           %(first)s::interval + (%(span)s::interval * (g::float8 / %(count)s)) AS moved
    FROM generate_series(1, %(count)s) g
), made AS (
    INSERT INTO tickets_ticket ({ticket_columns})
    SELECT {ticket_values} FROM numbered, tickets_ticket t WHERE t.id = %(template)s
    RETURNING 1
), events AS (
    INSERT INTO tickets_ticketevent ({event_columns})
    SELECT {event_values} FROM numbered, tickets_ticketevent t WHERE t.ticket_id = %(template)s
    RETURNING 1
), clocks AS (
    INSERT INTO tickets_ticketclock ({clock_columns})
    SELECT {clock_values} FROM numbered, tickets_ticketclock t WHERE t.ticket_id = %(template)s
    RETURNING 1
), search AS (
    INSERT INTO tickets_ticketsearch (tenant_id, ticket_id, document)
    SELECT %(tenant)s, new_id, (%(documents)s::text[])[1 + n %% %(words)s]::tsvector FROM numbered
    RETURNING 1
)
INSERT INTO deadlines_deadline ({deadline_columns})
SELECT {deadline_values} FROM numbered, deadlines_deadline t
WHERE t.topic_id = %(template)s AND t.tenant_id = %(tenant)s AND t.fired_at IS NULL
"""


def _columns(table: str) -> list[tuple[str, str]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_name = %s AND table_schema = 'public' AND is_identity = 'NO' "
            "ORDER BY ordinal_position",
            [table],
        )
        return [row for row in cursor.fetchall() if row[0] != "id"]


def _parts(
    table: str, special: dict[str, str], *, key: bool = False
) -> tuple[str, str]:
    names, values = (["id"], ["new_id"]) if key else ([], [])
    for name, kind in _columns(table):
        names.append(name)
        if name in special:
            values.append(special[name])
        elif kind == "timestamp with time zone":
            values.append(f"t.{name} + moved")
        else:
            values.append(f"t.{name}")
    return ", ".join(f'"{name}"' for name in names), ", ".join(values)


def clone_statement() -> str:
    """The one statement that clones a template with everything that hangs on it."""
    number = "'BM-2026-' || %(mark)s || lpad(n::text, 8, '0')"
    title = "(%(titles)s::text[])[1 + n %% %(words)s]"
    ticket = _parts("tickets_ticket", {"number": number, "title": title}, key=True)
    event = _parts("tickets_ticketevent", {"ticket_id": "new_id"})
    clock = _parts("tickets_ticketclock", {"ticket_id": "new_id"})
    deadline = _parts("deadlines_deadline", {"topic_id": "new_id"})
    return CLONE.format(
        ticket_columns=ticket[0],
        ticket_values=ticket[1],
        event_columns=event[0],
        event_values=event[1],
        clock_columns=clock[0],
        clock_values=clock[1],
        deadline_columns=deadline[0],
        deadline_values=deadline[1],
    )


def clone(
    statement: str,
    house: House,
    kind: str,
    count: int,
    *,
    first: timedelta,
    span: timedelta,
) -> None:
    """``count`` copies of a template, moved by ``first`` and spread over ``span``."""
    from tickets.search import document

    if count <= 0:
        return
    chance = random.Random(f"{SEED}{house.slug}{kind}")
    titles = [f"{word} {chance.randint(1, 999)}" for word in WORDS]
    documents = [
        document(
            heavy=f"BM {title} SN{index:05d}",
            light="清源供水集团 泵房入口 重启后仍无图像",
        )
        for index, title in enumerate(titles)
    ]
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            statement,
            {
                "template": house.templates[kind],
                "tenant": house.tenant_id,
                "count": count,
                "first": first,
                "span": span,
                "mark": MARKS[kind],
                "titles": titles,
                "documents": documents,
                "words": len(WORDS),
            },
        )


def fill(
    *, tenants: int, tickets: int, largest: int, armed: int, storm: int
) -> list[House]:
    """All tenants; the first is the largest, the second has a thousand tickets.

    It and the hundred after it have as many open tickets as a storm of that size needs of
    each, and as fill the first page of a queue.
    """
    busy = range(1, 102)
    least = 4 * (storm // 100 + 25)
    say(f"{tenants} tenants with {tickets:,} tickets, {armed:,} armed deadlines")
    houses = []
    for index in range(tenants):
        houses.append(found(f"bench{index:04d}"))
        if (index + 1) % 100 == 0:
            say(f"founded {index + 1}")
    hurry()
    statement = clone_statement()
    rest = max(0, tickets - largest - 1_000) // max(1, tenants - 2)
    for index, house in enumerate(houses):
        size = largest if index == 0 else 1_000 if index == 1 else rest
        share = armed * size // tickets
        _fill_one(statement, house, size, max(share, least * (index in busy)))
        if index < 2 or (index + 1) % 100 == 0:
            say(f"filled {index + 1} ({house.slug}: {size:,} tickets)")
    level(armed)
    for table in (
        "tickets_ticket",
        "tickets_ticketclock",
        "tickets_ticketevent",
        "tickets_ticketsearch",
        "deadlines_deadline",
    ):
        owner(f"VACUUM (ANALYZE) {table}")  # or the server does it while we measure
    return houses


def _fill_one(statement: str, house: House, size: int, armed: int) -> None:
    """Two deadlines an open clock, two clocks: four armed deadlines an open ticket."""
    opened = min(size // 4, max(1, armed // 4))
    done = size - opened
    # Open ones are received in the future's past: due from tomorrow on, for a year.
    clone(
        statement,
        house,
        "open",
        opened,
        first=timedelta(days=1),
        span=timedelta(days=300),
    )
    year = timedelta(days=700)
    clone(statement, house, "kept", done * 9 // 10, first=-year, span=year)
    clone(statement, house, "missed", done - done * 9 // 10, first=-year, span=year)


def level(armed: int) -> None:
    """Bring the number of armed deadlines to what is asked, with far-away ones."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM deadlines_deadline WHERE fired_at IS NULL")
        missing = armed - cursor.fetchone()[0]
        if missing < 0:
            cursor.execute(
                "DELETE FROM deadlines_deadline WHERE fired_at IS NULL AND id NOT IN "
                "(SELECT id FROM deadlines_deadline WHERE fired_at IS NULL LIMIT %s)",
                [armed],
            )
        if missing <= 0:
            return
        cursor.execute(
            """
            INSERT INTO deadlines_deadline (tenant_id, kind, topic_id, subject, step, due_at,
                                            wake_at, attempts, last_error)
            SELECT t.tenant_id, 'ticket', t.id, 'padding', 'padding' || r,
                   now() + interval '2 days' + r * interval '1 second' * random(),
                   now() + interval '2 days' + r * interval '1 second' * random(), 0, ''
            FROM tickets_ticket t, generate_series(1, %s) r
            LIMIT %s
            """,
            [1 + missing // 1000, missing],
        )
