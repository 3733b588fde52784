"""What a test leaves open is seen, named and ended; other databases are left alone."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.db import connections

from tests.sessions import Watch, another

pytestmark = pytest.mark.django_db


def answers(line: Any) -> bool:
    """Whether a connection is still one."""
    try:
        with line.cursor() as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.Error:
        return False
    return True


def test_what_is_left_open_is_told_of_once(session_watch: Watch) -> None:
    with closing(another("default")), closing(another("system")):
        assert session_watch.left(patience=0) == {"sd_app": 1, "sd_system": 1}
        assert not session_watch.left(patience=0)
    assert not session_watch.left()


def test_a_thread_that_closes_nothing_is_seen(session_watch: Watch) -> None:
    kept: list[Any] = []

    def work() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
        kept.append(connections["default"].connection)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert session_watch.left(patience=0) == {"sd_app": 1}
    kept[0].close()


def test_a_thread_has_one_connection_whether_a_loop_runs_or_not() -> None:
    """Playwright leaves one running."""

    async def inside() -> Any:
        return connections["default"]

    def work() -> bool:
        return asyncio.run(inside()) is connections["default"]

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work).result()


def test_sessions_of_this_database_are_ended_and_of_no_other(
    session_watch: Watch,
) -> None:
    with (
        closing(another("default")) as ours,
        closing(another("system")) as reader,
        closing(another("owner", dbname="postgres")) as elsewhere,
    ):
        assert answers(connections["default"])
        session_watch.end()
        assert not answers(ours)
        assert not answers(reader)
        assert answers(elsewhere)
        assert answers(connections["default"])
