"""Who is served: client organisations, their sites, contacts, projects and equipment."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from people.actors import Actor
from people.models import Department, Membership
from sla.models import ServiceStandard, StandardVersion
from tenants.models import TenantForeignKey, TenantManager, TenantModel


class ClientQuerySet(models.QuerySet["Client"]):
    """Readers of client organisations."""

    def visible_to(self, actor: Actor) -> Self:
        """All of them for staff; for client staff their own."""
        if actor.is_client:
            return self.filter(pk=actor.client_id)
        return self if actor.is_staff else self.none()

    def active(self) -> Self:
        """Those still served."""
        return self.filter(is_active=True)


class OfClientQuerySet(models.QuerySet[Any]):
    """Readers of what belongs to a client organisation."""

    def visible_to(self, actor: Actor) -> Self:
        """All of it for staff; for client staff that of their own organisation."""
        if actor.is_client:
            return self.filter(client_id=actor.client_id)
        return self if actor.is_staff else self.none()


class Client(TenantModel):
    """A client organisation 客户单位."""

    name = models.CharField(_("name"), max_length=120)
    code = models.CharField(_("code"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    is_active = models.BooleanField(_("active"), default=True)
    sort_key = models.CharField(max_length=240, editable=False, blank=True)  # pinyin
    created_at = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords(excluded_fields=["sort_key"])
    objects = TenantManager.from_queryset(ClientQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("client organisation")
        verbose_name_plural = _("client organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], name="clients_client_name"
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "sort_key"], name="clients_client_sort")
        ]

    def __str__(self) -> str:
        return self.name


class Site(TenantModel):
    """A place 站点 of a client organisation."""

    client = TenantForeignKey(
        Client, related_name="sites", verbose_name=_("client organisation")
    )
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    sort_key = models.CharField(max_length=240, editable=False, blank=True)  # pinyin
    history = HistoricalRecords(excluded_fields=["sort_key"])
    objects = TenantManager.from_queryset(OfClientQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "client", "name"], name="clients_site_name"
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "sort_key"], name="clients_site_sort")
        ]

    def __str__(self) -> str:
        return self.name


class Contact(TenantModel):
    """A person 联系人 at a client organisation; with a membership they can sign in."""

    client = TenantForeignKey(
        Client, related_name="contacts", verbose_name=_("client organisation")
    )
    site = TenantForeignKey(Site, null=True, blank=True, verbose_name=_("site"))
    membership = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("sign-in"),
    )
    name = models.CharField(_("name"), max_length=100)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    sort_key = models.CharField(max_length=240, editable=False, blank=True)  # pinyin
    history = HistoricalRecords(excluded_fields=["sort_key"])
    objects = TenantManager.from_queryset(OfClientQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "membership"], name="clients_contact_membership"
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "phone"], name="clients_contact_phone"),
            models.Index(fields=["tenant", "sort_key"], name="clients_contact_sort"),
            models.Index(fields=["tenant", "client"], name="clients_contact_client"),
        ]

    def __str__(self) -> str:
        return self.name


class Project(TenantModel):
    """What was delivered 项目 to a client under one contract."""

    client = TenantForeignKey(
        Client, related_name="projects", verbose_name=_("client organisation")
    )
    name = models.CharField(_("name"), max_length=160)
    contract_number = models.CharField(_("contract number"), max_length=60, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    standard = TenantForeignKey(
        ServiceStandard,
        null=True,
        blank=True,
        related_name="projects",  # a client reads the standards of its projects
        verbose_name=_("service standard"),
    )
    pinned_version = TenantForeignKey(
        StandardVersion, null=True, blank=True, verbose_name=_("pinned version")
    )
    department = TenantForeignKey(
        Department, null=True, blank=True, verbose_name=_("department")
    )
    engineer = TenantForeignKey(
        Membership, null=True, blank=True, verbose_name=_("dedicated engineer")
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sort_key = models.CharField(max_length=240, editable=False, blank=True)  # pinyin
    history = HistoricalRecords(excluded_fields=["sort_key"])
    objects = TenantManager.from_queryset(OfClientQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "client", "name"], name="clients_project_name"
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "sort_key"], name="clients_project_sort")
        ]

    def __str__(self) -> str:
        return self.name


class Equipment(TenantModel):
    """One device 设备 in the register."""

    client = TenantForeignKey(
        Client, related_name="equipment", verbose_name=_("client organisation")
    )
    project = TenantForeignKey(
        Project,
        null=True,
        blank=True,
        related_name="equipment",
        verbose_name=_("project"),
    )
    site = TenantForeignKey(Site, null=True, blank=True, verbose_name=_("site"))
    category = models.CharField(_("category"), max_length=60)
    model = models.CharField(_("model"), max_length=100)
    serial_number = models.CharField(_("serial number"), max_length=100, blank=True)
    location = models.CharField(_("location"), max_length=160, blank=True)
    manufacturer = models.CharField(_("manufacturer"), max_length=100, blank=True)
    supplier = models.CharField(_("supplier"), max_length=100, blank=True)
    purchased_on = models.DateField(_("purchased on"), null=True, blank=True)
    installed_on = models.DateField(_("installed on"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()
    objects = TenantManager.from_queryset(OfClientQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("equipment")
        verbose_name_plural = _("equipment")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "serial_number"],
                condition=~models.Q(serial_number=""),
                name="clients_equipment_serial",
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "project"], name="clients_equipment_project"
            ),
            models.Index(fields=["tenant", "client"], name="clients_equipment_client"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.serial_number}".strip()
