"""The work order 任务工单: one visit or one remote job of a ticket, and what it records."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.models import Membership
from tenants.models import TenantForeignKey, TenantManager, TenantModel
from tickets.models.ticket import Ticket
from tickets.rules.work import AHEAD, AT_WORK, OVER, WorkState


class WorkOrderQuerySet(models.QuerySet["WorkOrder"]):
    """Readers of work orders."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of visible tickets; an engineer always sees their own."""
        tickets = Ticket.objects.visible_to(actor).values("pk")
        if actor.is_client or actor.membership_id is None:
            return self.filter(ticket_id__in=tickets)
        return self.filter(
            Q(ticket_id__in=tickets) | Q(engineer_id=actor.membership_id)
        )

    def open(self) -> Self:
        """Those that are not over."""
        return self.exclude(state__in=OVER)

    def ahead(self) -> Self:
        """Those that nobody has begun."""
        return self.filter(state__in=AHEAD)

    def on(self, start: datetime, end: datetime) -> Self:
        """Those planned to overlap a stretch of time."""
        return self.filter(planned_start_at__lt=end, planned_end_at__gt=start)

    def by_plan(self) -> Self:
        """What is planned first comes first; without a time last."""
        return self.order_by(F("planned_start_at").asc(nulls_last=True), "pk")


class WorkOrder(TenantModel):
    """One visit or one remote job. Its history is in the ticket's events."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("Visit")
        REMOTE = "remote", _("Remote job")

    class State(models.TextChoices):
        UNASSIGNED = "unassigned", _("Unassigned")
        ASSIGNED = "assigned", _("Assigned")
        ACCEPTED = "accepted", _("Accepted")
        DEPARTED = "departed", _("On the way")
        ARRIVED = "arrived", _("On site")
        BEGUN = "begun", _("Being worked on")
        FINISHED = "finished", _("Finished, to be signed")
        SIGNED = "signed", _("Signed")
        REFUSED = "refused", _("Signature refused")
        CANCELLED = "cancelled", _("Cancelled")

    class Outcome(models.TextChoices):
        SOLVED = "solved", _("Solved")
        NOT_SOLVED = "not_solved", _("Not solved yet")

    ticket = TenantForeignKey(
        Ticket, related_name="work_orders", verbose_name=_("ticket")
    )
    ordinal = models.PositiveSmallIntegerField()  # within the ticket, from 1
    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind.choices, default=Kind.VISIT
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    engineer = TenantForeignKey(
        Membership, null=True, blank=True, verbose_name=_("engineer")
    )
    purpose = models.CharField(_("what is to be done"), max_length=500)
    planned_start_at = models.DateTimeField(_("planned from"), null=True, blank=True)
    planned_end_at = models.DateTimeField(_("planned until"), null=True, blank=True)
    #: How long the way there takes, in minutes: the engineer is reminded in time to leave.
    travel = models.PositiveSmallIntegerField(
        _("way there, minutes"), default=30, db_default=30
    )
    #: What has to be ready before departure [H]: [{text, required, done_at, done_by}].
    checklist = models.JSONField(default=list)
    accepted_at = models.DateTimeField(null=True)
    departed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(_("arrived"), null=True)  # or begun, if remote
    finished_at = models.DateTimeField(_("finished"), null=True)
    signed_at = models.DateTimeField(_("signed"), null=True)
    ended_at = models.DateTimeField(null=True)  # signed or cancelled
    #: Where the engineer's device said it was on arrival, in words or coordinates.
    place = models.CharField(_("place of arrival"), max_length=200, blank=True)
    found = models.TextField(_("what was found"), max_length=10_000, blank=True)
    done = models.TextField(_("work done"), max_length=10_000, blank=True)
    advice = models.TextField(_("advice"), max_length=4_000, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=12, choices=Outcome.choices, blank=True
    )
    rating = models.PositiveSmallIntegerField(_("rating"), null=True)  # 1 to 5
    rating_words = models.CharField(max_length=1_000, blank=True)
    version = models.PositiveIntegerField(default=0)  # grows with every change
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = TenantManager.from_queryset(WorkOrderQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "ticket", "ordinal"], name="tickets_workorder_number"
            ),
            models.CheckConstraint(
                condition=Q(planned_start_at=None, planned_end_at=None)
                | Q(planned_end_at__gt=F("planned_start_at")),
                name="tickets_workorder_plan",
            ),
            models.CheckConstraint(
                condition=Q(engineer__isnull=False)
                | Q(state__in=["unassigned", "cancelled"]),
                name="tickets_workorder_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(1, 5)),
                name="tickets_workorder_rating",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "engineer", "planned_start_at"],
                condition=~Q(state__in=["signed", "cancelled"]),
                name="tickets_workorder_mine",
            ),
            models.Index(
                fields=["tenant", "planned_start_at"],
                condition=~Q(state__in=["signed", "cancelled"]),
                name="tickets_workorder_board",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """How people call it: the ticket's number and its place among its work orders."""
        return f"{self.ticket.number}-W{self.ordinal}"

    @property
    def is_visit(self) -> bool:
        """Whether somebody goes there."""
        return self.kind == WorkOrder.Kind.VISIT

    @property
    def is_over(self) -> bool:
        """Whether nothing can be recorded any more."""
        return WorkState(self.state) in OVER

    @property
    def is_at_work(self) -> bool:
        """Whether what is done can be recorded."""
        return WorkState(self.state) in AT_WORK


#: By name, for the published schema.
WORK_STATES = WorkOrder.State.values


class OfWorkOrderQuerySet(models.QuerySet[Any]):
    """Readers of what a work order records."""

    def visible_to(self, actor: Actor) -> Self:
        """What visible work orders record."""
        orders = WorkOrder.objects.visible_to(actor).values("pk")
        return self.filter(work_order_id__in=orders)

    def standing(self) -> Self:
        """What has not been taken back."""
        return self.filter(removed_at=None)


class WorkPart(TenantModel):
    """A part that was used 更换配件: what went in, what came out."""

    work_order = TenantForeignKey(WorkOrder, related_name="parts")
    name = models.CharField(_("part"), max_length=160)
    part_number = models.CharField(_("part number"), max_length=80, blank=True)
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    serial_in = models.CharField(_("serial number, new"), max_length=100, blank=True)
    serial_out = models.CharField(_("serial number, old"), max_length=100, blank=True)
    added_by = TenantForeignKey(Membership)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)  # entered by mistake

    objects = TenantManager.from_queryset(OfWorkOrderQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("part used")
        verbose_name_plural = _("parts used")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="tickets_workpart_quantity"
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "work_order"], name="tickets_workpart_order")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"


class WorkTime(TenantModel):
    """A stretch of somebody's work 工时. Half-open: [started_at, ended_at)."""

    class Kind(models.TextChoices):
        WORK = "work", _("Work")
        TRAVEL = "travel", _("Travel")

    work_order = TenantForeignKey(WorkOrder, related_name="times")
    person = TenantForeignKey(Membership, verbose_name=_("person"))
    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind.choices, default=Kind.WORK
    )
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"))
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(OfWorkOrderQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("hours")
        verbose_name_plural = _("hours")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__gt=F("started_at")),
                name="tickets_worktime_ends_later",
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "work_order"], name="tickets_worktime_order")
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} – {self.ended_at:%H:%M}"


class ExtraWork(TenantModel):
    """Work found on site that was not asked for: it needs the customer's word first [J]."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        AUTHORISED = "authorised", _("Authorised")
        DECLINED = "declined", _("Declined")

    work_order = TenantForeignKey(WorkOrder, related_name="extras")
    description = models.CharField(_("what was found"), max_length=500)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3, default="CNY")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    asked_by = TenantForeignKey(Membership)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(_("decided by"), max_length=100, blank=True)
    done_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(OfWorkOrderQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("extra work")
        verbose_name_plural = _("extra work")
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(state="authorised"),
                name="tickets_extrawork_authorised_first",
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0), name="tickets_extrawork_price"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "work_order"], name="tickets_extrawork_order"
            )
        ]

    def __str__(self) -> str:
        return self.description


class Checklist(TenantModel):
    """What has to be ready before departure [H], per equipment category (blank: for all)."""

    name = models.CharField(_("name"), max_length=80)
    category = models.CharField(_("equipment category"), max_length=60, blank=True)
    items = models.JSONField(default=list)  # [{"text": str, "required": bool}]
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("preparation checklist")
        verbose_name_plural = _("preparation checklists")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], name="tickets_checklist_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
