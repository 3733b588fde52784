"""What stands on the site of the browser tests: ``python -m tests.browser.scene``.

Two tenants with one person per role. In ``zhida`` there is one object of every kind, with a
conversation and a visit, so that no page is empty; in ``drill`` the promises of one project
are seconds long. Prints one line of JSON: what to put into addresses, by route.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicedesk.settings")

import django

django.setup()

import sla
from clients.models import Project
from servicedesk.lib.now import database_now
from sla.services import import_standard
from tests.access.furniture import furnish
from tests.world import House, build_house
from tickets import services
from tickets.models import Checklist
from tickets.services.work import dispatch

JOBS = (
    ("engineer", "Look at the power supply of the control room"),
    ("colleague", "Change the camera at the gate"),
    ("colleague", "Two accounts at the desk"),
    ("colleague", "The lock of the laboratory"),
    ("manager", "Stones in the pump"),
    *(("elsewhere", f"Round {number} of the pump house") for number in range(1, 6)),
)
PRESETS = Path(sla.__file__).parent / "presets"


def found() -> dict[str, Any]:
    """Both tenants; returns the place-holders of the routes of ``zhida``."""
    drill = build_house("drill", "DR")
    with drill.scope():
        add_drill(drill)
    house = build_house("zhida", "ZD")
    things = furnish(house)
    with house.scope():
        work(house)
        send_out(house)
    return things


def add_drill(house: House) -> None:
    """A second project whose limits are seconds."""
    now = database_now()
    version = import_standard(
        actor=house.actor("admin"),
        now=now,
        text=(PRESETS / "drill.yaml").read_text(),
        in_force_from=now - timedelta(days=1),
    )
    Project.objects.create(
        client=house.client_org,
        name="Drill",
        contract_number="DRILL-1",
        department=house.department,
        engineer=house.people["engineer"],
        standard=version.standard,
    )


def work(house: House) -> None:
    """Tickets in several states, the first with a conversation."""
    now = database_now()
    first = _file(house, "Screen of the control room stays black", now, minutes=90)
    engineer = {"actor": house.actor("engineer"), "ticket": first}
    at = now - timedelta(minutes=80)
    services.assign(
        actor=house.actor("agent"), now=at, ticket=first, assignee=house.engineer
    )
    services.answer(
        **engineer, now=at + timedelta(minutes=5), body="We come and look at it."
    )
    services.decide_visit(**engineer, now=at + timedelta(minutes=6), needed=True)
    services.depart(**engineer, now=at + timedelta(minutes=10))
    services.arrive(**engineer, now=at + timedelta(minutes=40))
    late = _file(house, "No data from the second pump", now, minutes=100, severity=3)
    services.assign(
        actor=house.actor("agent"),
        now=now - timedelta(minutes=99),
        ticket=late,
        assignee=house.engineer,
    )
    done = _file(house, "Two accounts, please", now, minutes=60, severity=1)
    services.answer(
        actor=house.actor("agent"), now=now, ticket=done, body="They are ready."
    )
    services.resolve(actor=house.actor("agent"), now=now, ticket=done, body="Done.")


def _file(
    house: House, title: str, now: Any, *, minutes: int, severity: int = 2
) -> Any:
    return services.file_ticket(
        actor=house.actor("client"),
        now=now - timedelta(minutes=minutes),
        client=house.client_org,
        project=house.project,
        equipment=house.equipment,
        title=title,
        symptom="Since this morning, after the power cut.",
        severity=severity,
        requester=house.people["client"],
    )


def send_out(house: House) -> None:
    """Jobs of people on site: one of each for who is looked over the shoulder."""
    now = database_now()
    Checklist.objects.create(
        name="Camera",
        category="Camera",
        items=[{"text": "Badge", "required": True}, {"text": "Spare camera"}],
    )
    for name, purpose in JOBS:
        ticket = _file(house, purpose, now, minutes=50, severity=3)
        dispatch(
            actor=house.actor("agent"),
            now=now - timedelta(minutes=45),
            ticket=ticket,
            purpose=purpose,
            engineer=house.people[name],
            start=now + timedelta(minutes=20),
            end=now + timedelta(minutes=140),
        )


if __name__ == "__main__":
    print(json.dumps(found()))
