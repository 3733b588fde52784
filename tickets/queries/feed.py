"""The conversation of a ticket with its events folded in, newest first, page by page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db.models import Max, Q, QuerySet

from people.actors import Actor
from people.roles import CLIENT_ROLES
from tickets.kinds import STAFF_ONLY, EventKind
from tickets.models import Attachment, Ticket, TicketEvent
from tickets.queries.sentences import Words, words_of
from tickets.rules.facts import FactKind

FEED_SIZE = 30
#: So many event lines in a row are folded into one.
FOLD_FROM = 4
#: What is shown as somebody's message; the other kinds are lines between.
MESSAGES = frozenset(
    {
        EventKind.REPLY,
        EventKind.NOTE,
        EventKind.CONTINGENCY,
        EventKind.REFUSED,
        FactKind.ANSWERED,
        FactKind.SOLUTION_PROPOSED,
        FactKind.RESOLVED,
        FactKind.REOPENED,
        FactKind.CALLED_BACK,
    }
)
#: Kinds of event whose time a person entered and can correct (rule 7).
CORRECTABLE = frozenset(
    {
        FactKind.ANSWERED,
        FactKind.VISIT_DECIDED,
        FactKind.APPOINTMENT_AGREED,
        FactKind.DEPARTED,
        FactKind.ARRIVED,
        FactKind.SOLUTION_PROPOSED,
        FactKind.WAIT_STARTED,
        FactKind.WAIT_ENDED,
        FactKind.RESOLVED,
        FactKind.CALLED_BACK,
        FactKind.RECEIVED,
    }
)


@dataclass(frozen=True, slots=True)
class Item:
    """One event of the feed as it is shown."""

    event: TicketEvent
    words: Words
    style: str  # "ours", "theirs", "note" for messages, "line" for the rest
    place: int = 0  # see place_of
    files: Sequence[Attachment] = ()
    happened_at: datetime | None = None
    correctable: bool = False

    @property
    def is_message(self) -> bool:
        """Whether it is somebody's words."""
        return self.style != "line"

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"e{self.place}"

    @property
    def corrected(self) -> bool:
        """Whether its time was corrected afterwards."""
        return self.happened_at != self.event.happened_at


@dataclass(frozen=True, slots=True)
class Block:
    """A message, or lines in a row; ``folded`` where they are too many to show."""

    items: list[Item]
    is_message: bool
    folded: bool = False

    @property
    def item(self) -> Item:
        """The message."""
        return self.items[0]


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of the conversation, newest first."""

    blocks: list[Block]
    earlier: int | None = None  # the place before which there is more
    latest: int = 0  # the place of the newest
    files: list[Attachment] = field(default_factory=list)  # of the request itself


def read_feed(
    ticket: Ticket,
    actor: Actor,
    *,
    before: int | None = None,
    after: int | None = None,
    moved: Mapping[int, datetime] | None = None,
) -> Feed:
    """The newest events, or those before or after a place; two queries.

    ``moved`` are the event times that were corrected; one query more where it is not given.
    """
    events = _visible(ticket, actor).order_by("-seq")
    if before is not None:
        events = events.filter(**{f"{_key(actor)}__lt": before})
    if after is not None:
        events = events.filter(**{f"{_key(actor)}__gt": after})
    found = list(events[: FEED_SIZE + 1])
    shown = found[:FEED_SIZE]
    files = _files(ticket, actor, shown)
    moved = _corrections(ticket, shown) if moved is None else moved
    items = [
        _item(event, actor, files=files[event.pk], moved=moved)
        for event in shown
        if event.kind != FactKind.RECEIVED
    ]
    return Feed(
        blocks=_blocks(items),
        earlier=place_of(shown[-1], actor) if len(found) > FEED_SIZE else None,
        latest=place_of(shown[0], actor) if shown else (after or 0),
        files=files[None],
    )


def _key(actor: Actor) -> str:
    return "pk" if actor.is_client else "seq"


def place_of(event: TicketEvent, actor: Actor) -> int:
    """Where an event stands: for colleagues its number in the ticket.

    A client's people get its id: gaps between numbers would tell them how much was written
    inside. Ids are shared by everybody, so that their gaps tell nothing.
    """
    return int(event.pk) if actor.is_client else event.seq


def newest_place(ticket: Ticket, actor: Actor) -> int:
    """The place of the newest event that an actor sees; one query for client staff."""
    if not actor.is_client:
        return ticket.last_seq
    newest = _visible(ticket, actor).aggregate(last=Max("pk"))
    return newest["last"] or 0


def events_since(ticket: Ticket, actor: Actor, *, place: int) -> list[Item]:
    """What has happened since somebody looked, oldest first, for them to read."""
    newer = _visible(ticket, actor).filter(**{f"{_key(actor)}__gt": place})
    return [
        _item(event, actor, files=(), moved={}) for event in newer.order_by("seq")[:10]
    ]


def moved_on(ticket: Ticket, actor: Actor, *, place: int) -> bool:
    """Whether another person has done something since that the actor may know of.

    What the platform did by itself (a promise that was missed, a step that was taken) must
    not send back the very answer that everybody waits for.
    """
    newer = _visible(ticket, actor).filter(**{f"{_key(actor)}__gt": place})
    return newer.exclude(via="system").exclude(actor_id=actor.membership_id).exists()


def _visible(ticket: Ticket, actor: Actor) -> QuerySet[TicketEvent]:
    events: QuerySet[TicketEvent] = TicketEvent.objects.visible_to(actor).filter(
        ticket_id=ticket.pk
    )
    if actor.is_client:
        events = events.exclude(kind__in=STAFF_ONLY)
    return events.select_related("actor")


def _files(
    ticket: Ticket, actor: Actor, events: Sequence[TicketEvent]
) -> dict[int | None, list[Attachment]]:
    """The files of some events, and (under None) those of the request itself."""
    by_event: dict[int | None, list[Attachment]] = defaultdict(list)
    shown = Q(event_id__in=[event.pk for event in events])
    files = Attachment.objects.filter(
        shown | Q(event__kind=FactKind.RECEIVED), ticket_id=ticket.pk
    ).annotate(of_request=Q(event__kind=FactKind.RECEIVED))
    if actor.is_client:
        files = files.filter(internal=False)
    for file in files.order_by("pk"):
        by_event[None if getattr(file, "of_request", False) else file.event_id].append(
            file
        )
    return by_event


def _corrections(ticket: Ticket, shown: Sequence[TicketEvent]) -> dict[int, datetime]:
    """Event times that a correction has changed, by sequence number.

    A correction comes after what it corrects, so it is on this page or a newer one; only a
    page whose events can have been corrected asks for them.
    """
    if not any(event.kind in CORRECTABLE for event in shown):
        return {}
    return corrected_times(ticket)


def corrected_times(ticket: Ticket) -> dict[int, datetime]:
    """When corrected events happened, by sequence number; the last correction counts."""
    corrections = TicketEvent.objects.filter(
        ticket_id=ticket.pk, kind=FactKind.CORRECTED
    ).order_by("seq")
    return {
        data["fact"]: datetime.fromisoformat(data["at"])
        for data in corrections.values_list("data", flat=True)
    }


def _item(
    event: TicketEvent,
    actor: Actor,
    *,
    files: Sequence[Attachment],
    moved: Mapping[int, datetime],
) -> Item:
    return Item(
        event=event,
        words=words_of(event, actor),
        style=_style(event),
        place=place_of(event, actor),
        files=files,
        happened_at=moved.get(event.seq, event.happened_at),
        correctable=actor.is_staff and event.kind in CORRECTABLE,
    )


def _style(event: TicketEvent) -> str:
    if event.internal and event.kind == EventKind.NOTE:
        return "note"
    if event.kind not in MESSAGES or not (event.body or event.kind == EventKind.REPLY):
        return "line"
    author = event.actor
    return "theirs" if author is not None and author.role in CLIENT_ROLES else "ours"


def _blocks(items: Iterable[Item]) -> list[Block]:
    blocks: list[Block] = []
    for is_message, group in groupby(items, key=lambda item: item.is_message):
        run = list(group)
        if is_message:
            blocks += [Block([item], is_message=True) for item in run]
        else:
            blocks.append(Block(run, is_message=False, folded=len(run) >= FOLD_FROM))
    return blocks
