"""The forms of verbs that tie a ticket to others: tickets, events, people."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Membership
from tickets.forms.acts import ActForm
from tickets.forms.fields import Moment, Prose
from tickets.models import Follower, Ticket, TicketEvent
from tickets.queries.people import colleagues_of


class MergeForm(ActForm):
    """Into which ticket this one goes: same client and project only (rule 5)."""

    into = forms.ModelChoiceField(
        Ticket.objects.none(),
        label=_("Goes into"),
        to_field_name="number",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the ticket that goes on."),
            "invalid_choice": _("Choose a ticket of the same client and project."),
        },
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
        field.label_from_instance = str  # type: ignore[attr-defined]


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
