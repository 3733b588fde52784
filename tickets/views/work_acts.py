"""The buttons of a work order as data: words, form, service."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.lib.errors import ServiceError
from tickets.forms import work as forms
from tickets.services import work

Call = Callable[[forms.WorkForm, dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class WorkAct:
    """One verb: the word on its button, its form, its service, what is said afterwards."""

    label: Any
    icon: str
    form: type[forms.WorkForm]
    call: Call
    done: Any
    tone: str = "primary"
    lead: Any = ""


def _service(verb: Callable[..., object], **renames: str) -> Call:
    """The plain case: the form's values are the service's arguments."""

    def call(form: forms.WorkForm, common: dict[str, Any]) -> object:
        values = {renames.get(name, name): v for name, v in form.values().items()}
        return verb(**common, **values)

    return call


def _decide(form: forms.WorkForm, common: dict[str, Any]) -> object:
    values = form.values()
    return work.decide_extra(**common, **values)


def _hand(form: forms.WorkForm) -> work.Hand:
    return work.Hand(name=form.cleaned_data["name"], signed_at=form.now)


def _sign(form: forms.WorkForm, common: dict[str, Any]) -> object:
    values = form.cleaned_data
    return work.sign_work(
        **common,
        sha256=values["sha256"],
        image=_drawn(values["image"]),
        hand=_hand(form),
    )


def _drawn(text: str) -> bytes:
    """The bytes of a drawing, sent as a data address. Raises for anything else."""
    head, _comma, body = text.partition(",")
    try:
        if head != "data:image/png;base64":
            raise ValueError(head)
        return base64.b64decode(body, validate=True)
    except (ValueError, binascii.Error):
        raise ServiceError(
            "not_a_picture", _("Nothing is drawn yet."), field="image"
        ) from None


def _refuse(form: forms.WorkForm, common: dict[str, Any]) -> object:
    return work.refuse_work(
        **common,
        reason=form.cleaned_data["reason"],
        hand=_hand(form),
        version=form.cleaned_data["version"],
    )


WORK_ACTS: dict[str, WorkAct] = {
    "accept": WorkAct(
        pgettext_lazy("work", "Accept"),
        "checks",
        forms.TimedForm,
        _service(work.accept_work),
        _("Accepted."),
    ),
    "decline": WorkAct(
        pgettext_lazy("work", "I can't do it"),
        "x",
        forms.ReasonForm,
        _service(work.decline_work),
        _("It is back on the board."),
        tone="danger",
    ),
    "depart": WorkAct(
        _("I am leaving"),
        "truck",
        forms.DepartForm,
        _service(work.depart_for_work),
        _("Departed."),
    ),
    "arrive": WorkAct(
        _("I have arrived"),
        "map-pin",
        forms.ArriveForm,
        _service(work.arrive_for_work),
        _("Arrived."),
    ),
    "begin": WorkAct(
        pgettext_lazy("work", "I begin"),
        "player-play",
        forms.TimedForm,
        _service(work.begin_work),
        _("Begun."),
    ),
    "record": WorkAct(
        pgettext_lazy("work", "Write it down"),
        "edit",
        forms.RecordForm,
        _service(work.record_work),
        _("Written down."),
    ),
    "part": WorkAct(
        _("Add a part"),
        "plus",
        forms.PartForm,
        _service(work.add_part),
        _("Added."),
    ),
    "time": WorkAct(
        _("Add hours"),
        "clock",
        forms.TimeForm,
        _service(work.add_time),
        _("Added."),
    ),
    "photos": WorkAct(
        _("Add photos"),
        "photo",
        forms.PhotosForm,
        _service(work.add_photos),
        _("Added."),
    ),
    "extra": WorkAct(
        _("Ask for extra work"),
        "plus",
        forms.ExtraForm,
        _service(work.ask_extra),
        _("The customer is asked first."),
        lead=_("It may be done only once the customer has authorised it at its price."),
    ),
    "decide": WorkAct(
        _("The customer's word"),
        "checks",
        forms.DecideForm,
        _decide,
        _("Recorded."),
    ),
    "extra_done": WorkAct(
        _("Extra work is done"),
        "circle-check",
        forms.ExtraDoneForm,
        _service(work.do_extra),
        _("Recorded."),
    ),
    "finish": WorkAct(
        pgettext_lazy("work", "Finished"),
        "circle-check",
        forms.FinishForm,
        _service(work.finish_work),
        _("Finished. Let the customer read and sign."),
        tone="success",
    ),
    "sign": WorkAct(
        _("Read and sign"),
        "signature",
        forms.SignForm,
        _sign,
        _("Signed."),
        tone="success",
    ),
    "scan": WorkAct(
        _("File the signed sheet"),
        "upload",
        forms.ScanForm,
        _service(work.file_scan),
        _("Filed. It counts as signed."),
        tone="success",
        lead=_("The code on the sheet says to what the signature belongs."),
    ),
    "refuse": WorkAct(
        _("Not signed"),
        "x",
        forms.RefuseForm,
        _refuse,
        _("Recorded. The question is open again."),
        tone="danger",
        lead=_("The ticket is not closed by this: the work goes on."),
    ),
    "resume": WorkAct(
        pgettext_lazy("work", "Go on"),
        "rotate",
        forms.PlainForm,
        _service(work.resume_work),
        _("The work goes on."),
    ),
    "rate": WorkAct(
        pgettext_lazy("work", "Rate it"),
        "star",
        forms.RateForm,
        _service(work.rate_work),
        _("Thank you."),
    ),
    "plan": WorkAct(
        pgettext_lazy("work", "Plan"),
        "calendar-event",
        forms.PlanWorkForm,
        _service(work.plan_work),
        _("Planned."),
    ),
    "redispatch": WorkAct(
        _("Give it to somebody else"),
        "switch-horizontal",
        forms.RedispatchForm,
        _service(work.redispatch),
        _("Dispatched anew."),
    ),
    "reschedule": WorkAct(
        pgettext_lazy("work", "Move it"),
        "calendar-event",
        forms.RescheduleForm,
        _service(work.reschedule),
        _("Moved."),
    ),
    "cancel": WorkAct(
        _("Cancel the work order"),
        "circle-x",
        forms.ReasonForm,
        _service(work.cancel_work),
        _("Cancelled."),
        tone="danger",
    ),
}
