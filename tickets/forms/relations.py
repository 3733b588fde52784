"""The forms of verbs that tie a ticket to others: tickets, events, people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Membership
from tickets.forms.acts import ActForm
from tickets.forms.fields import Moment, Prose
from tickets.models import Follower, Ticket, TicketEvent
from tickets.queries.people import colleagues_of

#: So many tickets to merge with are listed; any other goes by its number.
LISTED = 15


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

    membership = forms.ModelChoiceField(Membership.objects.none(), label=_("Who?"))

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
