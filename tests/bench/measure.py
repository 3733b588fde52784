"""What is measured, each as (what, figure, goal, met)."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, connections
from django.test import Client

from deadlines.services import CLAIM
from documents.models import Document
from documents.services import Wanted, queue_documents
from people.models import Membership
from people.services.tokens import create_token, grantable
from servicedesk.lib.now import database_now
from servicedesk.local.places import ROOT
from tenants.scope import tenant_scope
from tests.bench.fill import House, owner
from tickets import search, services
from tickets.models import Ticket

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@dataclass
class Row:
    """One line of the table."""

    what: str
    figure: str
    goal: str
    met: bool


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[18]


def timed(call: Callable[[], Any], *, turns: int, warm: int = 5) -> list[float]:
    for _turn in range(warm):
        call()
    times = []
    for _turn in range(turns):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return times


class DatabaseTime:
    """Adds up the time that statements take."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.count = 0

    def __call__(
        self, execute: Any, sql: Any, params: Any, many: Any, context: Any
    ) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - began
            self.count += 1


# -- the sweep ---------------------------------------------------------------------------


def idle_sweep(armed: int) -> tuple[float, Row]:
    """A look at the alarm clock when nothing is due."""

    def look() -> None:
        with connections["system"].cursor() as cursor:
            cursor.execute(CLAIM, [timedelta(seconds=15), uuid.uuid4().hex, 2_000])
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
        wait_until(lambda: count_fired(due, "miss") >= total, seconds=120)
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
    half, most = lateness(houses[132:162] or houses[2:], printer=True)
    with tenant_scope(large.tenant_id):
        made = Document.objects.ready().count()
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


def wait_until(true: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.3)


# -- REST ----------------------------------------------------------------------------------


@contextmanager
def gunicorn(port: int) -> Iterator[None]:
    """The product under gunicorn, with the bare views beside it."""
    import os

    args = [
        sys.executable,
        "-m",
        "gunicorn",
        "servicedesk.wsgi",
        "-b",
        f"127.0.0.1:{port}",
        "-w",
        "2",
        "--threads",
        "4",
        "--log-level",
        "error",
    ]
    environ = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
    process = subprocess.Popen(args, cwd=ROOT, env=environ, **QUIET)
    try:
        wait_until(lambda: answers(port), seconds=60)
        yield
    finally:
        process.terminate()
        process.wait()


def answers(port: int) -> bool:
    """Whether somebody serves a port."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status < 500
    except OSError:
        return False
    finally:
        line.close()


@dataclass(frozen=True)
class Caller:
    """A program of one tenant, and the request that it files."""

    host: str
    token: str
    body: dict[str, Any]


def caller_of(house: House) -> Caller:
    """A token of the tenant's administrator, and something to file."""
    with tenant_scope(house.tenant_id):
        now = database_now()
        _row, token = create_token(
            actor=house.actor,
            now=now,
            name="bench",
            scopes=grantable(house.actor),
            expires_at=now + timedelta(days=1),
        )
    body = {
        "title": "摄像头无图像",
        "symptom": "画面黑屏",
        "severity": "serious",
        "client": house.client.pk,
        "project": house.project.pk,
    }
    return Caller(f"{house.slug}.{settings.BASE_DOMAIN}", token, body)


def rate(
    port: int, target: tuple[str, str], callers: list[Caller], span: float
) -> float:
    """Successful answers a second over one connection for each caller."""
    method, path = target
    done: list[int] = []
    stop = time.monotonic() + span

    def run(caller: Caller) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {
            "Host": caller.host,
            "Authorization": f"Bearer {caller.token}",
            "Content-Type": "application/json",
        }
        sent = json.dumps(caller.body) if method == "POST" else None
        count = 0
        while time.monotonic() < stop:
            line.request(method, path, sent, headers)
            answer = line.getresponse()
            answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"{path} answered {answer.status}")
            count += 1
        done.append(count)

    threads = [threading.Thread(target=run, args=[caller]) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(done) < len(threads):
        raise RuntimeError(f"{path} failed")
    return sum(done) / span


TARGETS = {
    "file": ("POST", "/api/v1/tickets"),
    "create": ("POST", "/api/v1/bare/create"),
    "list": ("GET", "/api/v1/bare/list"),
    "tickets": ("GET", "/api/v1/tickets"),
}


def filing(houses: list[House], *, port: int = 8931, seconds: float = 8.0) -> list[Row]:
    """Filing over REST beside the bare limits, in turns under the same server.

    Four connections, each of another tenant; then of one tenant, whose requests are numbered
    without gaps and so are committed one after the other.
    """
    many = [caller_of(house) for house in houses[:4]]
    rates: dict[str, list[float]] = {name: [] for name in (*TARGETS, "one")}
    with gunicorn(port):
        for _turn in range(2):
            for name, target in TARGETS.items():
                rates[name].append(rate(port, target, many, seconds / 2))
            rates["one"].append(rate(port, TARGETS["file"], many[:1] * 4, seconds / 2))
    best = {name: max(found) for name, found in rates.items()}
    ratio, lists = best["file"] / best["create"], best["tickets"] / best["list"]
    return [
        Row(
            "filing a ticket over REST, beside a bare create",
            f"{best['file']:.0f}/s of {best['create']:.0f}/s = {ratio:.2f}",
            "≥ 0.4 of the bare rate",
            ratio >= 0.4,
        ),
        Row(
            "the same, all four connections of one tenant",
            f"{best['one']:.0f}/s",
            "(no goal)",
            True,
        ),
        Row(
            "listing tickets over REST, beside a bare list",
            f"{best['tickets']:.0f}/s of {best['list']:.0f}/s = {lists:.2f}",
            "(no goal)",
            True,
        ),
    ]


# -- pages -----------------------------------------------------------------------------------


def browser(house: House, role: str) -> Client:
    """A signed-in test client of a tenant."""
    with tenant_scope(house.tenant_id):
        member = Membership.objects.select_related("user").get(role=role)
    client = Client(HTTP_HOST=f"{house.slug}.{settings.BASE_DOMAIN}")
    session = client.session
    session[SESSION_KEY] = str(member.user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session["tenant_id"] = house.tenant_id
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def queries_of(client: Client, path: str) -> int:
    """How many statements a page makes, caches being warm."""
    for _turn in range(3):
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
    counter = DatabaseTime()
    with connection.execute_wrapper(counter):
        client.get(path)
    return counter.count


def queue_page(large: House, small: House) -> list[Row]:
    """The first page of the queue in both tenants, asked in turns."""
    path = "/tickets/?tab=all"
    clients = {
        name: browser(h, "general_manager")
        for name, h in (("large", large), ("small", small))
    }
    most = max(queries_of(client, path) for client in clients.values())
    times: dict[str, list[float]] = {"large": [], "small": []}
    for _turn in range(40):
        for name, client in clients.items():
            began = time.perf_counter()
            client.get(path)
            times[name].append(time.perf_counter() - began)
    figures = {name: p95(found) * 1000 for name, found in times.items()}
    ratio = figures["large"] / figures["small"]
    return [
        Row("first page of a queue: queries", f"{most}", "≤ 12", most <= 12),
        Row(
            "first page of a queue, tenant of 100,000 beside one of 1,000",
            f"p95 {figures['large']:.0f} ms of {figures['small']:.0f} ms = {ratio:.2f} ×",
            "≤ 1.5 ×",
            ratio <= 1.5,
        ),
    ]


def ticket_page(house: House) -> Row:
    """A ticket with a long conversation."""
    with tenant_scope(house.tenant_id):
        ticket = services.file_ticket(
            actor=house.actor,
            now=database_now(),
            client=house.client,
            project=house.project,
            title="长对话",
        )
    counts = []
    client = browser(house, "general_manager")
    for length in (1, 200):
        with tenant_scope(house.tenant_id):
            for number in range(length):
                services.reply(
                    actor=house.actor,
                    now=database_now(),
                    ticket=ticket,
                    body=f"回复 {number}",
                )
        counts.append(queries_of(client, f"/tickets/{ticket.number}"))
    return Row(
        "ticket page: queries (1 and 201 messages)",
        f"{counts[0]} and {counts[1]}",
        "≤ 15",
        max(counts) <= 15,
    )


def full_text(house: House) -> Row:
    """Searches of Chinese words, numbers and serial numbers."""
    words = [
        "摄像头",
        "无图像",
        "打印机卡纸",
        "登录很慢",
        "SN00003",
        "网络中断 泵房",
        "门禁",
    ]
    times: list[float] = []
    with tenant_scope(house.tenant_id):
        for word in words:

            def look(text: str = word) -> None:
                from tickets.models import Ticket

                counter = DatabaseTime()
                with connection.execute_wrapper(counter):
                    ids = search.ticket_ids(text, actor=house.actor, limit=200)
                    list(
                        Ticket.objects.filter(pk__in=ids[:50]).values_list(
                            "pk", "title"
                        )
                    )
                times.append(counter.seconds)

            for _turn in range(12):
                look()
    found = p95(times) * 1000
    return Row(
        "full-text search, tenant of 100,000",
        f"p95 {found:.1f} ms in the database",
        "≤ 50 ms",
        found <= 50,
    )


def dashboard(house: House) -> Row:
    """Ninety days of promises."""
    times: list[float] = []
    client = browser(house, "general_manager")
    for _turn in range(20):
        counter = DatabaseTime()
        with connection.execute_wrapper(counter):
            answer = client.get("/reports/?days=90")
        assert answer.status_code == 200
        times.append(counter.seconds)
    found = p95(times[2:]) * 1000
    return Row(
        "dashboard, 90 days, tenant of 100,000",
        f"p95 {found:.0f} ms in the database",
        "≤ 200 ms",
        found <= 200,
    )


def weight(house: House) -> list[Row]:
    """What a first visit loads, compressed as the server sends it (Brotli)."""
    client = browser(house, "general_manager")
    rows = []
    pages = {
        "/tickets/": 150,
        "/tickets/call": 150,
        "/notifications/": 150,
        "/reports/": 185,
    }
    for path, most in pages.items():
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        total = len(gzip.compress(answer.content)) + loaded(answer.content.decode())
        kilo = total / 1000
        rows.append(
            Row(
                f"first load of {path}",
                f"{kilo:.0f} kB compressed",
                f"≤ {most} kB",
                kilo <= most,
            )
        )
    return rows


def loaded(html: str) -> int:
    """Bytes of the static files that a page loads, with the modules that its scripts import."""
    total, seen = 0, set()
    queue = re.findall(r'(?:src|href)="/static/([^"#?]+)', html)
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        file = settings.STATIC_ROOT / name
        smaller = file.with_name(f"{file.name}.br")
        total += (smaller if smaller.exists() else file).stat().st_size
        if name.endswith(".js"):
            folder = name.rpartition("/")[0]
            text = file.read_text()
            queue += [
                f"{folder}/{part}" for part in re.findall(r'from\s*"\./([^"]+)"', text)
            ]
    return total
