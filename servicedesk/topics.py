"""What the database knows of pulse topics: who sees a ticket, and when something changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from django.db.models import Count, Max, Q

from deadlines.models import Sweep
from notifications.models import Message
from people.actors import Actor
from tickets.models import Ticket, TicketEvent


def visible_tickets(actor: Actor, numbers: Collection[str]) -> set[str]:
    """Which of these tickets the actor may see; asks nothing for none."""
    if not numbers:
        return set()
    found = Ticket.objects.visible_to(actor).filter(number__in=numbers)
    return set(found.values_list("number", flat=True))


def database_versions(keys: Iterable[str]) -> dict[str, str]:
    """A version of each key that differs after a change, without Redis: slower, as true."""
    found = {}
    for key in keys:
        kind, _, subject = key.partition(":")
        subject, _, side = subject.partition("/")
        if read := _READERS.get(f"{kind}/{side}" if side else kind):
            found[key] = f"d{read(subject)}"
    return found


def _me(member: str) -> str:
    found = Message.objects.filter(recipient_id=int(member)).aggregate(
        last=Max("pk"), unread=Count("pk", filter=Q(read_at=None))
    )
    return f"{found['last']}-{found['unread']}"


def _ticket(number: str) -> str:
    row = (
        Ticket.objects.filter(number=number)
        .values_list("last_seq", "updated_at")
        .first()
    )
    return f"{row[0]}-{_stamp(row[1])}" if row else ""


def _ticket_client(number: str) -> str:
    """By what the client sees, not by the ticket's last change: that may be internal."""
    row = (
        Ticket.objects.filter(number=number).values_list("state", "missed_open").first()
    )
    seen = TicketEvent.objects.filter(ticket__number=number, internal=False)
    return f"{row}-{seen.aggregate(last=Max('seq'))['last']}"


def _client(client_id: str) -> str:
    seen = TicketEvent.objects.filter(
        ticket__in=Ticket.objects.filter(client_id=int(client_id)).order_by(
            "-received_at"
        )[:200],
        internal=False,
    )
    return str(seen.aggregate(last=Max("pk"))["last"])


def _tickets(_subject: str) -> str:
    newest = Ticket.objects.order_by("-updated_at").values_list("updated_at", flat=True)
    return _stamp(newest.first())


def _health(_subject: str) -> str:
    return _stamp(Sweep.objects.aggregate(last=Max("ran_at"))["last"])


def _stamp(instant: datetime | None) -> str:
    return str(int(instant.timestamp() * 1_000_000)) if instant else ""


_READERS: dict[str, Callable[[str], str]] = {
    "me": _me,
    "ticket": _ticket,
    "ticket/client": _ticket_client,
    "client": _client,
    "queue": _tickets,
    "dashboard": _tickets,
    "health": _health,
}
