"""Statements that are planned once for each connection."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from servicedesk.lib import prepared
from tests.world import World

pytestmark = pytest.mark.django_db
NAMES = "SELECT name FROM clients_project WHERE name <> %s ORDER BY id"


def test_a_statement_is_prepared_once_also_by_what_was_rolled_back() -> None:
    sql = "SELECT %s::int + 1, 'once'"
    with transaction.atomic():
        assert prepared.fetch(sql, [1]) == [(2, "once")]
        transaction.set_rollback(True)
    with CaptureQueriesContext(connection) as asked:
        assert prepared.fetch(sql, [2]) == [(3, "once")]
    assert [one["sql"].split()[0] for one in asked] == ["EXECUTE"]


def test_values_are_values_whatever_is_in_them() -> None:
    sql = "SELECT %s::text, %s::jsonb ->> 'a', %s::timestamptz, %s::bigint IS NULL"
    now = datetime(2026, 3, 1, 9, tzinfo=UTC)
    words = "'; DROP TABLE tickets_ticket; -- %s %(a)s $1 \\ 井"
    assert prepared.fetch(sql, [words, '{"a": 1}', now, None]) == [
        (words, "1", now, True)
    ]
    assert prepared.fetch("SELECT 7", []) == [(7,)]
    with pytest.raises(DataError), transaction.atomic():
        prepared.fetch(sql, ["", "{", now, None])


def test_each_tenant_sees_its_own_rows_by_the_same_plan(world: World) -> None:
    for _turn in range(8):  # after the fifth PostgreSQL keeps one plan for all values
        for house in (world.zhida, world.other):
            with house.scope():
                found = prepared.fetch(NAMES, ["Command centre"])
            assert found == [("School gate",)]
    with world.zhida.scope():
        mine = prepared.fetch(NAMES.replace("name F", "tenant_id F"), [""])
    assert set(mine) == {(world.zhida.tenant.pk,)}


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_prepares_anew() -> None:
    sql = "SELECT %s::int, 'anew'"
    assert prepared.fetch(sql, [1]) == [(1, "anew")]
    connection.close()
    assert prepared.fetch(sql, [2]) == [(2, "anew")]
