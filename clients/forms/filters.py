"""What the lists of the register are narrowed by. Every filter stands in the address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clients.models import Equipment
from clients.queries.search import matching
from people.models import Department
from sla.models import ServiceStandard

BIG = 2**63 - 1
ANY = ("", _("Any"))


class RecordFilter(forms.Form):
    """Words, the client organisation, and whether it is in use; wrong values are left out."""

    q = forms.CharField(
        required=False,
        max_length=100,
        label=_("Search"),
        widget=forms.TextInput(attrs={"type": "search", "data-key": "/"}),
    )
    use = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[("", _("In use")), ("out", _("Out of use")), ("all", _("All"))],
    )
    client = forms.IntegerField(
        required=False, min_value=1, max_value=BIG, widget=forms.HiddenInput
    )
    #: Query key → the field that it narrows.
    narrows = {"client": "client_id"}

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the filter lets through."""
        self.is_valid()
        good = self.cleaned_data
        if good.get("use") != "all":
            rows = rows.filter(is_active=good.get("use") != "out")
        for key, field in self.narrows.items():
            if good.get(key):
                rows = rows.filter(**{field: good[key]})
        return matching(rows, good.get("q", ""))

    @property
    def is_set(self) -> bool:
        """Whether anything is asked for."""
        return any(self.data.get(name) for name in self.fields)


class ClientFilter(RecordFilter):
    """Client organisations."""

    client = None  # type: ignore[assignment]
    narrows = {}


class ContactFilter(RecordFilter):
    """Contacts, also by whether they can sign in."""

    signs_in = forms.ChoiceField(
        required=False,
        label=_("Sign-in"),
        choices=[ANY, ("yes", _("Can sign in")), ("no", _("Cannot sign in"))],
    )

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """As for every record, and by sign-in."""
        rows = super().narrow(rows)
        wanted = self.cleaned_data.get("signs_in")
        if wanted == "yes":
            return rows.filter(membership__is_active=True)
        return rows.exclude(membership__is_active=True) if wanted == "no" else rows


class ProjectFilter(RecordFilter):
    """Projects, also by standard and department."""

    standard = forms.ChoiceField(required=False, label=_("Service standard"))
    department = forms.ChoiceField(required=False, label=_("Department"))
    narrows = {
        "client": "client_id",
        "standard": "standard_id",
        "department": "department_id",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standards = ServiceStandard.objects.order_by("key")
        departments = Department.objects.filter(is_active=True).order_by("name")
        self._choices("standard", standards)
        self._choices("department", departments)

    def _choices(self, name: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.choices = [ANY, *((row.pk, str(row)) for row in rows)]


class EquipmentFilter(RecordFilter):
    """Devices, also by category, project and site."""

    category = forms.ChoiceField(required=False, label=_("Category"))
    project = forms.IntegerField(
        required=False, min_value=1, max_value=BIG, widget=forms.HiddenInput
    )
    site = forms.IntegerField(
        required=False, min_value=1, max_value=BIG, widget=forms.HiddenInput
    )
    narrows = {
        "client": "client_id",
        "category": "category",
        "project": "project_id",
        "site": "site_id",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Equipment.objects.order_by("category").values_list(
            "category", flat=True
        )
        field: Any = self.fields["category"]
        field.choices = [ANY, *((name, name) for name in known.distinct()[:100])]
