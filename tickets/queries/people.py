"""People to choose from on the ticket pages."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When

from clients.models import Contact
from people.actors import Actor
from people.models import Absence, Membership
from people.roles import Permission, Role, permissions_of
from tickets.models import Ticket

#: Roles whose people can be given tickets.
WORKING_ROLES = tuple(
    role for role in Role if Permission.TICKET_WORK in permissions_of(role)
)


def assignable(now: datetime, department: int | None = None) -> QuerySet[Membership]:
    """Who can be given a ticket, the given department first; ``is_away`` is annotated."""
    away = Absence.objects.filter(
        membership_id=OuterRef("pk"), starts_at__lte=now, ends_at__gt=now
    )
    near = Case(
        When(department_id=department, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return (
        Membership.objects.active()
        .filter(role__in=WORKING_ROLES)
        .select_related("user", "department")
        .annotate(is_away=Exists(away))
        .order_by(near, "user__name", "pk")
    )


def colleagues_of(actor: Actor, ticket: Ticket) -> QuerySet[Membership]:
    """Who can be made a follower: for a client's person only the client's own people."""
    people = Membership.objects.active().select_related("user").order_by("user__name")
    own = Contact.objects.filter(client_id=ticket.client_id, is_active=True).exclude(
        membership=None
    )
    clients = people.filter(pk__in=own.values("membership_id"))
    return clients if actor.is_client else people.staff() | clients
