"""What was shown to a signer, who signed it, and the papers that were made."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from documents.rules import How as HowSigned
from people.models import Membership
from tenants.models import TenantForeignKey, TenantManager, TenantModel


class SheetQuerySet(models.QuerySet["Sheet"]):
    """Readers of sheets."""

    def about(self, subject_kind: str, subject_id: int) -> Self:
        """Those of one subject, the newest first."""
        return self.filter(subject_kind=subject_kind, subject_id=subject_id).order_by(
            "-version"
        )


class Sheet(TenantModel):
    """Exactly what a signer is shown 签字内容. Append-only: a change is a new version.

    ``content`` is canonical JSON (``documents.rules.canonical``), ``sha256`` that of its
    UTF-8 bytes: what a signature is bound to.
    """

    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = TenantForeignKey(Membership, null=True)

    objects = TenantManager.from_queryset(SheetQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("sheet to sign")
        verbose_name_plural = _("sheets to sign")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "subject_kind", "subject_id", "version"],
                name="documents_sheet_version",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$") & Q(version__gte=1),
                name="documents_sheet_form",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} v{self.version}"


class SignatureQuerySet(models.QuerySet["Signature"]):
    """Readers of signatures."""

    def about(self, subject_kind: str, subject_id: int) -> Self:
        """Those of one subject, in the order in which they were recorded."""
        return (
            self.filter(sheet__subject_kind=subject_kind, sheet__subject_id=subject_id)
            .select_related("sheet")
            .order_by("pk")
        )

    def of(self, role: str) -> Self:
        """Those of one side."""
        return self.filter(role=role)


class Signature(TenantModel):
    """One answer to the question to sign: drawn, on paper, or refused. Append-only.

    It belongs to one sheet and so to its SHA-256. ``signed_at`` is event time,
    ``recorded_at`` record time. ``uid`` is given by a phone that may send it twice.
    """

    class Role(models.TextChoices):
        CLIENT = "client", _("Client")
        STAFF = "staff", _("Service company")

    class How(models.TextChoices):
        DRAWN = HowSigned.DRAWN.value, pgettext_lazy("signature", "Drawn")
        PAPER = HowSigned.PAPER.value, pgettext_lazy("signature", "On paper")
        REFUSED = HowSigned.REFUSED.value, pgettext_lazy("signature", "Refused")

    sheet = TenantForeignKey(Sheet, related_name="signatures")
    role = models.CharField(max_length=6, choices=Role.choices)
    how = models.CharField(max_length=7, choices=How.choices)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=100)
    reason = models.CharField(_("reason"), max_length=1_000, blank=True)
    # The drawing, or the scan of the paper: see servicedesk.lib.vault.
    stored = models.CharField(max_length=80, blank=True)
    media_type = models.CharField(max_length=80, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)  # of the file
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    accuracy = models.PositiveIntegerField(null=True)  # metres
    signed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = TenantForeignKey(Membership, null=True)
    recorded_name = models.CharField(max_length=100, blank=True)
    via = models.CharField(max_length=10)
    uid = models.UUIDField(null=True)

    objects = TenantManager.from_queryset(SignatureQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "uid"], name="documents_signature_uid"
            ),
            models.CheckConstraint(
                condition=(
                    Q(how="refused", stored="") & ~Q(reason="")
                    | Q(how__in=["drawn", "paper"], reason="") & ~Q(stored="")
                ),
                name="documents_signature_form",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["client", "staff"]) & ~Q(name=""),
                name="documents_signature_who",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "sheet"], name="documents_signature_sheet")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.how}"
