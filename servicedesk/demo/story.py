"""Ninety days of work, replayed through the services at the times it happened."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from clients.models import Equipment, Project
from people.models import Membership
from servicedesk.demo.found import Stage
from tickets import services
from tickets.engine import working_on
from tickets.models import Ticket, WorkOrder
from tickets.services import work

DAYS = 90
SEED = 20261123


class Story:
    """One company's past, seeded: the same every time."""

    def __init__(self, stage: Stage, *, now: datetime) -> None:
        self.stage = stage
        self.now = now
        self.random = random.Random(SEED)  # noqa: S311 -- a story, not a secret

    def tell(self, count: int) -> None:
        """Tell ``count`` tickets, most of them done, the newest still open."""
        for index in range(count):
            age = timedelta(days=DAYS) * (1 - (index + 1) / count) ** 1.4
            at = self.now - age - timedelta(minutes=self.random.randint(3, 50))
            self._one(at)

    def _one(self, at: datetime) -> None:
        projects = [p for p in self.stage.projects if "DRILL" not in p.contract_number]
        project = self.random.choice(projects)
        ticket = self._file(project, at)
        pace = self.random.choices([0.25, 0.6, 0.9, 1.4], weights=[5, 4, 3, 1])[0]
        self._work(ticket, at, pace)

    def tell_today(self, count: int) -> None:
        """The last hours: work that is still open, in every state."""
        for index in range(count):
            at = self.now - timedelta(minutes=5 + 17 * index)
            projects = [
                p for p in self.stage.projects if "DRILL" not in p.contract_number
            ]
            ticket = self._file(self.random.choice(projects), at)
            self._work(ticket, at, pace=self.random.choice([1.1, 2.0, 4.0]))

    def _file(self, project: Project, at: datetime) -> Ticket:
        title, symptom, effect = self.random.choice(self.stage.company.faults)
        caller = self._caller(project)
        devices = list(Equipment.objects.filter(project=project))
        return services.file_ticket(
            actor=self.stage.actor(caller or "agent"),
            now=at,
            client=project.client,
            project=project,
            equipment=self.random.choice(devices) if devices else None,
            title=title,
            symptom=symptom,
            effect=effect,
            severity=self.random.choices([1, 2, 3], weights=[6, 3, 1])[0],
            channel="web" if caller else "phone",
            requester=self.stage.people[caller] if caller else None,
            contact=self.stage.contacts.get(caller) if caller else None,
        )

    def _caller(self, project: Project) -> str:
        keys = [
            key
            for key, contact in self.stage.contacts.items()
            if contact.client_id == project.client_id
        ]
        return self.random.choice(keys) if keys else ""

    def _engineer(self, ticket: Ticket) -> tuple[str, Membership]:
        engineer = ticket.project.engineer if ticket.project else None
        for key, member in self.stage.people.items():
            if engineer is not None and member.pk == engineer.pk:
                return key, member
        return "engineer", self.stage.people["engineer"]

    def _work(self, ticket: Ticket, at: datetime, pace: float) -> None:
        """Answer, go there, solve: as far as that lies in the past."""
        key, engineer = self._engineer(ticket)
        hours = {1: 8.0, 2: 4.0, 3: 2.0}[ticket.severity] * pace
        steps: list[tuple[float, Callable[[datetime], object]]] = [
            (
                0.08,
                lambda now: services.assign(
                    actor=self.stage.actor("agent"),
                    now=now,
                    ticket=ticket,
                    assignee=engineer,
                ),
            ),
            (
                0.2,
                lambda now: services.answer(
                    actor=self.stage.actor(key),
                    now=now,
                    ticket=ticket,
                    body=self._plan(),
                ),
            ),
            (
                0.25,
                lambda now: services.decide_visit(
                    actor=self.stage.actor(key),
                    now=now,
                    ticket=ticket,
                    needed=ticket.pk % 2 == 0,
                ),
            ),
            (0.4, lambda now: self._go(ticket, key, now)),
            (1.0, lambda now: self._solve(ticket, key, now)),
            (1.6, lambda now: self._confirm(ticket, now)),
        ]
        for share, step in steps:
            now = at + timedelta(hours=hours * share)
            if now >= self.now:
                break
            self._wake(ticket, now)
            step(now)
        self._wake(ticket, self.now)

    def _wake(self, ticket: Ticket, until: datetime) -> None:
        """Let everything that was due by then fire, at its time."""
        with working_on([ticket.pk], now=until):
            pass
        ticket.refresh_from_db()

    def _go(self, ticket: Ticket, key: str, now: datetime) -> None:
        """Somebody is sent, leaves and arrives, if a visit is needed."""
        if ticket.visit != Ticket.Visit.NEEDED:
            return
        order = work.dispatch(
            actor=self.stage.actor("agent"),
            now=now,
            ticket=ticket,
            purpose=ticket.title,
            engineer=self.stage.people[key],
            start=now,
            end=now + timedelta(hours=2),
        )
        actor = self.stage.actor(key)
        work.accept_work(actor=actor, now=now, order=order)
        for item in range(len(order.checklist)):
            work.check_off(actor=actor, now=now, order=order, item=item, done=True)
        work.depart_for_work(actor=actor, now=now, order=order)
        arrival = now + timedelta(minutes=25)
        if arrival < self.now:
            work.arrive_for_work(actor=actor, now=arrival, order=order)

    def _solve(self, ticket: Ticket, key: str, now: datetime) -> None:
        """Done: on site with a work order to be signed, or from the desk."""
        actor = self.stage.actor(key)
        order = ticket.work_orders.open().first()
        began = order.arrived_at if order else None
        if order is None or not order.is_at_work or began is None or began >= now:
            services.resolve(actor=actor, now=now, ticket=ticket, body=self._done())
            return
        work.add_time(actor=actor, now=now, order=order, start=began, end=now)
        work.finish_work(
            actor=actor, now=now, order=order, outcome="solved", done=self._done()
        )

    def _confirm(self, ticket: Ticket, now: datetime) -> None:
        """The customer signs for a visit, or confirms on the page."""
        requester = ticket.requester_id
        found = [
            (key, contact)
            for key, contact in self.stage.contacts.items()
            if requester is not None and contact.membership_id == requester
        ]
        order = ticket.work_orders.filter(state=WorkOrder.State.FINISHED).first()
        for key, contact in found[:1]:
            if order is None:
                services.confirm(actor=self.stage.actor(key), now=now, ticket=ticket)
            else:
                self._sign(order, contact.name, now)

    def _sign(self, order: WorkOrder, name: str, now: datetime) -> None:
        actor = self.stage.actor("engineer")
        sheet = work.shown_sheet(order, actor=actor, now=now)
        on_paper = order.pk % 4 == 0
        work.sign_work(
            actor=actor,
            now=now,
            order=order,
            sha256=sheet.sha256,
            image=self._scan() if on_paper else self._squiggle(),
            hand=work.Hand(name=name, signed_at=now),
            how="paper" if on_paper else "drawn",
        )
        work.rate_work(
            actor=actor, now=now, order=order, rating=self.random.choice([4, 5, 5])
        )

    def _scan(self) -> bytes:
        """Something like the scan of a signed sheet."""
        page = Image.new("RGB", (620, 877), "#f6f5f1")
        pen = ImageDraw.Draw(page)
        for line in range(18):
            right = 560 if line % 5 else 320
            pen.rectangle((60, 90 + 30 * line, right, 96 + 30 * line), fill="#8f959d")
        pen.line((60, 780, 380, 780), fill="#1d273b", width=2)
        hand = Image.open(BytesIO(self._squiggle())).resize((300, 100))
        page.paste(hand, (70, 690), hand)
        data = BytesIO()
        page.save(data, "JPEG", quality=80)
        return data.getvalue()

    def _squiggle(self) -> bytes:
        """Something like a signature."""
        image = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
        points = [
            (40 + 26 * step, 100 + self.random.randint(-60, 60)) for step in range(20)
        ]
        ImageDraw.Draw(image).line(
            points, fill=(16, 24, 40, 255), width=5, joint="curve"
        )
        data = BytesIO()
        image.save(data, "PNG")
        return data.getvalue()

    def _plan(self) -> str:
        if self.stage.company.language == "en":
            return "We check it remotely first; if that does not help, an engineer comes today."
        return "您好，我们先远程检查；如仍未恢复，今天安排工程师上门处理。"

    def _done(self) -> str:
        if self.stage.company.language == "en":
            return "The cable was replaced and the picture is back. Please confirm."
        return "已更换故障线缆并测试正常，请确认。"
