"""The tenant: one service company; and the base of every table that belongs to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.scope import current_tenant_id, open_tenant_id


class Tenant(models.Model):
    """A service company 租户. Its rows are walled off from every other tenant's."""

    slug = models.CharField(
        _("host name"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")],
    )
    name = models.CharField(_("name"), max_length=100)
    zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    ticket_prefix = models.CharField(
        _("ticket prefix"),
        max_length=6,
        default="SD",
        validators=[RegexValidator(r"^[A-Z]{1,6}$")],
    )
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default="#066fd1",
        validators=[RegexValidator(r"^#[0-9a-f]{6}$")],
    )
    # A PNG of our own encoding: see servicedesk.lib.vault.
    logo = models.CharField(_("logo"), max_length=80, blank=True, editable=False)
    logo_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    require_second_factor = models.BooleanField(
        _("staff must use a second factor"), default=False
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")

    def __str__(self) -> str:
        return self.name


Row = TypeVar("Row", bound=models.Model)


class TenantManager(models.Manager[Row]):
    """The application's own wall: inside a scope only its tenant's rows are asked for.

    It holds when row security is off, as row security holds when this is forgotten. Outside a
    scope it adds nothing: there PostgreSQL refuses.
    """

    def get_queryset(self) -> models.QuerySet[Row]:
        """Rows of the open tenant."""
        rows = super().get_queryset()
        tenant_id = open_tenant_id()
        return rows if tenant_id is None else rows.filter(tenant_id=tenant_id)


class TenantModel(models.Model):
    """A row of one tenant. The tenant comes from the open scope, never by memory."""

    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.PROTECT,
        related_name="+",
        default=current_tenant_id,
        editable=False,
    )
    # A type checker knows each model's own manager better (and takes this one for final:
    # hence the "type: ignore[misc]" where a model has verbs of its own).
    if TYPE_CHECKING:
        tenant_id: int
    else:
        objects = TenantManager()

    class Meta:
        abstract = True


class TenantForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A relation inside a tenant.

    Django makes no composite foreign keys: the database constraint (tenant_id, x_id) is
    added by :class:`tenants.rls.Tie` in the migration.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs.setdefault("related_name", "+")
        super().__init__(to, on_delete, **kwargs)
