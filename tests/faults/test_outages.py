"""Redis and PostgreSQL killed, several of everything: the truth is in PostgreSQL."""

from __future__ import annotations

import time

import pytest
import redis

from tests.faults.site import Site, check, wait_for

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(180)]
TICKETS = 4
STEPS = 6


def test_two_beats_and_three_workers_fire_each_step_once(site: Site) -> None:
    before = site.steps()
    for name in ("worker", "worker2", "worker3", "beat", "beat2"):
        site.start(name)
    site.scene("file", str(TICKETS * 2))
    report = site.settle(steps=before + STEPS * TICKETS * 2)
    check(site, report, duplicates=False)


def test_redis_emptied_again_and_again(site: Site) -> None:
    before = site.steps()
    site.start("worker")
    site.start("beat")
    site.scene("file", str(TICKETS))
    with redis.Redis.from_url(site.environ["REDIS_URL"]) as line:
        for _turn in range(12):
            line.flushall()
            time.sleep(0.5)
    check(site, site.settle(steps=before + STEPS * TICKETS), duplicates=False)


def test_redis_killed_and_back(site: Site) -> None:
    before = site.steps()
    site.start("worker")
    site.start("beat")
    site.scene("file", str(TICKETS))
    site.servers.children["valkey"].kill()
    # Filing goes on without Redis: what was acknowledged is in PostgreSQL.
    site.scene("file", "2")
    time.sleep(4)
    site.servers.start("valkey")
    report = site.settle(steps=before + STEPS * (TICKETS + 2), seconds=60)
    check(site, report, duplicates=False)


def test_postgres_killed_and_back(site: Site) -> None:
    before = site.steps()
    site.start("worker")
    site.start("beat")
    filed = site.scene("file", str(TICKETS))["tickets"]
    site.servers.children["postgres"].kill()
    time.sleep(2)
    site.servers.start("postgres")
    report = site.settle(steps=before + STEPS * TICKETS, seconds=60)
    assert site.one(
        f"SELECT count(*) FROM tickets_ticket WHERE id = ANY(ARRAY{filed})"
    ) == len(filed)
    check(site, report, duplicates=True)


def test_beat_killed_and_back(site: Site) -> None:
    before = site.steps()
    site.start("worker")
    site.start("beat")
    site.scene("file", str(TICKETS))
    site.kill("beat")
    time.sleep(5)
    assert site.steps() < before + STEPS * TICKETS
    site.start("beat")
    check(site, site.settle(steps=before + STEPS * TICKETS), duplicates=False)


def test_worker_killed_at_random_moments(site: Site) -> None:
    before = site.steps()
    site.start("beat")
    site.start("worker")
    site.scene("file", str(TICKETS))
    for turn in range(3):
        time.sleep(2.2 + turn * 0.37)
        site.kill("worker")
        site.start("worker")
    report = site.settle(steps=before + STEPS * TICKETS, seconds=60)
    check(site, report, duplicates=True)


def test_without_beat_nothing_fires(site: Site) -> None:
    """The control: what the other tests see comes from the sweep and nothing else."""
    before = site.steps()
    site.start("worker")
    site.scene("file", "1")
    wait_for(
        lambda: (
            site.one(
                "SELECT count(*) FROM deadlines_deadline WHERE fired_at IS NULL "
                "AND due_at < now() - interval '2 seconds'"
            )
            > 0
        ),
        seconds=20,
        what=site.logs,
    )
    assert site.steps() == before
