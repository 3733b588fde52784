"""Walk the fault handling flow: record a step, take one back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.bilingual import Text
from servicedesk.lib.errors import Conflict, ServiceError
from sla.models import in_language
from tickets.attachments import Upload, attach
from tickets.engine import Case
from tickets.engine.flows import flow_of, records_of, standing_of
from tickets.kinds import EventKind
from tickets.models import Attachment, Ticket, TicketEvent
from tickets.rules.flow import (
    DONE,
    Answer,
    Effect,
    FieldKind,
    Flow,
    Passage,
    Position,
    Step,
)
from tickets.rules.flow_fields import FieldError, read_values
from tickets.services.base import acting_on, event_time, need, need_text, timed
from tickets.services.ending import resolve
from tickets.services.flow.second_line import call_second_line
from tickets.services.flow.versions import current_version
from tickets.services.visiting import decide_visit

FOUND_MOST = 4_000
#: A promise further ahead than this is a slip of the finger.
PROMISE_MOST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class DoneStep:
    """A step that is being recorded, with its answer and what was entered."""

    step: Step
    answer: Answer
    values: dict[str, str | bool]
    at: datetime


@transaction.atomic
def record_step(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    step: str,
    answer: str = DONE,
    fields: Mapping[str, Any] | None = None,
    found: str = "",
    files: Sequence[Upload] = (),
    pictures: Collection[Attachment] = (),
    happened_at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
) -> Ticket:
    """Record that a step of the flow was done, with its answer and what was found.

    The first one begins the flow in its newest version, which the ticket then keeps. ``step`` must
    be the next one, else Conflict ``not_the_next_step``; ``pictures`` are files that are on the
    ticket already. Raises ServiceError naming the field: ``field_<key>`` for one of the record.
    """
    need(actor, Permission.TICKET_WORK)
    with acting_on(
        ticket, verb="record_step", actor=actor, now=now, version=version
    ) as case:
        flow, here = _begin(case, now=now)
        chosen, way = _choose(flow, here, step=step, answer=answer)
        at = event_time(
            case, happened_at=happened_at, reason=reason, actor=actor, now=now
        )
        _check_order(here, at)
        done = DoneStep(chosen, way, _read(chosen, way, fields or {}, at=at), at)
        if any(one.ticket_id != ticket.pk for one in pictures):
            raise ServiceError(
                "unknown", _("Choose files of this ticket."), field="attachments"
            )
        if way.picture:
            _need_picture(files, pictures)
        event = write_step(
            case,
            done,
            here=here,
            actor=actor,
            now=now,
            more=timed(reason, happened_at, found=_words(found))
            | ({"attachments": [one.pk for one in pictures]} if pictures else {}),
        )
        if Effect.SECOND_LINE in way.effects:
            call_second_line(case, actor=actor, now=now, why=_words(found))
    if files:
        attach(
            ticket=ticket, event=event, files=files, actor=actor, now=now, internal=True
        )
    when = at if happened_at is not None else None
    _follow_up(ticket, done, actor=actor, now=now, happened_at=when, reason=reason)
    return ticket


def go_back(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    to: int,
    reason: str,
    version: int | None = None,
) -> Ticket:
    """Take a step back, and everything done after it; the records stay, with the reason.

    ``to`` is the sequence number of the step's event. What else its answer did stays done.
    """
    need(actor, Permission.TICKET_WORK)
    reason = need_text(reason, field="reason")
    with acting_on(
        ticket, verb="go_back", actor=actor, now=now, version=version
    ) as case:
        standing: tuple[Passage, ...] = ()
        if case.ticket.flow_version_id is not None:
            records = records_of([case])[case.ticket.pk]
            standing = standing_of(case, records).path
        target = next((one for one in standing if one.record.seq == to), None)
        if target is None:
            raise ServiceError(
                "unknown",
                _("Choose a step that was done and still stands."),
                field="to",
            )
        case.record(
            EventKind.FLOW_BACK,
            actor=actor,
            now=now,
            body=reason,
            data={
                "to": to,
                "step": target.step.key,
                "title": _said(target.step.title),
                "round": target.round,
            },
        )
    return ticket


# -- parts ---------------------------------------------------------------------------------------


def _begin(case: Case, *, now: datetime) -> tuple[Flow, Position]:
    """The case's flow and where it stands; the first step begins the newest version."""
    ticket = case.ticket
    if ticket.kind != Ticket.Kind.FAULT:
        raise ServiceError("no_flow", _("Only a fault is handled by the flow."))
    if ticket.flow_version_id is None:
        ticket.flow_version = current_version(now=now)
    here = standing_of(case, records_of([case])[ticket.pk])
    return flow_of(ticket.flow_version.pk), here


def _choose(
    flow: Flow, here: Position, *, step: str, answer: str
) -> tuple[Step, Answer]:
    if here.done:
        raise Conflict("flow_done", _("The flow is at its end: nothing is left to do."))
    if step != here.step:
        title = flow.steps[here.step].title
        raise Conflict(
            "not_the_next_step",
            _("This is not the next step. The next one is “%(title)s”.")
            % {"title": in_language(zh=title.zh, en=title.en)},
        )
    chosen = flow.steps[here.step]
    way = chosen.answer(answer)
    if way is None:
        raise ServiceError(
            "unknown", _("Choose one of the answers of this step."), field="answer"
        )
    return chosen, way


def _check_order(here: Position, at: datetime) -> None:
    if here.path and at < here.path[-1].record.at:
        raise ServiceError(
            "before_last_step",
            _("This time lies before the step that was done last."),
            field="happened_at",
        )


def _read(
    step: Step, answer: Answer, given: Mapping[str, Any], *, at: datetime
) -> dict[str, str | bool]:
    try:
        values = read_values(step, answer, given)
    except FieldError as error:
        raise _refusal(error) from error
    for one in step.fields:
        if one.remind and one.key in values:
            promised = datetime.fromisoformat(str(values[one.key]))
            _check_promise(one.key, promised, at)
    return values


REASONS: dict[str, Any] = {
    "missing": _("This is needed here."),
    "unknown": _("The step records nothing of this name."),
    "too_long": _("At most %(limit)s characters."),
    "invalid": _("This is not what belongs here."),
}


def _refusal(error: FieldError) -> ServiceError:
    words = REASONS[error.code]
    if error.code == "too_long":
        words %= {"limit": error.limit}
    return ServiceError(error.code, words, field=f"field_{error.field}")


def _check_promise(key: str, promised: datetime, at: datetime) -> None:
    if promised <= at:
        raise ServiceError(
            "in_the_past",
            _("Choose a time that lies ahead."),
            field=f"field_{key}",
        )
    if promised > at + PROMISE_MOST:
        raise ServiceError(
            "too_far", _("Choose a time within a year."), field=f"field_{key}"
        )


def _need_picture(files: Sequence[Upload], pictures: Collection[Attachment]) -> None:
    """A screenshot or a photo, new or on the ticket already. What it is is sniffed later."""
    ours = [one for one in pictures if one.is_image]
    endings = (".png", ".jpg", ".jpeg", ".gif", ".webp")
    new = [one for one in files if (one.name or "").lower().endswith(endings)]
    if not ours and not new:
        raise ServiceError(
            "picture_missing",
            _("Add a screenshot or a photo that shows what can't be solved."),
            field="files",
        )


def _words(text: str) -> str:
    words = text.strip()
    if len(words) > FOUND_MOST:
        raise ServiceError(
            "too_long",
            _("At most %(limit)s characters.") % {"limit": FOUND_MOST},
            field="found",
        )
    return words


def _said(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def write_step(
    case: Case,
    done: DoneStep,
    *,
    here: Position,
    actor: Actor,
    now: datetime,
    more: Mapping[str, Any],
) -> TicketEvent:
    """One more event: it says in both languages what was done, whatever becomes of the flow."""
    step, answer = done.step, done.answer
    version = case.ticket.flow_version
    data: dict[str, Any] = {
        "version": version.pk,
        "number": version.number,
        "step": step.key,
        "answer": answer.key,
        "round": here.round,
        "fields": done.values,
        "title": _said(step.title),
    }
    if step.asks:
        data["label"] = _said(answer.label)
    if step.public is not None:
        data["public"] = _said(step.public)
    return case.record(
        EventKind.FLOW_STEP,
        actor=actor,
        now=now,
        at=done.at,
        data=data | {name: value for name, value in more.items() if value},
        internal=step.public is None,
    )


def _follow_up(
    ticket: Ticket,
    done: DoneStep,
    *,
    actor: Actor,
    now: datetime,
    happened_at: datetime | None,
    reason: str,
) -> None:
    """What else the answer does, by the services that do it."""
    effects = done.answer.effects
    common = {"actor": actor, "now": now, "ticket": ticket}
    timing = {"happened_at": happened_at, "reason": reason}
    if Effect.VISIT in effects and ticket.visit != Ticket.Visit.NEEDED:
        decide_visit(**common, needed=True, **timing)  # type: ignore[arg-type]
    if Effect.RESOLVE in effects:
        body = "\n\n".join(
            str(done.values[one.key])
            for one in done.step.fields
            if one.kind is FieldKind.TEXT and one.key in done.values
        )
        resolve(**common, body=body, **timing)  # type: ignore[arg-type]
