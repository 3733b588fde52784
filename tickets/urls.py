"""Addresses of the ticket pages, under tickets/."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from tickets.views import (
    board,
    detail,
    files,
    filing,
    flow,
    incident,
    offer,
    queue,
    scans,
    tools,
    work,
)


class NumberConverter:
    """A ticket's number, such as ZD-2026-000123."""

    regex = r"[A-Z]{1,6}-[0-9]{4}-[0-9]{1,12}"

    def to_python(self, value: str) -> str:
        """As it is stored."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands in an address."""
        return value


register_converter(NumberConverter, "ticket")

app_name = "tickets"
urlpatterns: list[URLPattern] = [
    path("", queue.queue, name="queue"),
    path("marks", queue.queue_marks, name="queue_marks"),
    path("filters", queue.queue_filters, name="queue_filters"),
    path("mine", queue.mine, name="mine"),
    path("mine/marks", queue.mine_marks, name="mine_marks"),
    path("search", queue.find_tickets, name="search"),
    path("export.<slug:format>", queue.export, name="export"),
    path("new", filing.file, name="file"),
    path("new/options", filing.file_options, name="file_options"),
    path("call", filing.file_behalf, name="file_behalf"),
    path("call/options", filing.behalf_options, name="behalf_options"),
    path("bulk", tools.bulk, name="bulk"),
    path("hand-over", tools.hand_over, name="hand_over"),
    path("hand-over/list", tools.hand_over_list, name="hand_over_list"),
    path("replies", tools.canned_replies, name="canned_replies"),
    path("replies/pick", tools.pick_reply, name="pick_reply"),
    path("replies/new", tools.canned_reply, name="canned_reply_new"),
    path("replies/<int:pk>", tools.canned_reply, name="canned_reply"),
    path(
        "replies/<int:pk>/switch", tools.canned_reply_switch, name="canned_reply_switch"
    ),
    path("views", tools.views, name="views"),
    path("views/<int:pk>/delete", tools.view_delete, name="view_delete"),
    path("offer/<str:secret>", offer.offer, name="offer"),
    path("board", board.board, name="board"),
    path("scans", scans.scans, name="scans"),
    path("checklists", work.checklists, name="checklists"),
    path("checklists/new", work.checklist, name="checklist_new"),
    path("checklists/<int:pk>", work.checklist, name="checklist"),
    path("flow", flow.flow, name="flow"),
    path("flow/adapt", flow.flow_publish, name="flow_publish"),
    path("flow/compare", flow.flow_compare, name="flow_compare"),
    path("flow/v<int:version>", flow.flow, name="flow_version"),
    path("flow/v<int:version>/file", flow.flow_download, name="flow_download"),
    path("files/<int:pk>", files.attachment, name="attachment"),
    path("files/<int:pk>/preview", files.preview, name="preview"),
    path("<ticket:number>", detail.detail, name="detail"),
    path("<ticket:number>/live", detail.live, name="live"),
    path("<ticket:number>/earlier", detail.earlier, name="earlier"),
    path("<ticket:number>/clocks/<int:pk>", detail.clock, name="clock"),
    path("<ticket:number>/incident", incident.incident, name="incident"),
    path(
        "<ticket:number>/incident/<slug:verb>",
        incident.incident_act,
        name="incident_act",
    ),
    path("<ticket:number>/work", work.panel, name="work_panel"),
    path("<ticket:number>/work/new", work.dispatch, name="work_dispatch"),
    path("<ticket:number>/work/<int:ordinal>", work.work_order, name="work_order"),
    path(
        "<ticket:number>/work/<int:ordinal>/checked",
        work.check_off,
        name="work_checked",
    ),
    path(
        "<ticket:number>/work/<int:ordinal>/<slug:what>/<int:pk>/take-back",
        work.take_back,
        name="work_take_back",
    ),
    path(
        "<ticket:number>/work/<int:ordinal>/<slug:verb>", work.work_act, name="work_act"
    ),
    path("<ticket:number>/<slug:verb>", detail.act, name="act"),
]
