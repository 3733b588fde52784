"""The forms of verbs that tie a ticket to others: projects, devices, tickets, people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.models import Equipment, Project
from people.models import Department, Membership
from tickets.forms.acts import ActForm
from tickets.forms.fields import EquipmentField, Moment, Prose
from tickets.forms.picks import offer
from tickets.models import Follower, Ticket, TicketEvent
from tickets.queries.people import colleagues_of

#: So many tickets to merge with are listed; any other goes by its number.
LISTED = 15


class TriageForm(ActForm):
    """What kind of work it is, how bad, and where it belongs."""

    kind = forms.ChoiceField(
        required=False,
        label=_("Kind"),
        choices=Ticket.Kind.choices,
        widget=forms.RadioSelect,
    )
    severity = forms.TypedChoiceField(
        label=_("Severity"),
        coerce=int,
        choices=Ticket.Severity.choices,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        required=False,
        max_length=1000,
        label=_("Why the severity or the kind changes"),
        help_text=_("Needed only when you change it. The client reads this."),
        widget=forms.Textarea({"rows": 2}),
    )
    project = forms.ModelChoiceField(
        Project.objects.none(),
        required=False,
        label=_("Project"),
        empty_label=_("Not known yet"),
    )
    equipment = EquipmentField(
        Equipment.objects.none(),
        required=False,
        label=_("Equipment"),
        empty_label=_("Not a single device, or not in the list"),
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        required=False,
        label=_("Department"),
        empty_label=_("None yet"),
    )

    def prepare(self) -> None:
        """Projects and devices of the ticket's client only."""
        ticket = self.ticket
        own = {"client_id": ticket.client_id, "is_active": True}
        for name in ("project", "equipment", "department"):
            self.initial.setdefault(name, getattr(ticket, f"{name}_id"))
        offer(
            self,
            "project",
            Project.objects.filter(**own).order_by("sort_key", "name", "pk"),
            search=f"{reverse('clients:pick_project')}?client={ticket.client_id}",
        )
        devices = Equipment.objects.filter(**own).select_related("site")
        offer(
            self,
            "equipment",
            devices.order_by("category", "model", "pk"),
            search=f"{reverse('clients:pick_equipment')}?client={ticket.client_id}",
            within="project",
        )
        departments = Department.objects.filter(is_active=True).order_by("name")
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        self.initial.update(severity=ticket.severity, kind=ticket.kind)

    def values(self) -> dict[str, Any]:
        """Only what differs, so that a colleague's change of the rest stays."""
        values = super().values()
        changed = {
            name: values[name]
            for name in ("project", "equipment", "department")
            if _pk(values[name]) != getattr(self.ticket, f"{name}_id")
        }
        for name in ("severity", "kind"):
            if values[name] not in {"", getattr(self.ticket, name)}:
                changed |= {name: values[name], "reason": values["reason"]}
        return changed


def _pk(row: Any) -> int | None:
    return None if row is None else row.pk


class MergeForm(ActForm):
    """Into which ticket this one goes: same client and project only (rule 5)."""

    into = forms.ModelChoiceField(
        Ticket.objects.none(),
        label=_("Goes into"),
        to_field_name="number",
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the ticket that goes on."),
            "invalid_choice": _("Choose a ticket of the same client and project."),
        },
    )
    number = forms.CharField(
        required=False,
        max_length=24,
        label=_("Or its number"),
        help_text=_("Only the newest are listed."),
    )
    reason = Prose(label=_("Reason"), rows=2, max_length=2000)

    def prepare(self) -> None:
        """What goes on of the same client and project, newest first."""
        ticket = self.ticket
        candidates = (
            Ticket.objects.visible_to(self.actor)
            .filter(client_id=ticket.client_id, project=ticket.project)
            .exclude(pk=ticket.pk)
            .exclude(state__in=("closed", "cancelled", "merged"))
            .order_by("-received_at", "-id")
        )
        field = self.fields["into"]
        field.queryset = candidates  # type: ignore[attr-defined]
        shown = list(candidates[: LISTED + 1])
        field.choices = [(one.number, str(one)) for one in shown[:LISTED]]  # type: ignore[attr-defined]
        if len(shown) <= LISTED:
            del self.fields["number"]

    def clean(self) -> dict[str, Any]:
        """A number that was typed goes before one that was ticked."""
        cleaned = super().clean() or {}
        number = cleaned.pop("number", "").strip().upper()
        candidates = self.fields["into"].queryset  # type: ignore[attr-defined]
        if number:
            cleaned["into"] = candidates.filter(number=number).first()
        if cleaned.get("into") is None and "into" not in self.errors:
            code = "invalid_choice" if number else "required"
            self.add_error("into", self.fields["into"].error_messages[code])
        return cleaned


class CorrectForm(ActForm):
    """When an event really happened (rule 7)."""

    event = forms.ModelChoiceField(
        TicketEvent.objects.none(), to_field_name="seq", widget=forms.HiddenInput
    )
    at = Moment(label=_("When did it really happen?"))
    reason = Prose(label=_("How do you know?"), rows=2, max_length=300)

    def prepare(self) -> None:
        """Events of this ticket only."""
        self.fields["event"].queryset = TicketEvent.objects.filter(  # type: ignore[attr-defined]
            ticket_id=self.ticket.pk
        )

    def values(self) -> dict[str, Any]:
        """With the instant to the second where that matters."""
        values = super().values()
        return values | {"at": self.to_the_second(values["at"])}


class FollowForm(ActForm):
    """A colleague who should see it too."""

    membership = forms.ModelChoiceField(
        Membership.objects.none(), label=_("Who?"), empty_label=_("Choose")
    )

    def prepare(self) -> None:
        """Colleagues who don't follow it yet."""
        following = Follower.objects.filter(ticket_id=self.ticket.pk)
        field = self.fields["membership"]
        field.queryset = colleagues_of(self.actor, self.ticket).exclude(  # type: ignore[attr-defined]
            pk__in=following.values("membership_id")
        )
        field.label_from_instance = lambda person: person.user.name  # type: ignore[attr-defined]


class UnfollowForm(ActForm):
    """A follower to take off the list."""

    membership = forms.ModelChoiceField(
        Membership.objects.none(), widget=forms.HiddenInput
    )

    def prepare(self) -> None:
        """Those who follow it."""
        following = Follower.objects.filter(ticket_id=self.ticket.pk)
        self.fields["membership"].queryset = Membership.objects.filter(  # type: ignore[attr-defined]
            pk__in=following.values("membership_id")
        )
