"""Embedded servers: they start, keep their data, and leave no process behind."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis

from servicedesk.local.places import Home, LocalError
from servicedesk.local.postgres import Postgres
from servicedesk.local.servers import Servers
from servicedesk.local.valkey import Valkey
from tests.local.conftest import (
    PATIENCE,
    Terminal,
    all_gone,
    family_of,
    processes_of,
    wait_until,
)


def ask(home: Path, query: str, role: str = "sd_owner") -> object:
    address = Postgres(Home(home)).address("servicedesk", role)
    with closing(psycopg2.connect(str(address))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_no_process_and_a_second_start_keeps_the_data(
    terminal: Terminal, number: int
) -> None:
    first = terminal.start_servers()
    family = family_of(first)
    assert len(family) > 3
    ask(terminal.home, "CREATE TABLE kept AS SELECT 7 AS n")
    first.send_signal(number)
    assert first.wait(PATIENCE) == 0
    assert all_gone(family)

    second = terminal.start_servers()
    assert ask(terminal.home, "SELECT n FROM kept") == 7
    second.send_signal(number)
    assert second.wait(PATIENCE) == 0


def test_killing_the_supervisor_leaves_no_orphans_and_the_next_start_works(
    terminal: Terminal,
) -> None:
    first = terminal.start_servers()
    family = family_of(first)
    assert len(family) > 3
    first.kill()
    first.wait()
    second = (
        terminal.start_servers()
    )  # at once, while the old servers are still stopping
    wait_until(lambda: all_gone(family))
    assert second.poll() is None
    assert ask(terminal.home, "SELECT 1") == 1


def test_a_second_start_in_the_same_folder_refuses_and_says_who_runs(
    terminal: Terminal,
) -> None:
    first = terminal.start_servers()
    second = terminal.start("up")
    output, _ = second.communicate(timeout=PATIENCE)
    assert second.returncode == 1
    assert f"Already running in {terminal.home} (process {first.pid})" in output
    assert ask(terminal.home, "SELECT 1") == 1


def test_a_server_that_dies_is_started_again_and_the_supervisor_says_so(
    terminal: Terminal,
) -> None:
    process = terminal.start_servers()
    pid = int((terminal.home / "postgres" / "postmaster.pid").read_text().split()[0])
    valkey = Valkey(Home(terminal.home))
    with redis.Redis.from_url(valkey.url) as client:
        client.shutdown(nosave=True)
    os.kill(pid, signal.SIGKILL)

    wait_until(valkey.answers)
    wait_until(Postgres(Home(terminal.home)).answers)
    family = family_of(process)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=PATIENCE)
    assert "postgres was ended by SIGKILL; starting it again in 1 s" in output
    assert "valkey ended with code 0; starting it again in 1 s" in output
    assert "postgres runs again." in output
    assert all_gone(family)


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(tmp_path: Path) -> None:
    home = Home(tmp_path / ("a-rather-long-name-of-a-folder-" * 4))
    sockets = home.sockets()
    assert len(str(sockets)) < 40
    assert sockets == Home(home.path).sockets()
    assert sockets.stat().st_uid == os.getuid()
    Servers(home, {}).stop()
    assert not sockets.exists()


def test_a_command_runs_with_the_addresses_and_its_code_comes_back(
    terminal: Terminal,
) -> None:
    process = terminal.start(
        "run", "--", "sh", "-c", 'echo "$DATABASE_URL $REDIS_URL"; exit 3'
    )
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 3
    assert "postgres://sd_app@/servicedesk?host=" in output
    assert f"unix://{terminal.home}" in output
    assert processes_of(terminal.home) == []


def test_data_of_another_postgresql_is_refused_with_a_way_out(tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    home.postgres.mkdir(parents=True)
    (home.postgres / "PG_VERSION").write_text("16\n")
    with pytest.raises(LocalError, match=r"written by PostgreSQL 16.*make reset"):
        Postgres(home).prepare()


def test_a_cluster_is_whole_or_not_there(tmp_path: Path) -> None:
    """Whoever stops the first start half-way can simply start again."""
    home = Home(tmp_path / "data")
    (home.path / "postgres.unfinished").mkdir(parents=True)
    (home.path / "postgres.unfinished" / "PG_VERSION").write_text("18\n")
    Postgres(home).prepare()
    assert (home.postgres / "global" / "pg_control").exists()
    assert not (home.path / "postgres.unfinished").exists()


def test_a_pid_file_that_names_somebody_elses_process_is_forgotten(
    tmp_path: Path,
) -> None:
    """After a crash of the machine the number may belong to anybody."""
    postgres = Postgres(Home(tmp_path / "data"))
    postgres.prepare()
    pid_file = postgres.home.postgres / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n")
    postgres.prepare()
    assert not pid_file.exists()


def test_given_servers_are_used_and_nothing_is_embedded(tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": "postgres://sd_app:a@db/x",
        "DATABASE_OWNER_URL": "postgres://sd_owner:b@db/x",
        "DATABASE_SYSTEM_URL": "postgres://sd_system:c@db/x",
        "REDIS_URL": "redis://cache/0",
    }
    servers = Servers(Home(tmp_path), given)
    assert servers.embedded == []
    assert servers.environment() == given


def test_half_of_the_addresses_is_refused_by_name(tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": "postgres://sd_app:a@db/x",
        "DATABASE_OWNER_URL": "postgres://sd_owner:b@db/x",
    }
    with pytest.raises(LocalError, match="DATABASE_SYSTEM_URL missing"):
        Servers(Home(tmp_path), given).environment()
