"""Service standards of a tenant, in versions; calendars, in immutable revisions."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from people.actors import Actor
from people.models import Membership
from tenants.models import TenantForeignKey, TenantManager, TenantModel


def in_language(*, zh: str, en: str) -> str:
    """Of the same words in both languages those of the request's."""
    return zh if (get_language() or "zh").startswith("zh") else en


class StandardQuerySet(models.QuerySet["ServiceStandard"]):
    """Readers of standards."""

    def visible_to(self, actor: Actor) -> StandardQuerySet:
        """All of them for staff; for client staff the default and their projects' own.

        Projects hang themselves in by ``clients.Project.standard``.
        """
        if actor.is_client:
            own = models.Q(
                projects__client_id=actor.client_id, projects__is_active=True
            )
            return self.filter(models.Q(is_default=True) | own).distinct()
        return self if actor.is_staff else self.none()


class ServiceStandard(TenantModel):
    """A document 服务标准 of the tenant. What it promises is in its versions."""

    key = models.CharField(_("key"), max_length=40)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    name_en = models.CharField(_("name (English)"), max_length=100)
    source = models.CharField(_("source document"), max_length=200, blank=True)
    is_default = models.BooleanField(_("default of the tenant"), default=False)
    created_at = models.DateTimeField()
    history = HistoricalRecords()
    objects = TenantManager.from_queryset(StandardQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("service standard")
        verbose_name_plural = _("service standards")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="sla_standard_key"),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=models.Q(is_default=True),
                name="sla_standard_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the request."""
        return in_language(zh=self.name_zh, en=self.name_en)


class VersionQuerySet(models.QuerySet["StandardVersion"]):
    """Readers of versions."""

    def in_force_at(self, instant: datetime) -> VersionQuerySet:
        """Versions whose date has come, newest first."""
        return self.filter(in_force_from__lte=instant).order_by(
            "-in_force_from", "-number"
        )

    def visible_to(self, actor: Actor, now: datetime) -> VersionQuerySet:
        """Versions of the standards that the actor sees; what is only planned is ours."""
        found = self.filter(
            standard__in=ServiceStandard.objects.visible_to(actor).values("pk")
        )
        return found.filter(in_force_from__lte=now) if actor.is_client else found


class StandardVersion(TenantModel):
    """One version, in force from an instant. Immutable: the application may only add."""

    standard = TenantForeignKey(ServiceStandard, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField()  # the YAML as it was published
    # The same, compiled: sla.rules.Standard as sla.standards writes it, with the calendars copied
    # in, and under "revisions" the ids of their revisions by key.
    data = models.JSONField()
    in_force_from = models.DateTimeField(_("in force from"))
    published_at = models.DateTimeField()
    published_by = TenantForeignKey(Membership, null=True)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    objects = TenantManager.from_queryset(VersionQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "standard", "number"], name="sla_version_number"
            )
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class Calendar(TenantModel):
    """Working hours in a zone of their own; the days are in its revisions."""

    key = models.CharField(_("key"), max_length=40)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    name_en = models.CharField(_("name (English)"), max_length=100)

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="sla_calendar_key")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the request."""
        return in_language(zh=self.name_zh, en=self.name_en)


class CalendarRevision(TenantModel):
    """The days of a calendar as known at one time. Immutable."""

    calendar = TenantForeignKey(Calendar, related_name="revisions")
    number = models.PositiveIntegerField()
    data = models.JSONField()  # sla.rules.Calendar as sla.standards writes it
    known_until = models.DateField(_("known until"), null=True)
    published_at = models.DateTimeField()
    published_by = TenantForeignKey(Membership, null=True)
    note = models.CharField(_("what changed"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "calendar", "number"],
                name="sla_calendarrevision_number",
            )
        ]

    def __str__(self) -> str:
        return f"r{self.number}"
