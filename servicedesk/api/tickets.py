"""Tickets: the list with its filters, filing, and one ticket with its promise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Client, Contact, Equipment, Project, Site
from clients.queries.served import served_project
from clients.services import create_contact
from people.actors import Actor
from people.models import Department, Membership
from people.roles import STAFF_ROLES, Permission
from servicedesk.api.base import Api, created
from servicedesk.api.fields import (
    LEVELS,
    Choice,
    Input,
    Instant,
    Level,
    Owner,
    QueryFlag,
    QueryList,
    Ref,
    Text,
    TicketRef,
    query_id,
)
from servicedesk.api.paging import SIZE, Paged, bad_cursor, page_of, read_query
from servicedesk.api.reading import (
    clocks_of,
    find_ticket,
    for_rows,
    show,
    tag_of,
    with_surroundings,
)
from servicedesk.api.schema import reads, writes
from servicedesk.api.shapes import person
from servicedesk.api.ticket_shapes import (
    ClockList,
    FollowerList,
    TicketFull,
    TicketRowList,
    row_of,
)
from tickets.models import Follower, Ticket
from tickets.models.ticket import State
from tickets.queries.paging import Cursor, paginate
from tickets.queries.promise import read_promise
from tickets.queries.queue import SORTS
from tickets.queries.words import METRICS
from tickets.search import ticket_ids
from tickets.services import receive

TAG = "Tickets"
NUMBER = OpenApiParameter(
    "number",
    {"type": "string", "pattern": r"^[A-Za-z0-9-]{1,24}$"},
    OpenApiParameter.PATH,
    description="Such as ZD-2026-000123.",
)
STAFF = "Only for staff."


class QueryInstant(Instant):
    """An instant in an address, where a bare + has become a space."""

    def to_internal_value(self, value: Any) -> datetime:
        """The instant in UTC."""
        if isinstance(value, str):
            value = value.replace(" ", "+")
        return super().to_internal_value(value)


class TicketQuery(Paged):
    """What narrows the list of tickets."""

    state = QueryList(choices=State.values, required=False)
    severity = QueryList(choices=tuple(LEVELS), required=False)
    kind = Choice(choices=Ticket.Kind.values, required=False)
    project = query_id()
    missed = QueryFlag(
        required=False, help_text="A promise is missed and not yet kept."
    )
    q = serializers.CharField(
        required=False, max_length=200, help_text="Words, a number, a serial number."
    )
    sort = Choice(
        choices=tuple(SORTS), required=False, help_text="`-received` if not given."
    )
    client = query_id(STAFF)
    department = query_id(STAFF)
    assignee = query_id(STAFF)
    unassigned = QueryFlag(required=False, help_text=STAFF)
    at_risk = QueryFlag(required=False, help_text=f"Past a warning. {STAFF}")
    metric = Choice(
        choices=tuple(METRICS), required=False, help_text=f"What is due next. {STAFF}"
    )
    updated_since = QueryInstant(required=False, help_text=STAFF)

    #: What would tell a client's people of things that are not theirs to know.
    staff_only = frozenset(
        {
            "client",
            "department",
            "assignee",
            "unassigned",
            "at_risk",
            "metric",
            "updated_since",
        }
    )

    def get_fields(self) -> dict[str, Any]:
        """The parameters of the caller's side."""
        fields = super().get_fields()
        actor = self.context.get("actor")
        if actor is not None and actor.is_client:
            for name in self.staff_only:
                del fields[name]
            fields["sort"] = Choice(choices=("received", "-received"), required=False)
        return fields


class NewContact(Input):
    """A caller who is not known yet."""

    name = Text(max_length=100)
    phone = Text(max_length=40, required=False, allow_blank=True)


def _active(model: Any) -> Any:
    return lambda actor: model.objects.visible_to(actor).filter(is_active=True)


def followable(actor: Actor) -> QuerySet[Membership]:
    """Who may be made a follower; the service looks whose ticket it is."""
    people = Membership.objects.active().select_related("user")
    own = Contact.objects.visible_to(actor).filter(is_active=True)
    theirs = Q(pk__in=own.exclude(membership=None).values("membership_id"))
    return people.filter(
        theirs if actor.is_client else theirs | Q(role__in=STAFF_ROLES)
    )


class ProjectRef(Ref):
    """A project, with its client and department, as a request names it."""

    def row(self, pk: int, actor: Actor) -> Project | None:
        """The project with an id; see :func:`clients.queries.served.served_project`."""
        return served_project(pk, actor=actor)


class Filing(Input):
    """A request. A client's people file their own; staff file for a caller."""

    title = Text(max_length=200)
    symptom = Text(max_length=10_000, required=False, allow_blank=True)
    effect = Text(max_length=4_000, required=False, allow_blank=True)
    wish = Text(max_length=4_000, required=False, allow_blank=True)
    severity = Level(required=False, help_text="`general` if none is given.")
    project = ProjectRef(_active(Project), required=False, allow_null=True)
    site = Ref(_active(Site), required=False, allow_null=True)
    equipment = Ref(_active(Equipment), required=False, allow_null=True)
    follows_up = TicketRef(
        required=False, allow_null=True, help_text="The closed ticket it goes on from."
    )
    followers = serializers.ListField(
        child=Ref(followable), required=False, max_length=50, help_text="Memberships."
    )
    client = Owner(
        _active(Client),
        required=False,
        help_text="Not needed where `project`, `equipment`, `site` or `contact` says "
        f"whose they are. {STAFF}",
    )
    contact = Ref(_active(Contact), required=False, allow_null=True, help_text=STAFF)
    new_contact = NewContact(
        required=False,
        help_text=f"In place of `contact`: a caller not known yet. {STAFF}",
    )
    department = Ref(
        _active(Department), required=False, allow_null=True, help_text=STAFF
    )
    kind = Choice(choices=Ticket.Kind.values, required=False, help_text=STAFF)
    channel = Choice(
        choices=("phone", "email", "api"), required=False, help_text=f"`api`. {STAFF}"
    )
    received_at = Instant(
        required=False, help_text=f"When the call began; the clocks start then. {STAFF}"
    )
    time_reason = Text(
        max_length=300,
        required=False,
        allow_blank=True,
        help_text=f"Why only now. {STAFF}",
    )
    answer = Text(
        max_length=20_000,
        required=False,
        allow_blank=True,
        help_text=f"What a person answered at once, with way and plan: the first response. {STAFF}",
    )

    staff_only = frozenset(
        {
            "client",
            "contact",
            "new_contact",
            "department",
            "kind",
            "channel",
            "received_at",
            "time_reason",
            "answer",
        }
    )

    def get_fields(self) -> dict[str, Any]:
        """The fields of the caller's side."""
        fields = super().get_fields()
        actor = self.context.get("actor")
        if actor is not None and actor.is_client:
            for name in self.staff_only:
                fields.pop(name, None)
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """With the client organisation, where staff file."""
        if self.actor.is_client:
            return attrs
        try:
            return attrs | {"client": self._owner(attrs)}
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"client": error.detail}) from None

    def _owner(self, values: dict[str, Any]) -> Client:
        things = [values.get(name) for name in OWNED]
        owned = next((thing for thing in things if thing is not None), None)
        wanted = values.get("client", owned and owned.client_id)
        field: Any = self.fields["client"]
        if wanted is None:
            field.fail("required")
        if owned is not None and wanted == owned.client_id and owned.client.is_active:
            client: Client = owned.client
            return client
        found: Client = field.find(wanted)
        return found


#: What of a request belongs to a client organisation.
OWNED = ("project", "equipment", "site", "contact")


class TicketsView(Api):
    """All tickets that the caller may see; filing one."""

    permission = {
        "GET": Permission.TICKET_READ,
        "POST": (Permission.TICKET_FILE, Permission.TICKET_BEHALF),
    }

    @reads(
        TicketRowList,
        summary="List tickets",
        tag=TAG,
        parameters=[TicketQuery],
        operation_id="tickets",
    )
    def get(self, request: Request) -> Response:
        """A page of tickets, the newest first unless another order is asked for."""
        asked = read_query(request, TicketQuery)
        sort = SORTS[asked.get("sort", "-received")]
        place = asked.get("cursor", "")
        if place:
            cursor = Cursor.decode(place)
            if cursor is None or (cursor.value is None and not sort.nullable):
                raise bad_cursor()
        page = paginate(
            for_rows(_narrowed(self.actor, asked, self.now)),
            sort,
            place,
            size=asked.get("limit", SIZE),
        )
        return Response(
            page_of(
                [row_of(ticket, self.actor) for ticket in page.rows],
                next_cursor=page.next_cursor,
                previous_cursor=page.previous_cursor,
            )
        )

    @writes(Filing, TicketFull, summary="File a ticket", tag=TAG, status=201)
    def post(self, request: Request) -> Response:
        """Receive a request: its clocks start, whoever is concerned is told."""
        del request
        values = self.read(Filing)
        values |= self._own() if self.actor.is_client else self._caller(values)
        values = {"channel": "api", **values}
        case = receive(**self.common, **values)
        ticket = case.ticket
        where = reverse("api:ticket", args=[ticket.number])
        tag = tag_of(ticket, self.actor)
        if ticket.follows_up_id is not None:
            ticket = with_surroundings(ticket, self.actor)
        data = show(ticket, self.actor, self.now, facts=case.facts)
        return created(data, where, tag)

    def _own(self) -> dict[str, Any]:
        """A client's person files for the own organisation."""
        client = Client.objects.visible_to(self.actor).active().first()
        if client is None:
            raise Http404
        own = Contact.objects.visible_to(self.actor)
        contact = own.filter(membership_id=self.actor.membership_id).first()
        return {"client": client, "contact": contact, "requester": self.membership}

    def _caller(self, values: dict[str, Any]) -> dict[str, Any]:
        """The caller becomes a contact where they are not one yet."""
        new = values.pop("new_contact", None)
        if new is None:
            return {}
        if not self.actor.may(Permission.CONTACT_CREATE):
            raise Http404
        if values.get("contact") is not None:
            words = _("Give a contact or a new one, not both.")
            raise serializers.ValidationError({"new_contact": [words]})
        contact = create_contact(**self.common, client=values["client"], **new)
        return {"contact": contact}


def _narrowed(actor: Actor, asked: dict[str, Any], now: datetime) -> QuerySet[Ticket]:
    """The tickets that are asked for, of those the actor may see."""
    tickets = Ticket.objects.visible_to(actor)
    plain = {
        "state__in": asked.get("state"),
        "severity__in": [LEVELS[word] for word in asked.get("severity", ())],
        "kind": asked.get("kind"),
        "client_id": asked.get("client"),
        "project_id": asked.get("project"),
        "department_id": asked.get("department"),
        "assignee_id": asked.get("assignee"),
        "next_metric": asked.get("metric"),
        "missed_open": asked.get("missed"),
        "updated_at__gte": asked.get("updated_since"),
        "assignee__isnull": asked.get("unassigned"),
    }
    wanted = {n: v for n, v in plain.items() if v is not None and v != []}
    tickets = tickets.filter(**wanted)
    if (risk := asked.get("at_risk")) is not None:
        at_risk = Q(next_warn_at__lte=now, missed_open=False)
        tickets = tickets.filter(at_risk if risk else ~at_risk)
    if asked.get("q"):
        tickets = tickets.filter(pk__in=ticket_ids(asked["q"], actor=actor))
    return tickets


class TicketView(Api):
    """One ticket."""

    permission = Permission.TICKET_READ

    @reads(
        TicketFull,
        summary="Read a ticket",
        tag=TAG,
        parameters=[NUMBER],
        etag=True,
        operation_id="ticket",
    )
    def get(self, request: Request, number: str) -> Response:
        """A ticket with its clocks and what may be done with it now."""
        del request
        ticket = find_ticket(self.actor, number)
        tag = tag_of(ticket, self.actor)
        known = self.tagged(tag)
        if known is not None:
            return known
        ticket = with_surroundings(ticket, self.actor)
        data = show(ticket, self.actor, self.now)
        return Response(data, headers={"ETag": tag})


class ClocksView(Api):
    """The promise of a ticket."""

    permission = Permission.TICKET_READ

    @reads(ClockList, summary="Read a ticket's clocks", tag=TAG, parameters=[NUMBER])
    def get(self, request: Request, number: str) -> Response:
        """Every clock with its explanation and what was not counted."""
        del request
        ticket = find_ticket(self.actor, number)
        promise = read_promise(ticket, self.actor, self.now)
        return Response({"results": clocks_of(promise, self.actor)})


class FollowersView(Api):
    """Who follows a ticket."""

    permission = Permission.TICKET_READ

    @reads(FollowerList, summary="List followers", tag=TAG, parameters=[NUMBER])
    def get(self, request: Request, number: str) -> Response:
        """Followers; a client's people see their own colleagues only."""
        del request
        ticket = find_ticket(self.actor, number)
        rows = Follower.objects.filter(ticket=ticket).select_related("membership__user")
        people = [row.membership for row in rows.order_by("pk")]
        shown = [
            {**(person(one) or {}), "is_client": one.is_client}
            for one in people
            if one.is_client or not self.actor.is_client
        ]
        return Response({"results": shown})
