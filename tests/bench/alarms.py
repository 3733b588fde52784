"""The alarm clock: what a look costs, and how late what is due fires."""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connections

from deadlines.services import AT_ONCE, CLAIM
from documents.services import Wanted, queue_documents
from servicedesk.lib.now import database_now
from servicedesk.local.places import ROOT
from tenants.scope import tenant_scope
from tests.bench.figures import QUIET, Row, p95, timed, wait_until
from tests.bench.fill import House, owner
from tickets.models import Ticket


def idle_sweep(armed: int) -> tuple[float, Row]:
    """A look at the alarm clock when nothing is due."""

    def look() -> None:
        with connections["system"].cursor() as cursor:
            cursor.execute(CLAIM, [timedelta(seconds=15), uuid.uuid4().hex, AT_ONCE])
            cursor.fetchall()

    found = p95(timed(look, turns=300, warm=30)) * 1000
    what = f"sweep with nothing due, {armed:,} armed"
    return found, Row(what, f"p95 {found:.2f} ms", "≤ 1 ms", found <= 1.0)


def raw_claim(count: int) -> float:
    """Seconds to update so many of the same rows with SKIP LOCKED, and nothing else."""
    owner(
        "UPDATE deadlines_deadline SET wake_at = now() WHERE id IN "
        "(SELECT id FROM deadlines_deadline WHERE fired_at IS NULL LIMIT %s)",
        count,
    )
    began = time.perf_counter()
    with connections["system"].cursor() as cursor:
        cursor.execute(CLAIM, [timedelta(seconds=15), uuid.uuid4().hex, count])
        cursor.fetchall()
    spent = time.perf_counter() - began
    owner(
        "UPDATE deadlines_deadline SET wake_at = due_at, lease = NULL "
        "WHERE fired_at IS NULL AND lease IS NOT NULL"
    )
    return spent


@contextmanager
def workers(count: int = 2, *, printer: bool = False) -> Iterator[None]:
    """A real worker and a real beat; the printer of papers, too."""
    celery = [sys.executable, "-m", "celery", "-A", "servicedesk"]
    beat = [
        *celery,
        "beat",
        "-l",
        "ERROR",
        "--pidfile=",
        "-s",
        "/dev/shm/sd-bench-beat",
    ]
    queues = "default,deadlines,messages"
    worker = [*celery, "worker", "-c", str(count), "-Q", queues, "-l", "ERROR"]
    worker += ["--without-gossip", "--without-mingle"]
    press = [*celery, "worker", "-P", "solo", "-Q", "documents", "-l", "ERROR"]
    press += ["-n", "printer@%h", "--without-gossip", "--without-mingle"]
    commands = [beat, worker, press] if printer else [beat, worker]
    running = [subprocess.Popen(args, cwd=ROOT, **QUIET) for args in commands]
    try:
        time.sleep(6)
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


MOVE = """
WITH picked AS (
    SELECT id, next_due_at FROM (
        SELECT t.id, t.next_due_at, row_number() OVER (PARTITION BY t.tenant_id ORDER BY t.id) n
        FROM tickets_ticket t WHERE t.state = 'new' AND t.tenant_id = ANY(%(tenants)s)
          AND t.number LIKE 'BM-%%' AND t.next_due_at > now() + interval '1 hour'
    ) ranked WHERE n <= %(each)s
), moved AS (
    SELECT id, %(due)s::timestamptz
               + %(spread)s::interval * (row_number() OVER (ORDER BY id) - 1)
               - next_due_at AS by
    FROM picked
), a AS (
    UPDATE tickets_ticket t SET received_at = received_at + by, next_due_at = next_due_at + by,
        next_warn_at = next_warn_at + by FROM moved WHERE t.id = moved.id RETURNING 1
), b AS (
    UPDATE tickets_ticketevent t SET happened_at = happened_at + by FROM moved
    WHERE t.ticket_id = moved.id RETURNING 1
), c AS (
    UPDATE tickets_ticketclock t SET received_at = received_at + by, started_at = started_at + by,
        due_at = due_at + by, warn_at = warn_at + by FROM moved
    WHERE t.ticket_id = moved.id RETURNING 1
), d AS (
    DELETE FROM deadlines_deadline t USING moved
    WHERE t.topic_id = moved.id AND t.step = 'warning' AND t.subject LIKE 'first_response%%'
)
UPDATE deadlines_deadline t SET due_at = due_at + by, wake_at = wake_at + by FROM moved
WHERE t.topic_id = moved.id AND NOT (t.step = 'warning' AND t.subject LIKE 'first_response%%')
"""


def make_due(houses: list[House], each: int, *, due: Any, spread: timedelta) -> None:
    """Let the responses of open tickets be due at an instant (or one after the other)."""
    owner_values = {
        "tenants": [house.tenant_id for house in houses],
        "each": each,
        "due": due,
        "spread": spread,
    }
    with connections["owner"].cursor() as cursor:
        cursor.execute(MOVE, owner_values)


def storm(houses: list[House], total: int) -> Row:
    """Thousands due at one instant, with the full effect of each."""
    chosen = houses[2:102]
    due = database_now() + timedelta(seconds=25)
    make_due(chosen, total // len(chosen), due=due, spread=timedelta(0))
    with workers():
        wait_until(lambda: database_now() > due and not waiting(due), seconds=120)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*), extract(epoch FROM max(fired_at) - %s) FROM deadlines_deadline "
            "WHERE due_at = %s AND step = 'miss' AND fired_at IS NOT NULL",
            [due, due],
        )
        fired, seconds = cursor.fetchone()
        cursor.execute(
            "SELECT count(*), count(DISTINCT ticket_id) FROM tickets_escalation "
            "WHERE opened_at = %s",
            [due],
        )
        escalations, tickets = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM notifications_message WHERE kind = 'clock_missed'"
        )
        messages = cursor.fetchone()[0]
    once = fired == total and escalations == tickets == total and messages >= total
    what = (
        f"{total:,} deadlines of {len(chosen)} tenants due at one instant, full effect"
    )
    figure = f"{seconds:.1f} s, {fired:,} fired, {escalations:,} escalations, {messages:,} messages"
    return Row(what, figure, "≤ 10 s, each once", bool(once and seconds <= 10))


def waiting(due: Any) -> bool:
    """Whether anything is left; read from the short index of what is armed, for that is cheap."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM deadlines_deadline WHERE fired_at IS NULL "
            "AND wake_at < %s + interval '5 minutes' AND due_at = %s)",
            [due, due],
        )
        return bool(cursor.fetchone()[0])


def count_fired(due: Any, step: str) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM deadlines_deadline "
            "WHERE due_at >= %s AND step = %s AND fired_at IS NOT NULL",
            [due, step],
        )
        return int(cursor.fetchone()[0])


def ordinary(houses: list[House]) -> Row:
    """Lateness when ten deadlines a second come due."""
    half, most = lateness(houses[102:132] or houses[2:])
    figure = f"p50 {half:.2f} s, p99 {most:.2f} s"
    return Row("lateness in ordinary running", figure, "p99 ≤ 1.5 s", most <= 1.5)


def beside_papers(houses: list[House], count: int = 100) -> Row:
    """The same while so many service reports wait and are printed, one after the other."""
    large = houses[0]
    with tenant_scope(large.tenant_id):
        ids = Ticket.objects.order_by("pk").values_list("pk", flat=True)[:count]
        wanted = [Wanted("service_report", pk, "zh-hans") for pk in ids]
        queue_documents(wanted, now=database_now())
    begin = database_now()
    half, most = lateness(houses[132:162] or houses[2:], printer=True)
    with connections["owner"].cursor() as cursor:
        # Tenants take turns: those of others, whose tickets have closed, are among them.
        sql = "SELECT count(*) FROM documents_document WHERE made_at >= %s"
        cursor.execute(sql, [begin])
        made = cursor.fetchone()[0]
    figure = f"p50 {half:.2f} s, p99 {most:.2f} s, {made} printed meanwhile"
    what = f"lateness while {count} reports are queued"
    return Row(what, figure, "p99 ≤ 1.5 s", most <= 1.5 and made > 0)


def lateness(chosen: list[House], *, printer: bool = False) -> tuple[float, float]:
    """Median and p99 in seconds, of ten deadlines a second."""
    begin = database_now() + timedelta(seconds=15)
    make_due(chosen, 10, due=begin, spread=timedelta(milliseconds=100))
    total = 10 * len(chosen)
    with workers(printer=printer):
        wait_until(lambda: count_fired(begin, "miss") >= total, seconds=120)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM lateness)), "
            "percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM lateness)) "
            "FROM deadlines_deadline WHERE due_at >= %s AND due_at < %s + interval '10 minutes' "
            "AND step = 'miss' AND lateness IS NOT NULL",
            [begin, begin],
        )
        half, most = cursor.fetchone()
    return half, most
