"""The request as a client files it, and as the desk files it for a caller."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Contact, Equipment, Project, Site
from people.actors import Actor
from people.models import Membership
from tickets.forms.fields import (
    EquipmentField,
    Moment,
    Prose,
    files_field,
    keep_files,
)
from tickets.forms.picks import offer
from tickets.models import Ticket
from tickets.queries.filing import (
    default_severity,
    projects_of,
    severity_choices,
    standard_for,
)


def _one(model: Any, label: Any, empty: Any) -> forms.ModelChoiceField:  # type: ignore[type-arg]
    return forms.ModelChoiceField(
        model.objects.none(), required=False, label=label, empty_label=empty
    )


class RequestForm(forms.Form):
    """What every request has. The choices are those of one client organisation."""

    project = _one(Project, _("Project"), _("I don't know"))
    equipment = EquipmentField(
        Equipment.objects.none(),
        required=False,
        label=_("Equipment"),
        empty_label=_("Not a single device, or not in the list"),
    )
    severity = forms.TypedChoiceField(
        label=_("How bad is it?"),
        coerce=int,
        choices=Ticket.Severity.choices,
        error_messages={"required": _("Choose one of the cards.")},
    )
    title = forms.CharField(
        max_length=200,
        label=_("What is wrong, in one line?"),
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Say in one line what is wrong.")},
    )
    symptom = Prose(
        required=False,
        rows=5,
        label=_("What do you see?"),
        help_text=_("Since when, which message, what you have tried."),
    )
    effect = Prose(
        required=False,
        rows=2,
        max_length=4_000,
        label=_("What does it keep you from doing?"),
    )
    wish = Prose(
        required=False, rows=2, max_length=4_000, label=_("What do you ask us for?")
    )
    site = _one(Site, _("Site"), _("That of the device"))
    files = files_field(label=_("Screenshots and files"))  # type: ignore[assignment]

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        now: datetime,
        client: Client | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.now, self.organisation = actor, now, client
        keep_files(self)
        self.projects = projects_of(client) if client else []
        self.has_devices = False
        self.chosen = self._chosen_project()
        self._offer()
        self.cards = severity_choices(standard_for(self.chosen, now))
        self.initial["severity"] = default_severity(
            self.cards, self.initial.get("severity")
        )

    def _chosen_project(self) -> Project | None:
        """The project of the form: the only one there is, or the one that is chosen."""
        wanted = (
            self.data.get("project") if self.is_bound else self.initial.get("project")
        )
        for project in self.projects:
            if str(project.pk) == str(wanted or ""):
                return project
        only = self.projects[0] if len(self.projects) == 1 else None
        if only is not None and not self.is_bound:
            self.initial["project"] = only.pk
            return only
        return None

    def _offer(self) -> None:
        if self.organisation is None:
            return
        own = {"client_id": self.organisation.pk, "is_active": True}
        offer(
            self,
            "project",
            self.projects,
            whole=Project.objects.filter(**own),
            search=self._search("clients:pick_project"),
            hint=_("Name or contract number"),
        )
        devices = Equipment.objects.filter(**own).select_related("site")
        devices = devices.order_by("category", "model", "pk")
        of_project = {"project": self.chosen} if self.chosen else {}
        self.has_devices = offer(
            self,
            "equipment",
            devices.filter(**of_project),
            whole=devices,
            search=self._search("clients:pick_equipment", project=self.chosen),
            hint=_("Serial number, model or place"),
        )
        places = Site.objects.filter(**own).order_by("sort_key", "name", "pk")
        self.fields["site"].queryset = places  # type: ignore[attr-defined]
        if not places:
            del self.fields["site"]

    def _search(self, name: str, *, project: Project | None = None) -> str:
        """The quick search of the organisation's things, those of the project only."""
        within = {"client": self.organisation.pk if self.organisation else ""}
        if project is not None:
            within["project"] = project.pk
        return f"{reverse(name)}?{urlencode(within)}"

    def clean_severity(self) -> int:
        """A severity that is no card of the standard is that of its tier."""
        return default_severity(self.cards, self.cleaned_data["severity"])


class FileForm(RequestForm):
    """A client's own request."""

    more = ("effect", "wish", "site", "followers")
    followers = forms.ModelMultipleChoiceField(
        Membership.objects.none(),
        required=False,
        label=_("Colleagues who should see it too"),
        widget=forms.CheckboxSelectMultiple,
    )

    def _offer(self) -> None:
        super()._offer()
        contacts = Contact.objects.filter(client=self.organisation, is_active=True)
        people = (
            Membership.objects.active()
            .filter(pk__in=contacts.exclude(membership=None).values("membership_id"))
            .exclude(pk=self.actor.membership_id or 0)
            .select_related("user")
            .order_by("user__name", "pk")
        )
        field: Any = self.fields["followers"]
        field.queryset = people
        field.label_from_instance = lambda person: person.user.name
        field.choices = [(person.pk, person.user.name) for person in people]
        if not field.choices:
            del self.fields["followers"]

    def values(self) -> dict[str, Any]:
        """What the service is called with."""
        return {
            "site": None,
            "followers": (),
            **self.cleaned_data,
            "client": self.organisation,
        }


class CallerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A contact as the desk hears of one: name, phone, organisation."""

    def label_from_instance(self, obj: Any) -> str:
        """As the quick search of contacts names them."""
        return " · ".join(x for x in (obj.name, obj.phone, obj.client.name) if x)


class BehalfForm(RequestForm):
    """A request that somebody made by phone: who called, when, what was said and answered."""

    more = ("effect", "wish", "site", "kind", "channel", "files", "time_reason")

    contact = CallerField(
        Contact.objects.none(),
        required=False,
        label=_("Who is calling?"),
        empty_label=_("Somebody new"),
    )
    client = forms.ModelChoiceField(
        Client.objects.none(),
        label=_("Client organisation"),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose whose request it is.")},
    )
    new_name = forms.CharField(
        required=False, max_length=100, label=_("Name of the caller")
    )
    new_phone = forms.CharField(
        required=False,
        max_length=40,
        label=_("Phone"),
        widget=forms.TextInput({"type": "tel", "autocomplete": "off"}),
    )
    received_at = Moment(
        label=_("When did the call begin?"),
        help_text=_("The clocks start then."),
        error_messages={"required": _("Enter when the call began.")},
    )
    time_reason = forms.CharField(
        required=False, max_length=300, label=_("Why is it entered only now?")
    )
    answer = Prose(
        required=False,
        rows=3,
        label=_("What did you answer: how will you help, what is the plan?"),
        help_text=_("If you told the caller, that was the first response."),
    )
    kind = forms.ChoiceField(
        required=False, label=_("Kind"), choices=Ticket.Kind.choices, initial="fault"
    )
    channel = forms.ChoiceField(
        required=False,
        label=_("Channel"),
        choices=[
            (c.value, c.label) for c in (Ticket.Channel.PHONE, Ticket.Channel.EMAIL)
        ],
        initial="phone",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("received_at", self.now)
        words: dict[str, Any] = {
            "title": _("What is wrong, in one line?"),
            "symptom": _("What did the caller say?"),
            "effect": _("What does it keep them from doing?"),
            "wish": _("What do they ask for?"),
        }
        for name, label in words.items():
            self.fields[name].label = label
        self.fields["symptom"].help_text = ""

    def _offer(self) -> None:
        self.fields["project"].empty_label = _("Not known yet")  # type: ignore[attr-defined]
        super()._offer()
        callers = Contact.objects.visible_to(self.actor).select_related("client")
        callers = callers.filter(is_active=True, client__is_active=True)
        if self.organisation is not None:
            self.initial["client"] = self.organisation.pk
            callers = callers.filter(client_id=self.organisation.pk)
        offer(
            self,
            "contact",
            callers.order_by("sort_key", "name", "pk"),
            search=reverse("clients:pick_contact"),
            always=True,
            within="client",
            hint=_("Last digits of the phone number, name or organisation"),
            new="new_name new_phone",
        )
        if self.organisation is None and not self.is_bound:
            self.fields["contact"].widget.attrs["autofocus"] = True
        clients = Client.objects.visible_to(self.actor).active()
        self.has_clients = offer(
            self,
            "client",
            clients.order_by("sort_key", "name", "pk"),
            search=reverse("clients:pick_client"),
            hint=_("Name, code or phone"),
        )

    def clean(self) -> dict[str, Any]:
        """A caller is a contact that is known, or one with a name."""
        cleaned = super().clean() or {}
        if cleaned.get("contact") is None and not cleaned.get("new_name", "").strip():
            self.add_error(
                "new_name", _("Write the caller's name, or choose a contact.")
            )
        return cleaned

    @property
    def client_chosen(self) -> bool:
        """Whether it is known whose projects and devices to offer."""
        return self.organisation is not None

    @property
    def new_contact(self) -> dict[str, str] | None:
        """Name and phone of a caller who is not known yet."""
        if self.cleaned_data.get("contact") is not None:
            return None
        return {
            "name": self.cleaned_data["new_name"],
            "phone": self.cleaned_data["new_phone"],
        }

    def values(self) -> dict[str, Any]:
        """What the service is called with, the new contact apart."""
        values = {"site": None, **self.cleaned_data}
        for name in ("new_name", "new_phone"):
            values.pop(name)
        values["kind"] = values["kind"] or "fault"
        values["channel"] = values["channel"] or "phone"
        values["received_at"] = self._moment(values["received_at"])
        return values

    def _moment(self, moment: datetime) -> datetime:
        """The form knows minutes: the minute that runs is now, not the past."""
        same = self.now.replace(second=0, microsecond=0)
        return self.now if moment == same else moment
