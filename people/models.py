"""People of a tenant: departments, memberships, absences, invitations, tokens, sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from people.roles import STAFF_ROLES, Role
from tenants.models import Tenant, TenantForeignKey, TenantModel


class Department(TenantModel):
    """A department 部门 of the tenant, with the manager who is told of its misses."""

    name = models.CharField(_("name"), max_length=80)
    manager = TenantForeignKey(
        "people.Membership", null=True, blank=True, verbose_name=_("manager")
    )
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], name="people_department_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Readers of memberships."""

    def active(self) -> Self:
        """Who can sign in now."""
        return self.filter(is_active=True)

    def staff(self) -> Self:
        """Who belongs to the service company."""
        return self.filter(role__in=STAFF_ROLES)

    def present_at(self, instant: datetime) -> Self:
        """Who is not away at an instant."""
        away = Absence.objects.filter(starts_at__lte=instant, ends_at__gt=instant)
        return self.exclude(pk__in=away.values("membership_id"))


class Membership(TenantModel):
    """A person's place in a tenant: a role, a department, a deputy."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    department = TenantForeignKey(
        Department,
        null=True,
        blank=True,
        verbose_name=_("department"),
        related_name="members",
    )
    deputy = TenantForeignKey("self", null=True, blank=True, verbose_name=_("deputy"))
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    title = models.CharField(_("job title"), max_length=80, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    accepted_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)  # observers only
    reason = models.CharField(
        max_length=200, blank=True, editable=False
    )  # observers only
    mail_settings = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords(excluded_fields=["mail_settings"])
    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user"], name="people_membership_user"
            ),
            models.CheckConstraint(
                condition=~models.Q(deputy=models.F("id")),
                name="people_membership_not_own_deputy",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "role"], name="people_membership_role")
        ]

    def __str__(self) -> str:
        return str(self.user)


class Absence(TenantModel):
    """When somebody is away; their deputy stands in. Half-open: [starts_at, ends_at)."""

    membership = TenantForeignKey(
        Membership,
        on_delete=models.CASCADE,
        related_name="absences",
        verbose_name=_("person"),
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="people_absence_order",
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "membership", "ends_at"],
                name="people_absence_current",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d} – {self.ends_at:%Y-%m-%d}"


class Invitation(TenantModel):
    """A link by e-mail that lets an invited person in, once. Only its hash is kept."""

    membership = TenantForeignKey(
        Membership, on_delete=models.CASCADE, related_name="invitations"
    )
    token_hash = models.CharField(max_length=64)
    invited_by = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "token_hash"], name="people_invitation_token"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ApiToken(TenantModel):
    """A key for programs: prefixed, shown once, hashed, scoped, expiring, revocable."""

    membership = TenantForeignKey(Membership, verbose_name=_("acts as"))
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=16)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    created_by = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class IdempotencyKey(TenantModel):
    """What a POST with an Idempotency-Key answered, so that a repeat answers the same."""

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE)
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "membership", "route", "key"],
                name="people_idempotencykey_key",
            )
        ]

    def __str__(self) -> str:
        return self.key


class Session(AbstractBaseSession):
    """A sign-in on one host. Carries its tenant, so that a tenant can end its sessions.

    Global by need: the session is read before the tenant's scope is open.
    """

    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, null=True, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    last_seen_at = models.DateTimeField(auto_now=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "tenant"], name="people_session_user")]

    @classmethod
    def get_session_store_class(cls) -> type:
        from people.sessions import SessionStore

        return SessionStore
