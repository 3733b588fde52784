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


class DocumentQuerySet(models.QuerySet["Document"]):
    """Readers of papers."""

    def about(self, subject_kind: str, subject_id: int) -> Self:
        """Those of one subject, the newest first."""
        return self.filter(subject_kind=subject_kind, subject_id=subject_id).order_by(
            "-pk"
        )

    def like(self, document: Document) -> Self:
        """All versions of the same paper: kind, subject and language."""
        return self.filter(
            kind=document.kind,
            subject_kind=document.subject_kind,
            subject_id=document.subject_id,
            language=document.language,
        )

    def ready(self) -> Self:
        """Those that can be read."""
        return self.filter(state=Document.State.READY)

    def waiting(self) -> Self:
        """Those that are still to be printed."""
        return self.filter(state__in=[Document.State.QUEUED, Document.State.RENDERING])


class Document(TenantModel):
    """A paper 文件: one version of it, asked for, then made by a worker, then unchanging.

    ``number`` is of all versions in one language, ``version`` counts them; both are given
    when it is composed. ``sha256`` is of the file, ``input_sha256`` of what was composed: the
    same input makes no new version. ``token`` is in the QR code. ``wake_at``, ``lease`` and
    ``attempts`` are the queue's.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RENDERING = "rendering", _("Being made")
        READY = "ready", _("Ready")
        UNCHANGED = "unchanged", _("Unchanged")  # the current one says the same
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    language = models.CharField(max_length=10)
    number = models.CharField(_("number"), max_length=30, blank=True)
    version = models.PositiveIntegerField(_("version"), default=0)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    token = models.CharField(max_length=32)
    input_sha256 = models.CharField(max_length=64, blank=True)
    sheet = TenantForeignKey(Sheet, null=True)
    stored = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    is_current = models.BooleanField(default=False)
    superseded_by = TenantForeignKey("self", null=True)
    requested_at = models.DateTimeField()
    requested_by = TenantForeignKey(Membership, null=True)
    made_at = models.DateTimeField(null=True)
    wake_at = models.DateTimeField()
    lease = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    objects = TenantManager.from_queryset(DocumentQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "token"], name="documents_document_token"
            ),
            models.UniqueConstraint(
                fields=["tenant", "number", "version"],
                condition=Q(version__gt=0),
                name="documents_document_version",
            ),
            models.UniqueConstraint(
                fields=["tenant", "subject_kind", "subject_id", "kind", "language"],
                condition=Q(is_current=True),
                name="documents_document_current",
            ),
            models.UniqueConstraint(
                fields=["tenant", "subject_id", "subject_kind", "kind", "language"],
                condition=Q(state="queued"),
                name="documents_document_queued",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(version__gt=0, pages__gt=0, size__gt=0, made_at__isnull=False)
                & Q(sha256__regex=r"^[0-9a-f]{64}$")
                & ~Q(stored=""),
                name="documents_document_ready",
            ),
        ]
        indexes = [
            # The queue reads nothing but this: its cost follows what waits.
            models.Index(
                fields=["wake_at"],
                condition=Q(state__in=["queued", "rendering"]),
                name="documents_document_wake",
            ),
            # Who was served last: see documents.services.printing.CLAIM.
            models.Index(
                fields=["tenant", "made_at"],
                condition=Q(made_at__isnull=False),
                name="documents_document_made",
            ),
            models.Index(
                fields=["tenant", "subject_kind", "subject_id", "-id"],
                name="documents_document_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} v{self.version}" if self.version else self.kind

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be printed."""
        return self.state in {self.State.QUEUED, self.State.RENDERING}


class DocumentCounter(TenantModel):
    """The last number given in a year."""

    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "year"], name="documents_counter_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
