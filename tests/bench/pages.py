"""Pages: statements, time in the database, weight."""

from __future__ import annotations

import gzip
import re
import time

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test import Client

from people.models import Membership
from servicedesk.lib.now import database_now
from tenants.scope import tenant_scope
from tests.bench.figures import DatabaseTime, Row, p95
from tests.bench.fill import House
from tickets import search, services


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
