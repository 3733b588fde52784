"""The fault handling flow [A.D] as values: its steps, and where a ticket stands in it.

A flow is a graph of steps; each answer to a step names the one that comes next. What was
done is a list of records that only grows: a step done, a step taken back, the ticket
reopened. Everything else follows: where the ticket stands, in which round, by which path.

- A *round* ends with an answer that says ``again``: not solved, so the solution is adjusted
  with the newest feedback. Within one round no step is done twice (``tickets.flows.checks``).
- Taking a step back takes back everything done after it too; the records stay as a trail.
- A ticket that is reopened when its flow was at the end goes on at the step that the flow
  names for it, in a new round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from servicedesk.lib.bilingual import Text

#: The answer of a step that has only one way on.
DONE = "done"


class FieldKind(StrEnum):
    """What is entered in a field of a step's record."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    MOMENT = "moment"


class Fill(StrEnum):
    """What a field begins with, out of the ticket."""

    MODEL = "equipment_model"
    SERIAL_NUMBER = "equipment_serial_number"
    CONTACT = "contact_name"


class Effect(StrEnum):
    """What else an answer does."""

    VISIT = "visit"  # a visit is needed: the clocks on site count (rule 8)
    SECOND_LINE = "second_line"  # the second line is called
    RESOLVE = "resolve"  # solved, in the words of the step's record


class Signed(StrEnum):
    """What a field is filled with where the customer's signature records the step."""

    PURPOSE = "purpose"  # of the work order
    ENGINEER = "engineer"
    FOUND = "work_found"
    DONE = "work_done"
    SIGNER = "signer"


class FaultClass(StrEnum):
    """What kind of fault it was found to be [A.D]."""

    HARDWARE = "hardware"
    CONFIGURATION = "configuration"
    LINE = "line"
    SOFTWARE = "software"
    THIRD_PARTY = "third_party"
    OPERATION = "operation"


@dataclass(frozen=True, slots=True)
class Option:
    """One of the choices of a field."""

    key: str
    label: Text


@dataclass(frozen=True, slots=True)
class Field:
    """What is recorded with a step. ``remind`` makes a moment a promise to be reminded of."""

    key: str
    label: Text
    kind: FieldKind
    required: bool = False
    hint: Text | None = None
    options: tuple[Option, ...] = ()
    fill: Fill | None = None
    remind: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One way on. ``to`` is empty at an end; ``needs`` are fields it can't do without."""

    key: str
    label: Text
    to: str
    needs: frozenset[str] = frozenset()
    picture: bool = False  # at least one picture belongs to it
    again: bool = False  # a new round begins
    effects: tuple[Effect, ...] = ()
    #: Recorded by itself when the customer signs the work that solved it: field, source.
    signed: tuple[tuple[str, Signed], ...] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do, what is recorded, which answers lead where.

    ``public`` is what the client reads of it; without it the client does not see the step.
    ``call_back`` is how soon after it the customer is called back [H]. ``work_order`` offers to
    make one.
    """

    key: str
    title: Text
    answers: tuple[Answer, ...]
    text: Text | None = None
    question: Text | None = None
    public: Text | None = None
    fault_class: FaultClass | None = None
    fields: tuple[Field, ...] = ()
    call_back: timedelta | None = None
    work_order: bool = False

    @property
    def is_end(self) -> bool:
        """Whether the flow is over when it is done."""
        return all(not answer.to for answer in self.answers)

    @property
    def asks(self) -> bool:
        """Whether there is something to decide."""
        return len(self.answers) > 1

    def answer(self, key: str) -> Answer | None:
        """One of its answers."""
        return next((one for one in self.answers if one.key == key), None)

    @property
    def signed_answer(self) -> Answer | None:
        """The answer that the customer's signature gives by itself."""
        return next((one for one in self.answers if one.signed is not None), None)

    def field(self, key: str) -> Field | None:
        """One of its fields."""
        return next((one for one in self.fields if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow as a file describes it."""

    key: str
    name: Text
    source: str
    start: str
    reopened: str
    steps: Mapping[str, Step]


# -- where a ticket stands ---------------------------------------------------------------------


class RecordKind(StrEnum):
    """What happened to a ticket's flow."""

    STEP = "step"
    BACK = "back"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that was done: a step with its answer, or the taking back of one (``to``)."""

    seq: int
    at: datetime
    kind: RecordKind = RecordKind.STEP
    step: str = ""
    answer: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    to: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A step that was done, in which round; ``undone_by`` is the record that took it back."""

    record: Record
    step: Step
    answer: Answer
    round: int
    undone_by: int = 0

    @property
    def stands(self) -> bool:
        """Whether it has not been taken back."""
        return not self.undone_by


@dataclass(frozen=True, slots=True)
class Position:
    """Where a ticket stands: the next step (empty at the end), its round, the way there."""

    step: str
    round: int
    passages: tuple[Passage, ...] = ()

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return not self.step

    @property
    def path(self) -> tuple[Passage, ...]:
        """What was done and still stands."""
        return tuple(one for one in self.passages if one.stands)

    @property
    def fault_class(self) -> FaultClass | None:
        """What kind of fault it was last found to be."""
        found = [one.step.fault_class for one in self.path if one.step.fault_class]
        return found[-1] if found else None


class NotTheNextStepError(ValueError):
    """A record does not fit where the flow stands."""


def position(flow: Flow, records: Iterable[Record]) -> Position:
    """Where the records, in order, lead to. Raises NotTheNextStepError where one does not fit."""
    here = Position(flow.start, 1)
    for record in records:
        if record.kind is RecordKind.STEP:
            here = _forward(flow, here, record)
        elif record.kind is RecordKind.BACK:
            here = _back(here, record)
        elif here.done:
            here = replace(here, step=flow.reopened, round=here.round + 1)
    return here


def _forward(flow: Flow, here: Position, record: Record) -> Position:
    step = flow.steps.get(here.step)
    answer = step.answer(record.answer) if step is not None else None
    if step is None or answer is None or record.step != here.step:
        message = f"{record.step}/{record.answer} while at {here.step or 'the end'}"
        raise NotTheNextStepError(message)
    passage = Passage(record, step, answer, here.round)
    return Position(
        step=answer.to,
        round=here.round + answer.again,
        passages=(*here.passages, passage),
    )


def _back(here: Position, record: Record) -> Position:
    target = next((one for one in here.path if one.record.seq == record.to), None)
    if target is None:
        raise NotTheNextStepError(f"{record.to} does not stand")
    passages = tuple(
        replace(one, undone_by=record.seq)
        if one.stands and one.record.seq >= record.to
        else one
        for one in here.passages
    )
    return Position(target.step.key, target.round, passages)


# -- what is to be remembered ------------------------------------------------------------------


class ReminderKind(StrEnum):
    """What somebody is reminded of."""

    PROMISE = "promise"  # a third party's, at the time they promised
    CALL_BACK = "call_back"  # the customer's, after advice [H]


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something that is due, since a step (``seq`` of its record) said so."""

    kind: ReminderKind
    seq: int
    step: Step
    due_at: datetime
    since: datetime
    values: Mapping[str, Any] = field(default_factory=dict)


def reminders(
    here: Position, *, called_back: Sequence[datetime] = ()
) -> tuple[Reminder, ...]:
    """What is open, the earliest first.

    A promise is open until the next step is recorded, which says what became of it; a call-back
    until somebody has called back, at or after the advice (event time).
    """
    open_ones = [
        Reminder(
            ReminderKind.CALL_BACK,
            one.record.seq,
            one.step,
            due_at=one.record.at + one.step.call_back,
            since=one.record.at,
            values=one.record.fields,
        )
        for one in here.path
        if one.step.call_back is not None
        and not any(at >= one.record.at for at in called_back)
    ]
    if here.path:
        last = here.path[-1]
        open_ones += [
            Reminder(
                ReminderKind.PROMISE,
                last.record.seq,
                last.step,
                due_at=datetime.fromisoformat(last.record.fields[one.key]),
                since=last.record.at,
                values=last.record.fields,
            )
            for one in last.step.fields
            if one.remind and last.record.fields.get(one.key)
        ]
    return tuple(sorted(open_ones, key=lambda one: (one.due_at, one.seq)))
