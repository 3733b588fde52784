"""What is handed over, for the demo: a logo, incident reports, a sheet to be signed."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from PIL import Image, ImageDraw

from documents.models import Signature
from documents.services import Wanted, queue_documents
from people.services import change_logo
from servicedesk.demo.found import Stage
from tickets.kinds import PaperName
from tickets.models import Ticket, WorkOrder
from tickets.models.ticket import State
from tickets.services import incident, work
from tickets.sheets import SUBJECT

ZH = {
    "course": "值班员报告异常后 7 分钟，远程确认主控设备无响应；工程师到场更换电源模块，35 分钟后恢复。",
    "impact": "中断 35 分钟，期间改用备用设备，未影响对外服务。",
    "cause": "主控柜电源模块电容老化，高温下输出电压跌落。",
    "measures": "更换电源模块并连续观察两小时；同批次另外两块模块一并更换。",
    "prevention": "将电源模块列入季度巡检，柜内加装温度告警。",
}
EN = {
    "course": "Seven minutes after the shift lead's report it was clear that the controller did not"
    " answer; an engineer came, changed the power module, and after 35 minutes all was back.",
    "impact": "It was down for 35 minutes; spare units were used meanwhile.",
    "cause": "A capacitor of the power module had aged; in the heat its voltage dropped.",
    "measures": "The module was changed and watched for two hours; two more of its batch were changed.",
    "prevention": "Power modules are checked every quarter, and the cabinet reports its temperature.",
}


def hand_over(stage: Stage, *, now: datetime) -> None:
    """A logo, two incident reports (one confirmed), signed work orders, a sheet to be signed."""
    change_logo(actor=stage.actor("admin"), now=now, image=mark(stage.company.accent))
    done = Ticket.objects.filter(state=State.CLOSED).filter(
        requester__isnull=False, assignee__isnull=False
    )
    for count, ticket in enumerate(done.order_by("-severity", "-received_at")[:2]):
        _report(stage, ticket, now=now, confirmed=not count)
    _print_signed(stage, now=now)
    _print_sheet(stage, now=now)


def _print_signed(stage: Stage, *, now: datetime) -> None:
    """The newest work order that was signed on glass, and the newest on paper."""
    signed = Signature.objects.filter(sheet__subject_kind=SUBJECT).order_by("pk")
    newest = {one.how: one.sheet.subject_id for one in signed.select_related("sheet")}
    language = stage.company.language
    queue_documents(
        [Wanted(PaperName.WORK_ORDER, pk, language) for pk in newest.values()], now=now
    )


def _report(stage: Stage, ticket: Ticket, *, now: datetime, confirmed: bool) -> None:
    keys = {member.pk: key for key, member in stage.people.items()}
    engineer = stage.actor(keys[ticket.assignee_id or 0])
    began = ticket.received_at
    incident.write_incident(
        actor=engineer,
        now=now,
        ticket=ticket,
        began_at=began,
        ended_at=min(began + timedelta(minutes=35), now),
        **(EN if stage.company.language == "en" else ZH),
    )
    report = incident.submit_incident(actor=engineer, now=now, ticket=ticket)
    if confirmed and report.sheet is not None:
        incident.confirm_incident(
            actor=stage.actor(keys[ticket.requester_id or 0]),
            now=now,
            ticket=ticket,
            sha256=report.sheet.sha256,
        )


def _print_sheet(stage: Stage, *, now: datetime) -> None:
    """Of a work order that waits for its customer; one is finished where none does."""
    waiting = WorkOrder.objects.filter(state=WorkOrder.State.FINISHED).first()
    if waiting is None:
        waiting = WorkOrder.objects.filter(state=WorkOrder.State.ARRIVED).first()
        if waiting is None:
            return
        work.finish_work(
            actor=stage.actor("engineer"),
            now=now,
            order=waiting,
            outcome="not_solved",
            done="The power module was changed."
            if stage.company.language == "en"
            else "已更换电源模块。",
        )
    wanted = Wanted(PaperName.SHEET, waiting.pk, stage.company.language)
    queue_documents([wanted], now=now)


def mark(accent: str) -> bytes:
    """A made-up logo in the company's colour, on transparent ground."""
    image = Image.new("RGBA", (480, 480), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((20, 20, 460, 460), 110, fill=accent)
    pen.arc((110, 110, 370, 370), 200, 70, fill="white", width=46)
    pen.ellipse((205, 205, 275, 275), fill="white")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
