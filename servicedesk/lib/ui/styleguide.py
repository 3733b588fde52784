"""Every component in every state, on one page; only where DEBUG is on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from servicedesk.lib.forms import sensible_day
from servicedesk.lib.ui.choices import SeverityChoice
from servicedesk.lib.ui.clock import ClockView, Excluded
from servicedesk.lib.ui.forms import FilesField

H = timedelta(hours=1)
M = timedelta(minutes=1)


class SampleForm(forms.Form):
    """A form with every kind of field."""

    more = ("phone", "colour")

    title = forms.CharField(
        label="标题 Title", max_length=100, help_text="一句话说清楚 In one sentence."
    )
    mail = forms.EmailField(label="邮箱 E-mail")
    project = forms.ChoiceField(
        label="项目 Project",
        choices=[("", "—"), ("1", "市民中心自助终端"), ("2", "ERP 三期")],
    )
    text = forms.CharField(
        label="现象 Symptom", widget=forms.Textarea(attrs={"rows": 4}), max_length=200
    )
    severity = forms.ChoiceField(
        label="紧急程度 Severity", choices=[("1", "1"), ("2", "2"), ("3", "3")]
    )
    visit = forms.ChoiceField(
        label="上门 Visit",
        choices=[("y", "需要 Needed"), ("n", "不需要 Not needed")],
        widget=forms.RadioSelect,
    )
    happened = forms.DateTimeField(
        label="发生时间 When",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        validators=[sensible_day],
    )
    secret = forms.CharField(label="密码 Password", widget=forms.PasswordInput)
    tell = forms.BooleanField(label="通知同事 Tell colleagues", required=False)
    attached = FilesField(
        label="附件 Files", required=False, max_size=2_000_000, max_files=5
    )
    phone = forms.CharField(label="电话 Phone", required=False)
    colour = forms.MultipleChoiceField(
        label="渠道 Channels",
        choices=[("web", "Web"), ("mail", "E-mail")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class SampleFilter(forms.Form):
    """A filter bar."""

    q = forms.CharField(
        label="查找 Find",
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label="状态 State",
        required=False,
        choices=[("", "全部 All"), ("new", "新建 New")],
    )
    tier = forms.ChoiceField(
        label="等级 Tier", required=False, choices=[("", "全部 All")]
    )


def page(request: HttpRequest) -> HttpResponse:
    """The style guide; ``?wall=1`` shows the wall."""
    now = getattr(request, "now", None) or timezone.now()
    template = "styleguide_wall.html" if "wall" in request.GET else "styleguide.html"
    return render(request, template, sample(now))


page.permission = "public"  # type: ignore[attr-defined]


def sample(now: datetime) -> dict[str, Any]:
    """Data for every component."""
    clocks = sample_clocks(now)
    wrong = SampleForm(
        {"title": "", "mail": "x", "text": "打印机卡纸" * 34}, auto_id="wrong_%s"
    )
    return {
        "now": now,
        "clocks": clocks,
        "form": SampleForm(),
        "wrong": wrong,
        "filter": SampleFilter({"state": "new"}, auto_id="filter_%s"),
        "dialog_form": SampleForm(auto_id="dialog_%s"),
        "choices": sample_choices(),
        "rows": sample_rows(now, clocks),
        "views": sample_views(),
        "long": timedelta(days=2, hours=3),
    }


def sample_clocks(now: datetime) -> list[ClockView]:
    """One clock per state."""
    why = _(
        "Due 16:00 tomorrow: 8 h from 09:00, not counting 23 h waiting for the visit."
    )
    part = Excluded(now - 20 * H, now - 2 * H, "等待预约 Waiting for the appointment")
    labels = {
        "first": "响应 First response",
        "arrival": "到场 Arrival",
        "done": "完成 Resolution",
    }
    return [
        ClockView(label=labels["first"], state="running", started_at=now - 30 * M,
                  due_at=now + 90 * M, warn_at=now + 60 * M, limit=2 * H, explanation=why),
        ClockView(label=labels["arrival"], state="running", started_at=now - 110 * M,
                  due_at=now + 9 * M + timedelta(seconds=40), warn_at=now - 20 * M,
                  limit=2 * H, explanation=why, excluded=[part], note="王工已出发 on the way"),
        ClockView(label=labels["done"], state="paused", started_at=now - 5 * H,
                  due_at=now + 20 * H, limit=8 * H, used=2 * H, note="等待预约 appointment",
                  explanation=why, excluded=[part]),
        ClockView(label=labels["first"], state="met", started_at=now - 5 * H,
                  due_at=now - 3 * H, finished_at=now - 3 * H - 30 * M, limit=2 * H),
        ClockView(label=labels["done"], state="missed", started_at=now - 9 * H,
                  due_at=now - 80 * M, limit=8 * H, explanation=why,
                  trail=["09:40 → 09:10, 李经理: 电话记录 phone record"]),
        ClockView(label=labels["done"], state="missed", started_at=now - 30 * H,
                  due_at=now - 22 * H, finished_at=now - 20 * H, limit=8 * H),
        ClockView(label=labels["arrival"], state="pending", note="出发后开始 after dispatch"),
        ClockView(label=labels["done"], state="running", started_at=now, due_at=now + 80 * H,
                  warn_at=now + 60 * H, limit=16 * H, used=M, as_of=now, provisional=True,
                  explanation=why),
        ClockView(label=labels["done"], state="superseded", limit=8 * H),
        ClockView(label=labels["arrival"], state="cancelled", limit=2 * H),
    ]  # fmt: skip


def sample_choices() -> list[SeverityChoice]:
    """The three cards."""
    return [
        SeverityChoice(
            value="1", name="一般", means="偶尔发生，工作照常 Now and then; work goes on",
            example="一台打印机偶尔卡纸", promise=["2 小时内响应", "8 小时内完成"],
        ),
        SeverityChoice(
            value="2", name="严重", means="经常发生，业务受影响 Often; work suffers",
            example="报表打不开，月底结账受阻", promise=["1 小时内响应", "4 小时内完成"],
        ),
        SeverityChoice(
            value="3", name="紧急", means="系统停了，业务中断 Down; work has stopped",
            example="窗口全部无法办理", promise=["10 分钟内响应", "到场后 2 小时内完成"],
        ),
    ]  # fmt: skip


def sample_rows(now: datetime, clocks: list[ClockView]) -> list[dict[str, Any]]:
    """Rows of a queue."""
    titles = [
        "三号窗口自助终端触摸屏不准，客户无法取号",
        "ERP month-end report does not open for anybody in the finance department",
        "机房空调报警",
        "打印头更换",
    ]
    states = ["new", "in_progress", "waiting", "resolved"]
    return [
        {
            "pk": index + 1,
            "number": f"ZD-2026-{123 + index:06d}",
            "title": titles[index],
            "client": "云州市市民中心",
            "severity": 3 - index % 3,
            "state": states[index],
            "wait": "customer" if states[index] == "waiting" else "",
            "assignee": ["王小明", "", "Ann Lee", "李雷"][index],
            "received_at": now - (index * 7 + 1) * H,
            "clock": clocks[[4, 1, 2, 3][index]],
        }
        for index in (0, 1, 2, 3)
    ]


def sample_views() -> list[dict[str, Any]]:
    """Tabs of saved views."""
    return [
        {"url": "?", "label": "我的 Mine", "active": True, "count": 12},
        {"url": "?v=2", "label": "未派工 Unassigned", "count": 3, "tone": "warn"},
        {"url": "?v=3", "label": "超时 Missed", "count": 1, "tone": "bad"},
        {"url": "?v=4", "label": "全部 All", "count": 1204, "icon": "list"},
    ]
