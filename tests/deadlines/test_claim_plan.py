"""The claim reads the partial index of what is armed, however many rows there are."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, connections

from deadlines import services as alarm
from tests.world import House, World

pytestmark = pytest.mark.django_db(transaction=True)

FILL = """
INSERT INTO deadlines_deadline (tenant_id, kind, topic_id, subject, step, due_at, wake_at,
    attempts, last_error, fired_at)
SELECT %s, 'plan', n, 's', 'miss', clock_timestamp() + interval '1 day',
    clock_timestamp() + interval '1 day', 0, '', CASE WHEN n %% 2 = 0 THEN now() END
FROM generate_series(1, 20000) n
"""


def plan(house: House) -> str:
    with house.scope(), connection.cursor() as cursor:
        cursor.execute(FILL, [house.tenant.pk])
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE deadlines_deadline")
    with connections["system"].cursor() as cursor:
        values: list[Any] = [alarm.LEASE, "0" * 32, alarm.AT_ONCE]
        cursor.execute(f"EXPLAIN {alarm.CLAIM}", values)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_the_claim_uses_the_partial_index(world: World) -> None:
    lines = plan(world.zhida)
    assert "deadlines_deadline_wake" in lines
    assert "Index Cond: (wake_at <=" in lines  # and doesn't read all of it
    assert "Seq Scan" not in lines
    assert "Sort" not in lines  # tenant by tenant, as the index has them
