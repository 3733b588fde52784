"""The platform's operator looks, and finds no button that would change anything."""

from __future__ import annotations

import pytest
from django.urls import reverse

from people.models import Membership
from tests.tickets.web.conftest import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def observe(zhida, browse):
    Membership.objects.filter(pk=zhida.colleague.pk).update(role="observer")
    return browse("colleague")


def test_the_queue_has_nothing_to_tick(observe, ticket):
    page = text(observe.get(reverse("tickets:queue"), {"tab": "all"}))
    assert ticket.number in page
    for mark in ("data-bulk-item", "tickets/call", "hand-over", "tickets/replies"):
        assert mark not in page


def test_the_ticket_has_nothing_to_write_or_press(observe, ticket):
    page = text(observe.get(reverse("tickets:detail", args=[ticket.number])))
    assert ticket.title in page
    assert "<textarea" not in page
    assert "data-act" not in page


@pytest.mark.parametrize("verb", ["reply", "answer", "assign", "resolve", "cancel"])
def test_no_verb_is_done(observe, ticket, verb):
    url = reverse("tickets:act", args=[ticket.number, verb])
    assert observe.post(url, {"body": "x"}).status_code == 404
