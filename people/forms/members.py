"""Forms of the administrator: people and departments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models import Department, Membership
from people.queries.rows import by_state
from people.roles import CLIENT_ROLES, GIVEN_ROLES, STAFF_ROLES, Role
from people.services.departments import LEADING

STATES = (
    ("active", _("Active")),
    ("invited", _("Invited")),
    ("ended", _("Deactivated")),
    ("all", _("All")),
)


def staff_roles() -> list[tuple[str, Any]]:
    """The roles that an administrator can give to staff, with their words."""
    return [
        (value, word)
        for value, word in Role.choices
        if value in GIVEN_ROLES and value in STAFF_ROLES
    ]


class PersonChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One colleague, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} · {obj.get_role_display()}"


def colleagues() -> QuerySet[Membership]:
    """Active colleagues in the order of their names."""
    found = Membership.objects.active().colleagues().select_related("user")
    return found.order_by("user__sort_key", "pk")


class InviteForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=100,
        required=False,
        help_text=_(
            "How the mail greets them. They say themselves how they are called."
        ),
    )
    role = forms.ChoiceField(label=_("Role"), choices=staff_roles)
    department: Any = forms.ModelChoiceField(
        label=_("Department"), queryset=None, required=False, empty_label=_("none")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["department"]
        field.queryset = Department.objects.active().order_by("name")


class MemberForm(forms.Form):
    """What somebody is in the tenant."""

    role = forms.ChoiceField(label=_("Role"), choices=staff_roles)
    department: Any = forms.ModelChoiceField(
        label=_("Department"), queryset=None, required=False, empty_label=_("none")
    )
    title = forms.CharField(label=_("Job title"), max_length=80, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["department"]
        keep = Q(is_active=True) | Q(pk=membership.department_id)
        field.queryset = Department.objects.filter(keep).order_by("name")
        if membership.is_client:
            del self.fields["department"]
            role: Any = self.fields["role"]
            role.choices = [one for one in Role.choices if one[0] in CLIENT_ROLES]


class DepartmentForm(forms.Form):
    """A department and who leads it."""

    name = forms.CharField(label=_("Name"), max_length=80)
    manager = PersonChoiceField(
        label=_("Manager"),
        queryset=None,
        required=False,
        empty_label=_("nobody yet"),
        help_text=_("Is told first when one of its promises is missed."),
    )
    second_line: Any = forms.ModelChoiceField(
        label=_("Second line"),
        queryset=None,
        required=False,
        empty_label=_("the manager"),
        help_text=_("Is called in when this department can't solve something on site."),
    )
    places = forms.CharField(
        label=_("Places nearby"),
        required=False,
        max_length=300,
        help_text=_(
            "Towns or districts, separated by commas: who is near a site goes first."
        ),
    )

    def __init__(
        self, *args: Any, department: Department | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["manager"]
        field.queryset = colleagues().filter(role__in=LEADING)
        others = Department.objects.active().order_by("name")
        if department is not None:
            others = others.exclude(pk=department.pk)
        self.fields["second_line"].queryset = others  # type: ignore[attr-defined]


class PeopleFilter(forms.Form):
    """What to show of the list of people; every key may stand in the address."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Name, address, job title")}
        ),
    )
    role = forms.ChoiceField(label=_("Role"), required=False)
    department: Any = forms.ModelChoiceField(
        label=_("Department"), queryset=None, required=False, empty_label=_("All")
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department: Any = self.fields["department"]
        department.queryset = Department.objects.order_by("name")
        role: Any = self.fields["role"]
        role.choices = [
            ("", _("All staff")),
            *Role.choices,
        ]

    def narrow(self, rows: QuerySet[Membership]) -> QuerySet[Membership]:
        """The rows that the filter asks for; a key that makes no sense asks nothing."""
        self.is_valid()
        data = self.cleaned_data
        rows = by_state(rows, data.get("state") or "active")
        if role := data.get("role"):
            rows = rows.filter(role=role)
        else:
            rows = rows.filter(role__in=STAFF_ROLES)
        if department := data.get("department"):
            rows = rows.filter(department=department)
        for word in (data.get("q") or "").split()[:5]:
            known = Q(is_active=False, accepted_at=None)
            name = Q(user__name__icontains=word) & ~known
            rows = rows.filter(
                name | Q(user__email__icontains=word) | Q(title__icontains=word)
            )
        return rows

    @property
    def is_set(self) -> bool:
        """Whether anything is narrowed."""
        return any(self.data.get(name) for name in self.fields)
