"""Redis and PostgreSQL killed, several of everything: the truth is in PostgreSQL."""

from __future__ import annotations

import random

import psycopg2
import pytest
import redis

from tests.faults.fault import Fault
from tests.faults.site import STEPS
from tests.faults.test_web import SITE, all_is_there
from tests.faults.writers import PERSON, PROGRAM, Writers

TICKETS = 4


def test_two_beats_and_three_workers_fire_each_step_once(fault: Fault) -> None:
    fault.run("worker", "worker2", "worker3", "beat", "beat2")
    fault.file(TICKETS * 2)
    fault.holds()


def test_redis_emptied_again_and_again(fault: Fault) -> None:
    fault.run(*SITE)
    with redis.Redis.from_url(fault.site.environ["REDIS_URL"]) as line:
        with Writers(fault, PROGRAM, PERSON) as writers:
            writers.wait_for_more(2 * TICKETS)
            fault.wait_for(lambda: line.flushall() and fault.steps() >= STEPS)
        line.flushall()
    all_is_there(fault, writers)


def test_redis_killed_and_back(fault: Fault) -> None:
    """Filing goes on without it; nobody is woken until it is back."""
    servers = fault.site.servers
    fault.run(*SITE)
    with Writers(fault, PROGRAM, PERSON) as writers:
        writers.wait_for_more(TICKETS)
        servers.children["valkey"].kill()
        writers.wait_for_more(TICKETS)
        assert writers.broken(PROGRAM) == writers.broken(PERSON) == 0
    fault.wait_for(fault.overdue)
    servers.start("valkey")
    fault.up()
    all_is_there(fault, writers)


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_postgres_gone_and_back(how: str, fault: Fault) -> None:
    """What was acknowledged is on disk; what was not was never begun, or is whole."""
    servers = fault.site.servers
    fault.run(*SITE)
    with Writers(fault, PROGRAM, PROGRAM, PERSON) as writers:
        writers.wait_for_more(2 * TICKETS)
        getattr(servers.children["postgres"], how)()
        fault.wait_for(lambda: writers.broken(PROGRAM) and writers.broken(PERSON))
        servers.start("postgres")
        fault.up()
        writers.wait_for_more(2)
    # Each of the worker's processes may have been about to mark a mail.
    all_is_there(fault, writers, undecided=2)


def test_beat_killed_and_back(fault: Fault) -> None:
    fault.run("worker", "beat")
    fault.file(TICKETS)
    fault.kill("beat")
    fault.wait_for(fault.overdue)
    assert fault.steps() < STEPS * TICKETS
    fault.run("worker", "beat")
    fault.holds()


@pytest.mark.parametrize("seed", [1])
def test_workers_killed_at_random_moments(seed: int, fault: Fault) -> None:
    chance = random.Random(seed)
    fault.run("worker", "beat")
    fault.file(TICKETS)
    for _kill in range(3):
        fault.wait_for_more_steps(chance.randrange(1, STEPS))
        fault.kill("worker")
        fault.file(1)
        fault.run("worker", "beat")
    fault.holds()


def test_everything_killed_at_once_and_back(fault: Fault) -> None:
    """As when the machine loses its power."""
    servers = fault.site.servers
    fault.run(*SITE)
    with Writers(fault, PROGRAM, PROGRAM, PERSON) as writers:
        writers.wait_for_more(2 * TICKETS)
        for server in ("postgres", "valkey"):
            servers.children[server].kill()
        fault.site.kill(*SITE)
        for server in ("postgres", "valkey"):
            servers.start(server)
        fault.look_at_the_mail()
        fault.run(*SITE)
    all_is_there(fault, writers)


def test_without_beat_nothing_fires(fault: Fault) -> None:
    """The control: what the other tests see comes from the sweep and nothing else."""
    fault.run("worker")
    fault.file(1)
    fault.wait_for(fault.overdue)
    assert fault.steps() == 0
    fault.run("worker", "beat")
    fault.holds()


def test_the_database_is_really_gone(fault: Fault) -> None:
    """The control of the outages: a killed server answers nobody."""
    servers = fault.site.servers
    servers.children["valkey"].kill()
    servers.children["postgres"].kill()
    with pytest.raises(psycopg2.OperationalError):
        fault.steps()
    with (
        redis.Redis.from_url(fault.site.environ["REDIS_URL"]) as line,
        pytest.raises(redis.ConnectionError),
    ):
        line.ping()
