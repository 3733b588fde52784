"""A newer revision of a calendar reaches open tickets by an event of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import sla
from deadlines import services as alarm
from servicedesk.lib.now import database_now
from sla.models import Calendar
from sla.services import import_standard, revise_calendar
from tests.world import FOUNDED, House, World
from tickets import services
from tickets.models import Ticket, TicketClock, TicketEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(world: World) -> House:
    return world.zhida


def office_ticket(house: House) -> Ticket:
    """A ticket under office hours, received late in the last year that the calendar knows."""
    text = (Path(sla.__file__).parent / "presets" / "office-hours.yaml").read_text()
    actor = house.actor("admin")
    version = import_standard(
        actor=actor, now=FOUNDED, text=text, in_force_from=FOUNDED
    )
    house.project.standard = version.standard
    house.project.save()
    received = datetime(2026, 12, 31, 9, 0, tzinfo=UTC)
    return services.file_ticket(
        actor=house.actor("client"),
        now=received,
        client=house.client_org,
        project=house.project,
        title="Over the new year",
        severity=1,
    )


def test_a_revision_is_carried_to_open_tickets_once(house: House) -> None:
    with house.scope():
        ticket = office_ticket(house)
        before = TicketClock.objects.get(
            ticket=ticket, metric="resolution", counts=True
        )
        assert before.provisional
        calendar = Calendar.objects.get()
        now = database_now() + timedelta(days=0)
        revise_calendar(
            actor=house.actor("admin"),
            now=now,
            calendar=calendar,
            days=dict.fromkeys(_first_days(2027, 4), ()),
            known_until=datetime(2027, 12, 31, tzinfo=UTC).date(),
            note="2027",
        )
        # Received "later" than the revision only because the test's clock stands still.
        Ticket.objects.filter(pk=ticket.pk).update(received_at=now - timedelta(days=1))
    for _turn in range(4):
        alarm.sweep_once()
    with house.scope():
        events = TicketEvent.objects.filter(ticket=ticket, kind="calendar_revised")
        assert events.count() == 1
        after = TicketClock.objects.get(ticket=ticket, metric="resolution", counts=True)
        assert after.due_at > before.due_at
        assert not after.provisional


def _first_days(year: int, count: int) -> list[date]:
    return [datetime(year, 1, 1 + n, tzinfo=UTC).date() for n in range(count)]
