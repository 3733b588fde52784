"""A day of an engineer on site: jobs with a place, a person to call and a device."""

from __future__ import annotations

from datetime import datetime, timedelta

from clients.models import Equipment, Project
from servicedesk.demo.found import Stage
from tickets import services
from tickets.services import work

#: Hours from now at which a job begins, how long it takes, how severe it is.
JOBS = ((0.5, 1.5, 2), (3.0, 2.0, 1), (5.5, 1.0, 1))
ENGINEER = "engineer"


def give_a_day(stage: Stage, *, now: datetime) -> None:
    """Send the engineer to the sites of their projects: one job is accepted already."""
    projects = Project.objects.filter(engineer=stage.people[ENGINEER])
    usual = [
        one for one in projects.order_by("pk") if "DRILL" not in one.contract_number
    ]
    devices = Equipment.objects.filter(project__in=usual).order_by("pk")
    for place, (device, plan) in enumerate(zip(devices, JOBS, strict=False)):
        title, symptom, effect = stage.company.faults[place % len(stage.company.faults)]
        start, hours, severity = plan
        contact = next(
            (c for c in stage.contacts.values() if c.client_id == device.client_id),
            None,
        )
        filed = now - timedelta(minutes=25 - 3 * place)
        ticket = services.file_ticket(
            actor=stage.actor("agent"),
            now=filed,
            client=device.client,
            project=device.project,
            site=device.site,
            equipment=device,
            title=title,
            symptom=symptom,
            effect=effect,
            severity=severity,
            channel="phone",
            contact=contact,
        )
        begins = now + timedelta(hours=start)
        order = work.dispatch(
            actor=stage.actor("agent"),
            now=filed + timedelta(minutes=2),
            ticket=ticket,
            purpose=title,
            engineer=stage.people[ENGINEER],
            start=begins,
            end=begins + timedelta(hours=hours),
        )
        if place == 0:
            at = filed + timedelta(minutes=4)
            work.accept_work(actor=stage.actor(ENGINEER), now=at, order=order)
