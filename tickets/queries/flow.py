"""How a ticket was handled: where its flow stands, the path taken, what is to be remembered.

:func:`path_rows` gives the path as rows of words, for a page and for a document alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from people.actors import Actor
from servicedesk.lib.bilingual import Text
from servicedesk.lib.ui.times import exact
from sla.models import in_language
from tickets.engine.flows import (
    FLOW_KINDS,
    flow_of,
    open_reminders,
    record_of,
)
from tickets.flows import load_flow, shipped_text
from tickets.kinds import EventKind
from tickets.models import Attachment, FlowVersion, Ticket, TicketEvent
from tickets.queries.flow_sentences import CONTINGENCIES
from tickets.rules.facts import FactKind
from tickets.rules.flow import (
    Field,
    FieldKind,
    Flow,
    Passage,
    Position,
    Reminder,
    ReminderKind,
    Step,
    position,
)
from tickets.services.flow import current_text

#: The events that tell how a ticket was handled.
TOLD = frozenset(
    {*FLOW_KINDS, EventKind.SECOND_LINE, EventKind.CONTINGENCY, FactKind.CALLED_BACK}
)
#: The newest version of the tenant, to be read in the query of a ticket that has none yet.
NEWEST = Subquery(
    FlowVersion.objects.newest_first().values(
        found=JSONObject(pk="pk", number="number", is_shipped="is_shipped")
    )[:1]
)


@dataclass(frozen=True, slots=True)
class StepFile:
    """A file that was recorded with a step."""

    pk: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A step of the path in words: what, when, by whom, with what result."""

    seq: int
    round: int
    step: str
    title: str
    answer: str  # "" where there was nothing to decide
    public: str  # what the client reads of it; "" for nothing
    at: datetime
    recorded_at: datetime
    who: str
    found: str
    values: tuple[tuple[str, str], ...]  # label, value
    files: tuple[StepFile, ...] = ()
    is_question: bool = False
    #: When, by whom and why it was taken back; None while it stands.
    undone: Undone | None = None

    @property
    def stands(self) -> bool:
        """Whether it has not been taken back."""
        return self.undone is None


@dataclass(frozen=True, slots=True)
class Undone:
    """A step that was taken back."""

    at: datetime
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class OpenReminder:
    """Something that is due, in words."""

    kind: str
    text: str
    due_at: datetime
    is_over: bool

    @property
    def is_call_back(self) -> bool:
        """Whether it is done by calling the customer."""
        return self.kind == ReminderKind.CALL_BACK


@dataclass(frozen=True, slots=True)
class Called:
    """The second line was called."""

    at: datetime
    who: str
    department: str
    told: tuple[int, ...]
    problem: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contingency:
    """What was agreed with the customer for as long as it is not solved [A.C]."""

    at: datetime
    who: str
    kind: str
    label: str
    body: str
    agreed_with: str


@dataclass(frozen=True, slots=True)
class Handling:
    """How a ticket was handled."""

    flow: Flow | None = None
    number: int = 0  # of the version
    here: Position | None = None
    rows: tuple[FlowRow, ...] = ()
    reminders: tuple[OpenReminder, ...] = ()
    called: tuple[Called, ...] = ()
    contingencies: tuple[Contingency, ...] = ()

    @property
    def step(self) -> Step | None:
        """The next step; None at the end, and where there is no flow."""
        if self.flow is None or self.here is None or self.here.done:
            return None
        return self.flow.steps[self.here.step]

    @property
    def step_title(self) -> str:
        """What the next step is called."""
        return words(self.step.title) if self.step else ""

    @property
    def round(self) -> int:
        """The round it is in."""
        return self.here.round if self.here else 1

    @property
    def has_begun(self) -> bool:
        """Whether any step was done."""
        return bool(self.rows)

    @property
    def standing(self) -> tuple[FlowRow, ...]:
        """What was done and not taken back."""
        return tuple(row for row in self.rows if row.stands)

    def named(self, names: Mapping[int, str]) -> Handling:
        """With the names of those who were called."""
        called = tuple(
            replace(one, names=tuple(names.get(pk, "–") for pk in one.told))
            for one in self.called
        )
        return replace(self, called=called)

    @property
    def public(self) -> tuple[PublicStep, ...]:
        """The path as the client reads it, and the step that is next, each once in a row."""
        steps = [PublicStep(r.public, r.round, r.at) for r in self.standing if r.public]
        if self.has_begun and self.step is not None and self.step.public is not None:
            steps.append(PublicStep(words(self.step.public), self.round, None))
        return tuple(
            one
            for before, one in zip([None, *steps], steps, strict=False)
            if before is None or (before.text, before.round) != (one.text, one.round)
        )


@dataclass(frozen=True, slots=True)
class PublicStep:
    """A step in plain words; ``at`` is None for the one that is being done."""

    text: str
    round: int
    at: datetime | None


def words(text: Text) -> str:
    """Words of a flow in the reader's language."""
    return in_language(zh=text.zh, en=text.en)


def path_rows(ticket: Ticket, actor: Actor) -> tuple[FlowRow, ...]:
    """The path of a ticket's flow as rows, those taken back too; one or two queries.

    For a client's person only steps with public words, without findings, values and files.
    """
    events = _events(ticket)
    flow = _begun(ticket)
    if flow is None:
        return ()
    return _rows(_position(flow, events), events, actor)


def read_handling(
    ticket: Ticket,
    actor: Actor,
    now: datetime,
    *,
    moved: Mapping[int, datetime] | None = None,
) -> Handling:
    """How a ticket was handled; one query, for a flow not yet begun perhaps another.

    ``moved`` are event times that were corrected, by sequence number.
    """
    events = _events(ticket)
    flow, number = _begun(ticket), 0
    if flow is None and ticket.kind == Ticket.Kind.FAULT and actor.is_staff:
        flow, number = _newest(ticket)
    elif flow is not None:
        number = next(
            (e.data["number"] for e in events if e.kind == EventKind.FLOW_STEP), 0
        )
    here = _position(flow, events) if flow is not None else None
    called_back = [
        (moved or {}).get(event.seq, event.happened_at)
        for event in events
        if event.kind == FactKind.CALLED_BACK
    ]
    reminders = (
        []
        if here is None
        else open_reminders(here, state=ticket.state, called_back=called_back)
    )
    return Handling(
        flow=flow,
        number=number,
        here=here,
        rows=_rows(here, events, actor) if here is not None else (),
        reminders=tuple(_reminder(one, now) for one in reminders if actor.is_staff),
        called=tuple(_called(events)) if actor.is_staff else (),
        contingencies=tuple(_contingencies(events)),
    )


# -- reading -------------------------------------------------------------------------------------


def _events(ticket: Ticket) -> list[TicketEvent]:
    """Everything that tells how it was handled, with the files; one query."""
    files = Attachment.objects.filter(event_id=OuterRef("pk")).order_by("pk")
    shown = files.values(
        found=JSONObject(pk="pk", name="name", media_type="media_type", size="size")
    )
    rows = TicketEvent.objects.filter(ticket_id=ticket.pk, kind__in=TOLD)
    return list(rows.annotate(files=ArraySubquery(shown)).order_by("seq"))


def _begun(ticket: Ticket) -> Flow | None:
    """The flow that a ticket keeps; None where it has not begun one."""
    version = ticket.flow_version_id
    return None if version is None else flow_of(version)


def _newest(ticket: Ticket) -> tuple[Flow, int]:
    """The flow that a ticket would begin with now; no query where the ticket's own has it."""
    newest = getattr(ticket, "newest_flow", {})
    if newest and not newest["is_shipped"]:
        return flow_of(newest["pk"]), newest["number"]
    if newest is None or newest:
        return load_flow(shipped_text()), newest["number"] if newest else 1
    return load_flow(current_text()), 0


def _position(flow: Flow, events: Iterable[TicketEvent]) -> Position:
    return position(flow, [record_of(e) for e in events if e.kind in FLOW_KINDS])


# -- words ---------------------------------------------------------------------------------------


def _rows(
    here: Position, events: Sequence[TicketEvent], actor: Actor
) -> tuple[FlowRow, ...]:
    by_seq = {event.seq: event for event in events}
    rows = [_row(one, by_seq) for one in here.passages]
    if not actor.is_client:
        return tuple(rows)
    return tuple(_for_client(row) for row in rows if row.public and row.stands)


def _row(passage: Passage, by_seq: Mapping[int, TicketEvent]) -> FlowRow:
    step, event = passage.step, by_seq[passage.record.seq]
    undo = by_seq.get(passage.undone_by)
    return FlowRow(
        seq=event.seq,
        round=passage.round,
        step=step.key,
        title=words(step.title),
        answer=words(passage.answer.label) if step.asks else "",
        public=words(step.public) if step.public else "",
        at=event.happened_at,
        recorded_at=event.recorded_at,
        who=event.actor_name,
        found=event.data.get("found", ""),
        values=tuple(
            (words(one.label), value_of(one, event.data["fields"][one.key]))
            for one in step.fields
            if one.key in event.data["fields"]
        ),
        files=tuple(StepFile(**one) for one in event.files),  # type: ignore[attr-defined]
        is_question=step.asks,
        undone=Undone(undo.happened_at, undo.actor_name, undo.body) if undo else None,
    )


def _for_client(row: FlowRow) -> FlowRow:
    """Only what is public: no findings, no answers, no files."""
    return FlowRow(
        seq=row.seq,
        round=row.round,
        step="",
        title=row.public,
        answer="",
        public=row.public,
        at=row.at,
        recorded_at=row.recorded_at,
        who="",
        found="",
        values=(),
    )


def value_of(one: Field, value: Any) -> str:
    """What was entered in a field, in words."""
    if one.kind is FieldKind.YES_NO:
        return _("yes") if value else _("no")
    if one.kind is FieldKind.MOMENT:
        return exact(datetime.fromisoformat(str(value)))
    if one.kind is FieldKind.CHOICE:
        label = next((o.label for o in one.options if o.key == value), None)
        return words(label) if label else str(value)
    return str(value)


def _reminder(one: Reminder, now: datetime) -> OpenReminder:
    if one.kind is ReminderKind.CALL_BACK:
        text = _("Call the customer back after the advice")
    else:
        lines = (f for f in one.step.fields if f.kind is FieldKind.LINE)
        who = next((str(one.values.get(f.key, "")) for f in lines), "")
        text = _("%(who)s promised it") % {"who": who or words(one.step.title)}
    return OpenReminder(one.kind.value, text, one.due_at, is_over=one.due_at < now)


def _called(events: Iterable[TicketEvent]) -> Iterable[Called]:
    for event in events:
        if event.kind == EventKind.SECOND_LINE:
            data = event.data
            yield Called(
                at=event.happened_at,
                who=event.actor_name,
                department=data.get("name", ""),
                told=tuple(data.get("told", ())),
                problem=data.get("problem", ""),
            )


def _contingencies(events: Iterable[TicketEvent]) -> Iterable[Contingency]:
    """What was agreed, the newest first."""
    for event in reversed(list(events)):
        if event.kind == EventKind.CONTINGENCY:
            kind = str(event.data.get("kind", ""))
            yield Contingency(
                at=event.happened_at,
                who=event.actor_name,
                kind=kind,
                label=str(CONTINGENCIES.get(kind, "")),
                body=event.body,
                agreed_with=event.data.get("agreed_with", ""),
            )
