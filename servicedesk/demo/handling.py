"""Faults that are being handled step by step, in every kind of fault, for the demo."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from servicedesk.demo.found import Stage
from tickets import services
from tickets.models import Ticket
from tickets.models.ticket import WORKING_STATES

Words = tuple[str, str]  # Chinese, English
#: A step: its key, the answer, what is recorded.
Step = tuple[str, str, Mapping[str, Words | timedelta]]

COLLECT: Step = (
    "collect",
    "done",
    {
        "symptom": (
            "画面时断时续，每小时出现两三次",
            "The picture comes and goes, two or three times an hour",
        ),
        "changed": ("昨晚机房断过电", "There was a power cut last night"),
    },
)
SOFTWARE: tuple[Step, ...] = (
    COLLECT,
    ("classify", "software", {}),
    (
        "software",
        "done",
        {
            "analysis": (
                "转发服务内存占满后自行重启",
                "The relay service runs out of memory and restarts",
            ),
            "proposal": (
                "升级到 4.2.1，并调整缓存上限",
                "Upgrade to 4.2.1 and limit its cache",
            ),
        },
    ),
)
THIRD_PARTY: tuple[Step, ...] = (
    COLLECT,
    ("classify", "third_party", {}),
    (
        "third_party",
        "done",
        {
            "vendor": ("华澜数据", "Halden Data"),
            "reference": ("HL-20931", "HD-20931"),
            "promised": timedelta(hours=5),
            "plan": (
                "对方下午远程更新驱动，我方现场配合",
                "They update the driver this afternoon, we assist on site",
            ),
        },
    ),
)
OPERATION: tuple[Step, ...] = (
    COLLECT,
    ("classify", "operation", {}),
    (
        "operation",
        "done",
        {
            "advice": (
                "切换画面前先退出回放模式",
                "Leave the playback mode before changing the picture",
            ),
            "advised": ("值班员", "The shift lead"),
        },
    ),
)
LINE: tuple[Step, ...] = (
    COLLECT,
    ("classify", "software", {}),
    (
        "back",
        "",
        {
            "reason": (
                "抓包后确认是链路丢包",
                "A trace shows that packets are lost on the line",
            )
        },
    ),
    ("classify", "line", {}),
    (
        "line",
        "done",
        {
            "coordinated_with": ("电信客户经理", "The carrier's duty manager"),
            "agreed": (
                "两小时内换接备用链路",
                "They switch to the spare line within two hours",
            ),
        },
    ),
)
ON_SITE: tuple[Step, ...] = (
    COLLECT,
    ("classify", "configuration", {}),
    (
        "configuration",
        "done",
        {
            "checked": ("交换机端口与摄像机地址", "Switch ports and camera addresses"),
            "recovery_plan": (
                "恢复上周备份的配置",
                "Restore last week's configuration",
            ),
        },
    ),
    ("solved", "no", {}),
    (
        "plan",
        "done",
        {
            "plan": ("现场更换接入交换机", "Replace the access switch on site"),
            "engineer": ("现场工程师", "Field engineer"),
        },
    ),
)
SECOND_LINE: tuple[Step, ...] = (
    *ON_SITE,
    (
        "on_site",
        "cannot",
        {
            "done": (
                "更换交换机后仍有三路无画面",
                "Three cameras stay dark with the new switch",
            )
        },
    ),
)
SECOND_ROUND: tuple[Step, ...] = (
    *ON_SITE,
    (
        "on_site",
        "no",
        {"done": ("更换了交换机，两路恢复", "Replaced the switch, two are back")},
    ),
    (
        "adjust",
        "done",
        {
            "feedback": (
                "其余几路仍每小时掉线一次",
                "The others still drop once an hour",
            ),
            "plan": ("逐段测试光纤链路", "Test the fibre section by section"),
        },
    ),
)
HARDWARE: tuple[Step, ...] = (
    COLLECT,
    ("classify", "hardware", {}),
    (
        "hardware",
        "replace",
        {
            "model": ("DS-2CD3T46", "PX-40"),
            "serial_number": ("SN20250417001", "PX40-7781"),
            "fault": (
                "上电后红外灯不亮，无图像",
                "No infrared light after power-on, no picture",
            ),
        },
    ),
    ("spare", "order", {}),
    (
        "order",
        "done",
        {
            "manufacturer": ("原厂备件中心", "The manufacturer's parts centre"),
            "promised": timedelta(days=2),
        },
    ),
)
STORIES = (
    SECOND_ROUND,
    THIRD_PARTY,
    OPERATION,
    SECOND_LINE,
    HARDWARE,
    LINE,
    SOFTWARE,
)


def handle_faults(stage: Stage, *, now: datetime) -> None:
    """Let the newest open faults be handled, each by another story."""
    _call_each_other(stage)
    faults = Ticket.objects.filter(
        kind=Ticket.Kind.FAULT, state__in=WORKING_STATES, assignee__isnull=False
    ).exclude(project=None)
    for ticket, story in zip(faults.order_by("-received_at"), STORIES, strict=False):
        _handle(stage, ticket, story, now=now)


def _call_each_other(stage: Stage) -> None:
    """The last department is the second line of the others, where there are several."""
    departments = list(stage.departments.values())
    for department in departments[:-1]:
        department.second_line = departments[-1]
        department.save()


def _handle(
    stage: Stage, ticket: Ticket, story: tuple[Step, ...], *, now: datetime
) -> None:
    keys = {member.pk: key for key, member in stage.people.items()}
    actor = stage.actor(keys[ticket.assignee_id or 0])
    common: dict[str, Any] = {"actor": actor, "ticket": ticket}
    english = stage.company.language == "en"
    last = ticket.events.latest("recorded_at").recorded_at
    pace = (now - last) / (len(story) + 1)
    for count, (step, answer, record) in enumerate(story, 1):
        at = last + pace * count
        fields = {
            key: _value(value, at, english=english) for key, value in record.items()
        }
        if step == "back":
            wrong = ticket.events.filter(kind="flow_step").latest("seq")
            services.go_back(now=at, to=wrong.seq, reason=fields["reason"], **common)
            continue
        services.record_step(
            now=at,
            step=step,
            answer=answer,
            fields=fields,
            files=_files(answer),
            **common,
        )


def _files(answer: str) -> list[Any]:
    """What can't be solved needs a picture."""
    return [screenshot()] if answer == "cannot" else []


def _value(value: Words | timedelta, at: datetime, *, english: bool) -> Any:
    if isinstance(value, timedelta):
        return at + value
    return value[1] if english else value[0]


def screenshot() -> SimpleUploadedFile:
    """A picture of a wall of screens of which some are dark."""
    image = Image.new("RGB", (640, 360), "#22303f")
    pen = ImageDraw.Draw(image)
    for number in range(9):
        x, y = 20 + number % 3 * 205, 16 + number // 3 * 112
        fill = "#0c0f13" if number in {2, 4, 7} else "#5f86a8"
        pen.rectangle((x, y, x + 190, y + 100), fill=fill, outline="#9fb6c9")
    out = io.BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile("wall.png", out.getvalue(), "image/png")
