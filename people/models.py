"""People of a tenant: departments, memberships, absences, invitations, tokens, sessions."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from people.actors import Actor
from people.roles import CLIENT_ROLES, STAFF_ROLES, Role
from tenants.models import Tenant, TenantForeignKey, TenantManager, TenantModel


class DepartmentQuerySet(models.QuerySet["Department"]):
    """Readers of departments."""

    def active(self) -> Self:
        """Those that are not closed."""
        return self.filter(is_active=True)

    def visible_to(self, actor: Actor) -> Self:
        """All of them for staff; none for client staff."""
        return self if actor.is_staff else self.none()


class Department(TenantModel):
    """A department 部门 of the tenant, with the manager who is told of its misses."""

    name = models.CharField(_("name"), max_length=80)
    manager = TenantForeignKey(
        "people.Membership", null=True, blank=True, verbose_name=_("manager")
    )
    second_line = TenantForeignKey(
        "self", null=True, blank=True, verbose_name=_("second line")
    )
    #: Places that it serves, separated by commas: what lies there is near.
    places = models.CharField(_("places nearby"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()
    objects = TenantManager.from_queryset(DepartmentQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], name="people_department_name"
            ),
            models.CheckConstraint(
                condition=~models.Q(second_line=models.F("id")),
                name="people_department_not_own_second_line",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Readers of memberships."""

    def active(self) -> Self:
        """Who can sign in now."""
        return self.filter(is_active=True)

    def in_force(self, now: datetime) -> Self:
        """Who can sign in at an instant: active, and not an observer whose time is up."""
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=now)
        return self.filter(unexpired, is_active=True)

    def staff(self) -> Self:
        """Who belongs to the service company, the platform's operator included."""
        return self.filter(role__in=STAFF_ROLES)

    def colleagues(self) -> Self:
        """Who works for the service company: staff without the platform's operator."""
        return self.filter(role__in=STAFF_ROLES - {Role.OBSERVER})

    def visible_to(self, actor: Actor) -> Self:
        """Everybody for staff; themselves for client staff."""
        return self if actor.is_staff else self.filter(pk=actor.membership_id)

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
    objects = TenantManager.from_queryset(MembershipQuerySet)()  # type: ignore[misc]

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
        # Whoever has not come in yet is no more than an address: their name, known from
        # another tenant, is none of this one's business.
        return self.user.email if self.is_invited else str(self.user)

    @property
    def is_client(self) -> bool:
        """Whether the person belongs to a client organisation."""
        return self.role in CLIENT_ROLES

    @property
    def is_invited(self) -> bool:
        """Whether the person has been invited and has never come in."""
        return not self.is_active and self.accepted_at is None


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


class Shift(TenantModel):
    """A line of a department's duty roster 值班表: who is on duty on which days, from when.

    Times are the tenant's; one that does not end after its beginning ends on the next day.
    Both days of its period belong to it.
    """

    department = TenantForeignKey(Department, related_name="shifts")
    name = models.CharField(_("name"), max_length=40)
    weekdays = ArrayField(models.PositiveSmallIntegerField())  # 1 (Monday) to 7
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    from_on = models.DateField(_("first day"))
    until_on = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weekdays__len__gte=1)
                & models.Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]),
                name="people_shift_weekdays",
            ),
            models.CheckConstraint(
                condition=models.Q(until_on=None)
                | models.Q(until_on__gte=models.F("from_on")),
                name="people_shift_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ShiftMember(TenantModel):
    """Somebody who is on duty in a shift."""

    shift = TenantForeignKey(Shift, on_delete=models.CASCADE, related_name="members")
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "shift", "membership"], name="people_shiftmember_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.shift_id}: {self.membership_id}"


class Skill(TenantModel):
    """A category of equipment that somebody knows."""

    membership = TenantForeignKey(
        Membership, on_delete=models.CASCADE, related_name="skills"
    )
    category = models.CharField(_("equipment category"), max_length=60)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "membership", "category"], name="people_skill_once"
            )
        ]

    def __str__(self) -> str:
        return self.category


class Invitation(TenantModel):
    """A link by e-mail that lets an invited person in, once. Only its hash is kept."""

    membership = TenantForeignKey(
        Membership, on_delete=models.CASCADE, related_name="invitations"
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
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


class OneTimeLink(TenantModel):
    """A link by e-mail for one purpose: a new password, a new address. Only its hash."""

    class Purpose(models.TextChoices):
        PASSWORD = "password", _("New password")
        ADDRESS = "address", _("New e-mail address")

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    token_hash = models.CharField(max_length=64)
    detail = models.CharField(max_length=254, blank=True)  # the new address
    fingerprint = models.CharField(max_length=64)  # of the password when it was made
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "token_hash"], name="people_onetimelink_token"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} #{self.pk}"


class Letter(TenantModel):
    """A mail about somebody's account, to be sent: leased, at least once, one Message-ID.

    Apart from the notifications, because it goes to an address (of somebody who may be no
    member yet) and cannot be switched off. Holds no secret: a link is made when it is sent.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Given up")

    kind = models.CharField(max_length=30)
    membership = TenantForeignKey(Membership, null=True, on_delete=models.CASCADE)
    address = models.EmailField(max_length=254)
    language = models.CharField(max_length=10)
    params = models.JSONField(default=dict)
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=6, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField()
    wake_at = models.DateTimeField()
    lease = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["wake_at"],
                condition=models.Q(state="queued"),
                name="people_letter_wake",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.address}"


class Attempt(TenantModel):
    """Failed tries counted per key: an account seen from one place, or one place.

    In the database, because a limit that is forgotten with the cache is none.
    """

    key_hash = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=0)
    since_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key_hash"], name="people_attempt_key"
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "expires_at"], name="people_attempt_old")
        ]

    def __str__(self) -> str:
        return f"{self.key_hash[:8]} {self.failures}"


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
    # None for a browser's session.
    token = TenantForeignKey(ApiToken, null=True, on_delete=models.CASCADE)
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
                fields=["tenant", "membership", "token", "route", "key"],
                name="people_idempotencykey_key",
                nulls_distinct=False,
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
        from people.sessions import SessionStore  # noqa: PLC0415 - a circle otherwise

        return SessionStore
