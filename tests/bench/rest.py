"""Filing and listing over REST beside bare views, under the same server."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings

from people.services.tokens import create_token, grantable
from servicedesk.lib.now import database_now
from servicedesk.local.places import ROOT
from tenants.scope import tenant_scope
from tests.bench.figures import QUIET, Row, wait_until
from tests.bench.fill import House


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
