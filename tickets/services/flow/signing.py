"""What the customer's signature says of the flow: the steps that it records by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from people.actors import Actor
from tickets.engine import Case
from tickets.engine.flows import flow_of, record_of, records_of, standing_of
from tickets.models import WorkOrder
from tickets.rules.flow import Answer, Effect, FieldKind, Position, Signed, Step
from tickets.rules.flow_fields import LINE_MOST, TEXT_MOST, FieldError, read_values
from tickets.services.flow.walking import DoneStep, write_step

MOST: Final = {FieldKind.LINE: LINE_MOST, FieldKind.TEXT: TEXT_MOST}


def follow_signature(
    case: Case, order: WorkOrder, *, signer: str, actor: Actor, now: datetime
) -> None:
    """Go on in the flow of a ticket that is closed by a signature under a work order.

    From where it stands, one step after the other, as long as the next one has an answer that
    is ``signed`` and the work order knows what it needs: nothing is begun, skipped or made up.
    The effects of these answers have come about already.
    """
    if case.ticket.flow_version_id is None:
        return
    flow = flow_of(case.ticket.flow_version_id)
    records = records_of([case])[case.ticket.pk]
    said = _said(order, signer)
    # Ends: none of these answers begins a round, and in one no step is done twice.
    while not (here := standing_of(case, records)).done:
        done = _answered(flow.steps[here.step], here, order=order, said=said)
        if done is None:
            return
        event = write_step(
            case,
            done,
            here=here,
            actor=actor,
            now=now,
            more={"signed": order.ordinal},
        )
        records.append(record_of(event))


def _said(order: WorkOrder, signer: str) -> dict[Signed, tuple[str, datetime | None]]:
    """What a work order says, and since when."""
    engineer = order.engineer.user.name if order.engineer else ""
    return {
        Signed.PURPOSE: (order.purpose, order.created_at),
        Signed.ENGINEER: (engineer, order.created_at),
        Signed.FOUND: (order.found, order.finished_at),
        Signed.DONE: (order.done, order.finished_at),
        Signed.SIGNER: (signer, order.signed_at),
    }


def _answered(
    step: Step,
    here: Position,
    *,
    order: WorkOrder,
    said: Mapping[Signed, tuple[str, datetime | None]],
) -> DoneStep | None:
    """The step that comes next, as the signature answers it; None where it does not."""
    answer = step.signed_answer
    if answer is None or not _is_so(answer, order):
        return None
    values, times = {}, [one.record.at for one in here.path]
    for key, source in answer.signed or ():
        words, since = said[source]
        field = step.field(key)
        most = MOST.get(field.kind, 0) if field else 0
        values[key] = words if len(words) <= most else f"{words[: most - 1]}…"
        times += [since] if since else []
    try:
        fields = read_values(step, answer, values)
    except FieldError:
        return None
    return DoneStep(step, answer, fields, max(times, default=order.created_at))


def _is_so(answer: Answer, order: WorkOrder) -> bool:
    """Whether what the answer says has come about: somebody goes there only for a visit."""
    return Effect.VISIT not in answer.effects or order.is_visit
