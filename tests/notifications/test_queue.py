"""Queueing: a message is a row, once per person and key, in the transaction of the fact."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from notifications.models import Delivery, Message
from notifications.services import Draft, queue
from servicedesk.lib import pulse
from tenants.scope import NoTenant

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def draft(person, key="k1", **changes):
    values = {
        "recipient_id": person.pk,
        "kind": "assigned",
        "dedupe_key": key,
        "topic": "ticket",
        "topic_id": 1,
        "params": {"number": "ZD-2026-000001", "title": "No picture"},
    }
    return Draft(**(values | changes))


def change(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)


def mails():
    return set(Delivery.objects.values_list("recipient_id", flat=True))


def test_a_message_and_its_mail_come_together(zhida, django_assert_num_queries):
    drafts = [draft(zhida.engineer), draft(zhida.manager)]
    with django_assert_num_queries(1):
        assert queue(drafts, now=NOW) == 2
    message = Message.objects.get(recipient=zhida.engineer)
    assert (message.kind, message.params["title"]) == ("assigned", "No picture")
    assert message.read_at is None
    delivery = Delivery.objects.get(message=message)
    assert (delivery.state, delivery.channel, delivery.wake_at) == (
        "queued",
        "email",
        NOW,
    )
    assert delivery.uid.startswith("<")
    assert delivery.uid.endswith("@localhost>")
    assert Delivery.objects.values("uid").distinct().count() == 2


def test_the_same_key_tells_once(zhida):
    assert queue([draft(zhida.engineer)], now=NOW) == 1
    again = [
        draft(zhida.engineer),
        draft(zhida.engineer, "k2"),
        draft(zhida.engineer, "k2"),
    ]
    assert queue(again, now=NOW) == 1
    assert Message.objects.count() == 2
    assert Delivery.objects.count() == 2


def test_nothing_is_told_where_the_fact_is_rolled_back(zhida):
    with transaction.atomic():
        queue([draft(zhida.engineer)], now=NOW)
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_muted_kinds_stay_in_the_inbox(zhida):
    change(zhida.engineer, mail_settings={"assigned": False})
    queue([draft(zhida.engineer), draft(zhida.colleague)], now=NOW)
    assert Message.objects.count() == 2
    assert mails() == {zhida.colleague.pk}


def test_escalations_and_warnings_can_not_be_muted(zhida):
    kinds = (
        "clock_warning",
        "clock_missed",
        "escalated",
        "reminder",
        "nobody_reachable",
    )
    change(zhida.manager, mail_settings=dict.fromkeys(kinds, False))
    queue([draft(zhida.manager, kind, kind=kind) for kind in kinds], now=NOW)
    assert Delivery.objects.count() == len(kinds)


def test_without_mail_it_only_shows_in_the_inbox(zhida):
    queue([draft(zhida.engineer, mail=False)], now=NOW)
    assert Message.objects.count() == 1
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ("membership", {"is_active": False}),
        ("membership", {"expires_at": NOW}),
        ("user", {"is_active": False}),
    ],
)
def test_who_cannot_sign_in_is_told_nothing(zhida, row, fields):
    gone = zhida.engineer
    change(gone if row == "membership" else gone.user, **fields)
    assert queue([draft(gone)], now=NOW) == 0
    assert not Delivery.objects.exists()


def test_another_tenants_people_are_never_told(world, zhida):
    assert queue([draft(world.other.engineer)], now=NOW) == 0
    assert not Message.objects.exists()


def test_a_kind_without_words_is_refused(zhida):
    with pytest.raises(LookupError, match="nonsense"):
        queue([draft(zhida.engineer, kind="nonsense")], now=NOW)


def test_outside_a_tenant_nothing_can_be_told(world, db):
    with pytest.raises(NoTenant):
        queue([draft(world.zhida.engineer)], now=NOW)


def test_no_drafts_ask_nothing(zhida, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queue([], now=NOW) == 0


def test_the_bell_and_the_delivery_are_woken_on_commit(
    zhida, django_capture_on_commit_callbacks, monkeypatch
):
    woken = []
    monkeypatch.setattr("servicedesk.lib.wake.wake", woken.append)
    topic = f"me:{zhida.engineer.pk}"
    before = pulse.versions([topic], tenant_id=zhida.tenant.pk)[topic]
    with django_capture_on_commit_callbacks(execute=True):
        queue([draft(zhida.engineer)], now=NOW)
        assert woken == []
    assert woken == ["notifications.deliver"]
    assert pulse.versions([topic], tenant_id=zhida.tenant.pk)[topic] > before


def test_what_was_told_before_wakes_nobody(zhida, django_capture_on_commit_callbacks):
    queue([draft(zhida.engineer)], now=NOW)
    with django_capture_on_commit_callbacks() as callbacks:
        queue([draft(zhida.engineer)], now=NOW)
    assert callbacks == []
