"""The ticket, the record of its events, its number and its place in the search."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Contact, Equipment, Project, Site
from people.actors import Actor
from people.models import Department, Membership
from people.roles import Permission, Role
from sla.models import StandardVersion
from tenants.models import TenantForeignKey, TenantManager, TenantModel
from tickets.models.flow import FlowVersion


class State(models.TextChoices):
    """Where a ticket stands."""

    NEW = "new", _("New")
    TRIAGED = "triaged", _("Triaged")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING = "waiting", _("Waiting")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")
    MERGED = "merged", _("Merged")


#: Somebody still has to do something; a resolved ticket waits for the customer's word.
WORKING_STATES = (State.NEW, State.TRIAGED, State.IN_PROGRESS, State.WAITING)
ENDED_STATES = (State.CLOSED, State.CANCELLED, State.MERGED)


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Readers of tickets."""

    def visible_to(self, actor: Actor) -> Self:
        """What an actor may see.

        Client staff see what they filed or follow, a client manager all of the
        organisation's; engineers and department managers what is in their departments,
        assigned to them, followed, or theirs to visit, and where their department was
        called in; the desk, the general manager and administrators all.
        """
        if actor.membership_id is None or not actor.may(Permission.TICKET_READ):
            return self.none()
        if actor.is_client:
            own = self.filter(client_id=actor.client_id)
            if actor.role == Role.CLIENT_MANAGER:
                return own
            return own.filter(
                Q(requester_id=actor.membership_id) | Q(pk__in=_followed_by(actor))
            )
        if actor.may(Permission.TICKET_ALL):
            return self
        return self.filter(
            Q(department_id__in=actor.departments)
            | Q(second_line_id__in=actor.departments)
            | Q(assignee_id=actor.membership_id)
            | Q(pk__in=_followed_by(actor))
            | Q(pk__in=_worked_on_by(actor))
        )

    def working(self) -> Self:
        """Somebody still has to do something about them."""
        return self.filter(state__in=WORKING_STATES)

    def missed(self, now: datetime) -> Self:
        """A promise is missed and the thing is not yet done.

        What is over its time is missed, also in the second before it is recorded.
        """
        return self.filter(Q(missed_open=True) | Q(next_due_at__lt=now))

    def at_risk(self, now: datetime) -> Self:
        """Past a warning, before the miss."""
        return self.filter(
            next_warn_at__lte=now, next_due_at__gte=now, missed_open=False
        )

    def by_time_left(self) -> Self:
        """What is due next first; without a due time last."""
        return self.order_by(models.F("next_due_at").asc(nulls_last=True), "id")


def _followed_by(actor: Actor) -> models.QuerySet[Any, Any]:
    # Followers point at tickets, and are of the next room.
    from tickets.models.conversation import Follower  # noqa: PLC0415

    own = Follower.objects.filter(membership_id=actor.membership_id)  # type: ignore[misc]
    return own.values("ticket_id")


def _worked_on_by(actor: Actor) -> models.QuerySet[Any, Any]:
    # Work orders point at tickets too.
    from tickets.models.work import WorkOrder  # noqa: PLC0415

    own = WorkOrder.objects.filter(engineer_id=actor.membership_id)
    return own.values("ticket_id")


class Ticket(TenantModel):
    """A request 工单. Its state, clocks and dates follow from its events."""

    class Kind(models.TextChoices):
        FAULT = "fault", _("Fault")
        PLANNED = "planned", _("Planned work")

    class Channel(models.TextChoices):
        WEB = "web", _("Web")
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        API = "api", _("API")

    class Severity(models.IntegerChoices):
        GENERAL = 1, _("General")
        SERIOUS = 2, _("Serious")
        URGENT = 3, _("Urgent")

    class Visit(models.TextChoices):
        UNDECIDED = "undecided", _("Undecided")
        NEEDED = "needed", _("Needed")
        NOT_NEEDED = "not_needed", _("Not needed")

    class Wait(models.TextChoices):
        CUSTOMER = "customer", _("Waiting for the customer")
        APPOINTMENT = "appointment", _("Waiting for the appointment")
        PARTS = "parts", _("Waiting for parts")
        THIRD_PARTY = "third_party", _("Waiting for a third party")

    number = models.CharField(_("number"), max_length=24)
    client = TenantForeignKey(Client, verbose_name=_("client organisation"))
    project = TenantForeignKey(
        Project, null=True, blank=True, verbose_name=_("project")
    )
    site = TenantForeignKey(Site, null=True, blank=True, verbose_name=_("site"))
    contact = TenantForeignKey(
        Contact, null=True, blank=True, verbose_name=_("contact")
    )
    equipment = TenantForeignKey(
        Equipment, null=True, blank=True, verbose_name=_("equipment")
    )
    title = models.CharField(_("title"), max_length=200)
    symptom = models.TextField(_("symptom"), max_length=10_000, blank=True)
    effect = models.TextField(_("effect on the work"), max_length=4_000, blank=True)
    wish = models.TextField(_("what you ask for"), max_length=4_000, blank=True)
    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind.choices, default=Kind.FAULT
    )
    channel = models.CharField(
        max_length=10, choices=Channel.choices, default=Channel.WEB
    )
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity.choices)
    severity_asked = models.PositiveSmallIntegerField(choices=Severity.choices)
    tier = models.CharField(max_length=40)
    standard_version = TenantForeignKey(StandardVersion)
    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    wait_reason = models.CharField(max_length=12, choices=Wait.choices, blank=True)
    visit = models.CharField(
        _("visit"), max_length=10, choices=Visit.choices, default=Visit.UNDECIDED
    )
    appointment_at = models.DateTimeField(_("appointment"), null=True)
    appointment_moves = models.PositiveSmallIntegerField(default=0)
    department = TenantForeignKey(Department, null=True, verbose_name=_("department"))
    assignee = TenantForeignKey(Membership, null=True, verbose_name=_("assignee"))
    requester = TenantForeignKey(Membership, null=True, verbose_name=_("requester"))
    merged_into = TenantForeignKey("self", null=True)
    follows_up = TenantForeignKey("self", null=True)  # the closed ticket it continues
    received_at = models.DateTimeField(_("received"))
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    # Derived from the clocks, so that lists need no join.
    next_due_at = models.DateTimeField(null=True)
    next_warn_at = models.DateTimeField(null=True)
    next_metric = models.CharField(max_length=20, blank=True)
    missed_open = models.BooleanField(default=False)
    escalated = models.BooleanField(default=False)  # an escalation is open
    # The fault handling flow: the version begun with, the next step ("" at the end), and
    # which other department was called in.
    flow_version = TenantForeignKey(FlowVersion, null=True)
    flow_step = models.CharField(max_length=40, blank=True)
    second_line = TenantForeignKey(Department, null=True)
    last_seq = models.PositiveIntegerField(default=0)  # also the version for ETag

    objects = TenantManager.from_queryset(TicketQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "number"], name="tickets_ticket_number"
            )
        ]
        indexes = [
            models.Index(
                models.F("tenant"),
                models.F("next_due_at").asc(nulls_last=True),
                models.F("id"),
                condition=Q(state__in=["new", "triaged", "in_progress", "waiting"]),
                name="tickets_ticket_queue",
            ),
            models.Index(
                models.F("tenant"),
                models.F("assignee"),
                models.F("next_due_at").asc(nulls_last=True),
                models.F("id"),
                condition=Q(state__in=["new", "triaged", "in_progress", "waiting"]),
                name="tickets_ticket_mine",
            ),
            models.Index(
                fields=["tenant", "-received_at", "-id"], name="tickets_ticket_newest"
            ),
            models.Index(
                fields=["tenant", "client", "-received_at"],
                name="tickets_ticket_client",
            ),
            models.Index(
                fields=["tenant", "requester", "-received_at"],
                name="tickets_ticket_requester",
            ),
            models.Index(
                fields=["tenant", "-updated_at", "-id"], name="tickets_ticket_updated"
            ),
            models.Index(
                fields=["tenant", "next_due_at"],
                condition=Q(missed_open=True),
                name="tickets_ticket_missed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_working(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in WORKING_STATES

    @property
    def is_ended(self) -> bool:
        """Whether it is closed, cancelled or merged."""
        return self.state in ENDED_STATES


class TicketCounter(TenantModel):
    """The last number given in a year."""

    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "year"], name="tickets_counter_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class EventQuerySet(models.QuerySet["TicketEvent"]):
    """Readers of events."""

    def visible_to(self, actor: Actor) -> Self:
        """Everything for staff; for client staff nothing internal, in any form."""
        return self.filter(internal=False) if actor.is_client else self


class TicketEvent(TenantModel):
    """One thing that happened: the record. Append-only, by everyone.

    ``happened_at`` is event time, ``recorded_at`` record time (rule 7). ``kind`` is one of
    ``tickets.rules.facts.FactKind`` or of ``tickets.kinds.EventKind``; ``body`` holds words
    of a person, ``data`` the facts.
    """

    ticket = TenantForeignKey(Ticket, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = TenantForeignKey(Membership, null=True)
    actor_name = models.CharField(max_length=100, blank=True)
    via = models.CharField(max_length=10)
    internal = models.BooleanField(default=False)
    body = models.TextField(blank=True, max_length=20_000)
    data = models.JSONField(default=dict)

    objects = TenantManager.from_queryset(EventQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "ticket", "seq"], name="tickets_event_seq"
            )
        ]
        indexes = [models.Index(fields=["tenant", "id"], name="tickets_event_feed")]

    def __str__(self) -> str:
        return f"#{self.seq} {self.kind}"


class TicketSearch(TenantModel):
    """What a ticket is found by: words, Chinese bigrams, numbers, serial numbers."""

    ticket = TenantForeignKey(Ticket)
    document = SearchVectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "ticket"], name="tickets_search_ticket"
            )
        ]
        indexes = [GinIndex(fields=["document"], name="tickets_search_document")]

    def __str__(self) -> str:
        return str(self.ticket_id)
