"""Set-based writes: one statement, the columns' own types, row-level security as ever."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import (
    DataError,
    IntegrityError,
    ProgrammingError,
    connection,
    transaction,
)

from deadlines.models import Deadline
from notifications.models import Message
from servicedesk.lib import bulk
from tickets.models import Ticket

NOW = datetime(2026, 3, 1, 9, 0, 0, 123457, tzinfo=UTC)


def deadline(house, n, **changes):
    return {
        "tenant_id": house.tenant.pk,
        "kind": "test",
        "topic_id": 7,
        "subject": f"s{n}",
        "step": "一步",
        "due_at": NOW + timedelta(seconds=n),
        "wake_at": NOW + timedelta(seconds=n),
        "lease": None,
        "attempts": 0,
        "last_error": "",
        "fired_at": None,
        "lateness": None,
    } | changes


def message(house, **changes):
    return {
        "tenant_id": house.tenant.pk,
        "recipient_id": house.engineer.pk,
        "kind": "assigned",
        "dedupe_key": "k",
        "topic": "ticket",
        "topic_id": 1,
        "params": {},
        "created_at": NOW,
        "read_at": None,
    } | changes


def test_every_kind_of_value_arrives_as_it_was(zhida):
    lease, length = uuid4(), timedelta(days=-1, seconds=5, microseconds=7)
    bulk.insert(
        Deadline, [deadline(zhida, 1, lease=lease, lateness=length, attempts=3)]
    )
    params = {"名": 'quote " back\\slash 100% %s', "n": [1, None, 2.5], "at": NOW}
    bulk.insert(Message, [message(zhida, params=params)])

    row = Deadline.objects.get(subject="s1")
    assert (row.due_at, row.lease, row.lateness) == (
        NOW + timedelta(seconds=1),
        lease,
        length,
    )
    assert (row.step, row.attempts, row.fired_at) == ("一步", 3, None)
    assert Message.objects.get().params == params | {"at": NOW.isoformat()}


def test_rows_come_back_in_the_order_they_were_given(zhida):
    rows = [deadline(zhida, n) for n in (3, 1, 2)]
    back = bulk.insert(Deadline, rows, returning=("id", "subject"))
    assert [subject for _, subject in back] == ["s3", "s1", "s2"]
    assert [pk for pk, _ in back] == sorted(pk for pk, _ in back)


def test_one_statement_whatever_the_number(zhida, django_assert_num_queries):
    with django_assert_num_queries(1):
        bulk.insert(Deadline, [deadline(zhida, n) for n in range(300)])
    rows = list(Deadline.objects.filter(kind="test").values("id", "attempts"))
    with django_assert_num_queries(1):
        changed = bulk.update(
            Deadline, [row | {"attempts": 9} for row in rows], fields=["attempts"]
        )
    assert changed == 300
    assert Deadline.objects.filter(attempts=9).count() == 300


def test_nothing_to_do_asks_nothing(zhida, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert bulk.insert(Deadline, [], returning=("id",)) == []
        assert bulk.update(Deadline, [], fields=["attempts"]) == 0


def test_update_touches_the_named_columns_only(zhida):
    [(pk,)] = bulk.insert(Deadline, [deadline(zhida, 1)], returning=("id",))
    values = {"id": pk, "step": "other", "attempts": 2, "lateness": timedelta(hours=30)}
    assert bulk.update(Deadline, [values], fields=["lateness", "attempts"]) == 1
    row = Deadline.objects.get(pk=pk)
    assert (row.step, row.attempts, row.lateness) == ("一步", 2, timedelta(hours=30))


def test_on_conflict(zhida):
    bulk.insert(Deadline, [deadline(zhida, 1)])
    rows = [deadline(zhida, 1, attempts=5), deadline(zhida, 2)]
    back = bulk.insert(Deadline, rows, on_conflict="DO NOTHING", returning=("subject",))
    assert back == [("s2",)]
    bulk.insert(
        Deadline,
        rows,
        on_conflict="(tenant_id, topic_id, kind, subject, step)"
        " DO UPDATE SET attempts = EXCLUDED.attempts",
    )
    assert Deadline.objects.get(subject="s1").attempts == 5


def test_another_tenants_rows_are_neither_written_nor_changed(world, zhida):
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        bulk.insert(Deadline, [deadline(world.other, 1)])
    with world.other.scope():
        [(pk,)] = bulk.insert(Deadline, [deadline(world.other, 1)], returning=("id",))
    assert bulk.update(Deadline, [{"id": pk, "attempts": 9}], fields=["attempts"]) == 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"step": "x" * 61}, DataError),
        ({"due_at": None}, IntegrityError),
        ({"due_at": "yesterday week"}, DataError),
        ({"due_at": datetime(2026, 1, 1)}, TypeError),  # noqa: DTZ001 naive on purpose
        ({"last_error": object()}, TypeError),
        ({"attempts": 70_000}, DataError),
        ({"attempts": float("nan")}, ValueError),
        ({"nonsense": 1}, FieldDoesNotExist),
    ],
)
def test_what_does_not_fit_is_refused(zhida, changes, error):
    with pytest.raises(error), transaction.atomic():
        bulk.insert(Deadline, [deadline(zhida, 1, **changes)])


def test_a_relation_is_named_by_its_column(zhida):
    row = message(zhida)
    row["recipient"] = row.pop("recipient_id")
    with pytest.raises(TypeError, match="recipient_id"):
        bulk.insert(Message, [row])


def test_rows_of_different_shape_are_refused(zhida):
    short = deadline(zhida, 2)
    del short["step"]
    with pytest.raises(KeyError):
        bulk.insert(Deadline, [deadline(zhida, 1), short])


def test_every_column_type_of_a_ticket_is_known(zhida):
    columns = [field.column for field in Ticket._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {bulk.recordset(Ticket, columns)}", ["[]"]
        )
        assert cursor.fetchone() == (0,)


def test_two_hundred_rows_are_quick(zhida):
    rows = [deadline(zhida, n) for n in range(200)]
    spent = []
    for _ in range(5):
        started = time.perf_counter()
        bulk.insert(Deadline, rows, on_conflict="DO NOTHING")
        spent.append(time.perf_counter() - started)
    assert min(spent) < 0.05  # about 3 ms on an idle machine


def test_what_is_written_together_gets_its_keys_in_the_order_of_its_rows(zhida):
    writes = bulk.Together()
    first = writes.insert(Deadline, [deadline(zhida, 2), deadline(zhida, 1)])
    nothing = writes.insert(Deadline, [])
    other = writes.insert(Message, [message(zhida)])
    assert first == []
    writes.run()
    rows = Deadline.objects.filter(kind="test").values_list("pk", "subject")
    assert [dict(rows)[pk] for pk in first] == ["s2", "s1"]
    assert (nothing, other) == ([], [Message.objects.get(dedupe_key="k").pk])
    again = bulk.Together()
    known = again.insert(Deadline, [deadline(zhida, 1)], on_conflict="DO NOTHING")
    again.run()
    assert known == []
