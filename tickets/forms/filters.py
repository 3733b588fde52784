"""What lists are narrowed by. Every filter stands in the address, so that it can be shared."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client, Project
from people.actors import Actor
from people.models import Department, Membership
from servicedesk.lib.forms import sensible_day
from tickets.forms.picks import offer
from tickets.models import Ticket
from tickets.models.ticket import State
from tickets.queries.queue import DEFAULT_TAB, SORTS, TABS, QueueFilter
from tickets.queries.words import METRICS

BIG = 2**63 - 1
ANY = ("", pgettext_lazy("filter", "Any"))

SORT_CHOICES = (
    ("", _("Usual order")),
    ("due", _("Time left")),
    ("-received", _("Newest first")),
    ("received", _("Oldest first")),
    ("-updated", _("Last changed first")),
)


def _key(label: Any) -> forms.IntegerField:
    return forms.IntegerField(required=False, label=label, min_value=1, max_value=BIG)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        required=False,
        label=label,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        validators=[sensible_day],
    )


class QueueFilterForm(forms.Form):
    """The queue's address as values; what is wrong in it is left out and named."""

    q = forms.CharField(
        required=False,
        max_length=200,
        label=_("Words"),
        widget=forms.TextInput({"type": "search"}),
    )
    severity = forms.TypedMultipleChoiceField(
        required=False,
        label=_("Severity"),
        coerce=int,
        choices=Ticket.Severity.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    state = forms.MultipleChoiceField(
        required=False,
        label=_("State"),
        choices=State.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    client = _key(_("Client organisation"))
    project = _key(_("Project"))
    department = _key(_("Department"))
    assignee = _key(_("Assignee"))
    metric = forms.ChoiceField(
        required=False,
        label=_("Next promise"),
        choices=[ANY, *((key, name) for key, (name, _icon) in METRICS.items())],
    )
    kind = forms.ChoiceField(
        required=False, label=_("Kind"), choices=[ANY, *Ticket.Kind.choices]
    )
    channel = forms.ChoiceField(
        required=False, label=_("Channel"), choices=[ANY, *Ticket.Channel.choices]
    )
    received_from = _day(_("Received from"))
    received_to = _day(_("Received until"))
    sort = forms.ChoiceField(
        required=False, label=pgettext_lazy("list", "Order"), choices=SORT_CHOICES
    )

    def clean(self) -> dict[str, Any]:
        """A period that ends before it begins is named at its end."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("received_from"), cleaned.get("received_to")
        if first and last and last < first:
            self.add_error("received_to", _("This day lies before the first one."))
        return cleaned

    def wanted(self, tab: str) -> QueueFilter:
        """The filter; a value that is wrong counts as not given."""
        self.is_valid()
        good: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in self.cleaned_data.items()
            if value not in (None, "", [])
        }
        known = tab if tab in TABS else DEFAULT_TAB
        if good.get("sort") not in SORTS:
            good.pop("sort", None)
        return QueueFilter(tab=known, **good)


class QueueFilterPanel(QueueFilterForm):
    """The same with lists to choose from, which the panel fetches when it is opened."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clients = Client.objects.visible_to(actor).active()
        projects = Project.objects.visible_to(actor).filter(is_active=True)
        people = Membership.objects.active().staff().select_related("user")
        offer(
            self,
            "client",
            clients.order_by("sort_key", "name", "pk"),
            search=reverse("clients:pick_client"),
            empty=ANY[1],
        )
        offer(
            self,
            "project",
            projects.order_by("sort_key", "name", "pk"),
            search=reverse("clients:pick_project"),
            empty=ANY[1],
            within="client",
        )
        departments = Department.objects.filter(is_active=True).order_by("name", "pk")
        self._list("department", departments)
        self._list("assignee", people.order_by("user__name", "pk"))

    def _list(self, name: str, rows: Any) -> None:
        choices = [ANY, *((row.pk, str(row)) for row in rows)]
        self.fields[name].widget = forms.Select(choices=choices)
