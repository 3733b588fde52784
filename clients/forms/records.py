"""Forms of the register: shape and syntax of what is entered; saving is the services'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Contact, Equipment, Project, Site
from people.models import Department, Membership
from people.roles import Permission, Role, permissions_of
from servicedesk.lib.forms import sensible_day
from sla.models import ServiceStandard, StandardVersion

ENGINEERS = [role for role in Role if Permission.TICKET_WORK in permissions_of(role)]


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form of one record. What it can be tied to is of its own client organisation."""

    def __init__(self, *args: Any, client: Client | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client = client
        self.offer()

    def offer(self) -> None:
        """Limit the choices to what may be chosen."""

    def choose(self, name: str, rows: Any, *, empty: Any = "–") -> None:
        """The rows of a choice: those in use, and the one that is chosen already."""
        chosen = getattr(self.instance, f"{name}_id", None)
        field: Any = self.fields[name]
        field.queryset = rows.filter(Q(is_active=True) | Q(pk=chosen))
        field.empty_label = empty

    def validate_unique(self) -> None:
        """The service tells, from the database: the form does not know the tenant."""

    def validate_constraints(self) -> None:
        """As above."""


def _day() -> forms.DateField:
    return forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        validators=[sensible_day],
    )


class ClientForm(RecordForm):
    """A client organisation."""

    class Meta:
        model = Client
        fields = ["name", "code", "phone", "address", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "code": _("A short name that your people know it by, for example YC-YJ."),
            "note": _("For your own people. The client never sees it."),
        }


class SiteForm(RecordForm):
    """A site of a client organisation."""

    class Meta:
        model = Site
        fields = ["name", "address", "note"]
        help_texts = {"note": _("How to get in, where to park, whom to ask.")}


class ContactForm(RecordForm):
    """A contact of a client organisation."""

    more = ("address",)

    class Meta:
        model = Contact
        fields = ["name", "phone", "email", "site", "address"]
        widgets = {"phone": forms.TextInput(attrs={"type": "tel"})}
        help_texts = {"email": _("Needed if the person is to sign in.")}

    def offer(self) -> None:
        """Sites of the same client only."""
        self.choose("site", Site.objects.filter(client=self.client).order_by("name"))


class ProjectForm(RecordForm):
    """A project of a client organisation."""

    more = ("pinned_version",)
    accepted_on = _day()

    class Meta:
        model = Project
        fields = [
            "name",
            "contract_number",
            "accepted_on",
            "standard",
            "pinned_version",
            "department",
            "engineer",
        ]
        help_texts = {
            "standard": _("What was promised to this client."),
            "pinned_version": _(
                "Only if the contract names one version for good; else the version in "
                "force holds."
            ),
            "department": _("Where its tickets go first."),
            "engineer": _("Warned first as long as nobody has taken the ticket."),
        }

    def offer(self) -> None:
        """Standards, departments and engineers of the tenant."""
        self.fields["accepted_on"].label = _("Accepted on")
        standards = ServiceStandard.objects.order_by("-is_default", "key")
        self._set("standard", standards, empty=_("The default standard"))
        versions = StandardVersion.objects.select_related("standard")
        versions = versions.defer("text", "data").order_by("standard__key", "-number")
        self.fields["pinned_version"] = VersionField(
            queryset=versions,
            required=False,
            label=_("Pinned version"),
            help_text=self.fields["pinned_version"].help_text,
            empty_label=_("None: the version in force"),
        )
        self.choose("department", Department.objects.order_by("name"))
        people = Membership.objects.filter(role__in=ENGINEERS).select_related("user")
        self.choose("engineer", people.order_by("user__name"), empty=_("Nobody"))

    def _set(self, name: str, queryset: Any, *, empty: Any) -> None:
        field: Any = self.fields[name]
        field.queryset = queryset
        field.empty_label = empty


class VersionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A version with the name of its standard."""

    def label_from_instance(self, obj: Any) -> str:
        """Standard and number."""
        return f"{obj.standard} · {obj}"


class EquipmentForm(RecordForm):
    """A device of a client organisation."""

    more = ("location", "manufacturer", "supplier", "purchased_on", "installed_on")
    purchased_on = _day()
    installed_on = _day()

    class Meta:
        model = Equipment
        fields = [
            "category",
            "model",
            "serial_number",
            "project",
            "site",
            "location",
            "manufacturer",
            "supplier",
            "purchased_on",
            "installed_on",
        ]
        help_texts = {
            "serial_number": _("As it stands on the label. Each one only once."),
            "location": _("Where exactly: floor, room, rack."),
        }

    def offer(self) -> None:
        """Projects and sites of the same client only; known categories as suggestions."""
        self.fields["purchased_on"].label = _("Purchased on")
        self.fields["installed_on"].label = _("Installed on")
        mine = {"client": self.client}
        self.choose("project", Project.objects.filter(**mine).order_by("name"))
        self.choose("site", Site.objects.filter(**mine).order_by("name"))
        self.fields["category"].widget.attrs["list"] = "suggestions"

    @staticmethod
    def categories() -> list[str]:
        """The categories in use, for the list of suggestions."""
        known = Equipment.objects.order_by("category").values_list(
            "category", flat=True
        )
        return list(known.distinct()[:100])


class InviteForm(forms.Form):
    """As whom a contact is invited to sign in."""

    role = forms.ChoiceField(
        label=_("What they see"),
        widget=forms.RadioSelect,
        initial=Role.CLIENT_STAFF,
        choices=[
            (Role.CLIENT_STAFF, _("Their own requests, and those they follow")),
            (Role.CLIENT_MANAGER, _("All requests of their organisation")),
        ],
    )
