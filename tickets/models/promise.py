"""What the clocks say, as stored: a result that can always be recomputed from the events."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from people.models import Membership
from sla.models import StandardVersion
from tenants.models import TenantForeignKey, TenantModel
from tickets.models.ticket import Ticket


class TicketClock(TenantModel):
    """One clock of one ticket: the stored result of ``tickets.rules.derive``.

    ``missed_at`` is the instant of the miss as derived; ``fired_at`` when the platform
    recorded it, ``withdrawn_at`` when a correction took it back (rule 7).
    ``client_id`` … ``assignee_id`` are the ticket's, copied for the statistics.
    """

    ticket = TenantForeignKey(Ticket, related_name="clocks")
    key = models.CharField(max_length=120)
    metric = models.CharField(max_length=20)
    tier = models.CharField(max_length=40)
    severity = models.PositiveSmallIntegerField()
    standard_version = TenantForeignKey(StandardVersion)
    state = models.CharField(max_length=10)
    counts = models.BooleanField(default=True)
    started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    fired_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    limit = models.DurationField()
    start_event = models.CharField(max_length=20, blank=True)
    pauses = models.JSONField(default=list)
    provisional = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    client_id = models.BigIntegerField()
    department_id = models.BigIntegerField(null=True)
    assignee_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "ticket", "key"], name="tickets_clock_key"
            )
        ]
        indexes = [
            # What the dashboard counts and groups by: answered from the index alone.
            models.Index(
                fields=["tenant", "received_at"],
                include=[
                    "metric",
                    "tier",
                    "standard_version",
                    "state",
                    "counts",
                    "department_id",
                    "client_id",
                    "assignee_id",
                ],
                name="tickets_clock_figures",
            ),
            models.Index(
                fields=["tenant", "missed_at"],
                condition=Q(state="missed", finished_at__isnull=True),
                name="tickets_clock_missed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"


class Escalation(TenantModel):
    """The climbing of one missed clock; ends when the metric is done, late or withdrawn."""

    class State(models.TextChoices):
        OPEN = "open"
        ENDED = "ended"
        WITHDRAWN = "withdrawn"

    ticket = TenantForeignKey(Ticket, related_name="escalations")
    clock = TenantForeignKey(TicketClock, related_name="escalations")
    metric = models.CharField(max_length=20)
    tier = models.CharField(max_length=40)  # whose ladder it climbs
    standard_version = TenantForeignKey(StandardVersion)
    opened_at = models.DateTimeField()  # the instant of the miss
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = TenantForeignKey(Membership, null=True)
    plan = models.TextField(blank=True, max_length=4_000)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "ticket"], name="tickets_escalation_ticket"),
            models.Index(
                fields=["tenant", "-opened_at"],
                condition=Q(state="open", acknowledged_at__isnull=True),
                name="tickets_escalation_unanswered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.state}"


class EscalationStep(TenantModel):
    """One rung that was fired: when it was due, when it fired, who was told. Append-only."""

    escalation = TenantForeignKey(Escalation, null=True, related_name="steps")
    ticket = TenantForeignKey(Ticket, related_name="escalation_steps")
    clock = TenantForeignKey(TicketClock)
    step = models.CharField(
        max_length=60
    )  # "warning", "<step key>" or "<step key>#<n>"
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField()
    told = models.JSONField(default=list)  # [{membership, as, instead_of, copy}]
    problem = models.CharField(
        max_length=30, blank=True
    )  # "nobody_has_role", "all_away"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "clock", "step", "due_at"],
                name="tickets_escalationstep_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "ticket"], name="tickets_escalationstep_ticket"
            )
        ]

    def __str__(self) -> str:
        return self.step
