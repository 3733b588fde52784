"""The selections that figures are counted from and lists are made of: one for both.

A figure counts a selection and its list shows the same one, so that they can't disagree.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from people.actors import Actor
from people.roles import Permission
from reports.rules import Question
from tickets.models import Escalation, Ticket, TicketClock
from tickets.models.ticket import TicketQuerySet

#: A promise counts in the statistics once it was kept or missed.
RESULTS = ("met", "missed")


def promises_of(question: Question, actor: Actor) -> QuerySet[TicketClock]:
    """The promises with a result of tickets received in the period; each counts once."""
    return TicketClock.objects.filter(
        _of_whom(question, actor),
        counts=True,
        state__in=RESULTS,
        received_at__gte=question.start,
        received_at__lt=question.end,
    )


def tickets_of(question: Question, actor: Actor) -> TicketQuerySet:
    """The tickets of a question's selection, whenever they were received."""
    tickets: TicketQuerySet = Ticket.objects.visible_to(actor)
    return tickets.filter(_of_whom(question, actor))


def unanswered_of(question: Question, actor: Actor) -> QuerySet[Escalation]:
    """Open escalations that no manager has acknowledged."""
    return Escalation.objects.filter(
        state=Escalation.State.OPEN,
        acknowledged_at=None,
        ticket__in=tickets_of(question, actor).values("pk"),
    )


def _of_whom(question: Question, actor: Actor) -> Q:
    """Whose: who may not see all departments is answered for their own."""
    asked = Q(
        **{
            name: value
            for name, value in (
                ("department_id", question.department),
                ("assignee_id", question.assignee),
                ("client_id", question.client),
            )
            if value is not None
        }
    )
    for name in question.without:
        asked &= Q(**{f"{name}_id": None})
    if not actor.may(Permission.TICKET_ALL):
        asked &= Q(department_id__in=actor.departments)
    return asked
