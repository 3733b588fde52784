"""Forms of the desk's own tools: canned replies, saved views, bulk work, hand-over."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models import Department, Membership
from tickets.forms.fields import PeopleField, Prose
from tickets.forms.filters import QueueFilterForm
from tickets.models import CannedReply, Ticket
from tickets.queries.people import assignable


class CannedReplyForm(forms.Form):
    """A reply that is written often. Plain text: nothing in it is ever run."""

    title = forms.CharField(max_length=80, label=_("Title"))
    body = Prose(rows=8, max_length=4_000, label=_("Text"))
    department = forms.ModelChoiceField(
        Department.objects.none(),
        required=False,
        label=_("Department"),
        empty_label=_("All departments"),
        help_text=_("Shown first to this department."),
    )

    def __init__(
        self, *args: Any, reply: CannedReply | None = None, **kwargs: Any
    ) -> None:
        if reply is not None:
            kwargs["initial"] = {
                "title": reply.title,
                "body": reply.body,
                "department": reply.department_id,
            }
        super().__init__(*args, **kwargs)
        departments = Department.objects.filter(is_active=True).order_by("name")
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]


class SavedViewForm(forms.Form):
    """A name for the filter that is set."""

    name = forms.CharField(max_length=60, label=_("Name of the view"))
    is_shared = forms.BooleanField(required=False, label=_("Colleagues may use it too"))
    query = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        """What the queue's address knows, and nothing else."""
        given = QueryDict(self.cleaned_data["query"])
        known = {"tab", "as", *QueueFilterForm.base_fields}
        kept = [(key, values) for key, values in given.lists() if key in known]
        return urlencode(kept, doseq=True)


class BulkForm(forms.Form):
    """The ticked tickets, and who gets them."""

    number = forms.ModelMultipleChoiceField(
        Ticket.objects.none(),
        to_field_name="number",
        error_messages={"required": _("Tick the tickets first.")},
    )
    assignee = PeopleField(
        Membership.objects.none(),
        required=False,
        label=_("Assignee"),
        empty_label=_("Nobody yet"),
    )

    def __init__(self, *args: Any, tickets: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].queryset = tickets  # type: ignore[attr-defined]
        self.fields["assignee"].queryset = assignable(now)  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    """Open work from one colleague to the next, with a word about it."""

    from_membership = PeopleField(
        Membership.objects.none(),
        empty_label=_("Choose"),
        label=pgettext_lazy("hand-over", "From"),
        error_messages={"required": _("Choose whose work is handed over.")},
    )
    to_membership = PeopleField(
        Membership.objects.none(),
        empty_label=_("Choose"),
        label=pgettext_lazy("hand-over", "To"),
        error_messages={"required": _("Choose who takes it over.")},
    )
    number = forms.ModelMultipleChoiceField(
        Ticket.objects.none(),
        to_field_name="number",
        label=_("Tickets"),
        error_messages={"required": _("Tick at least one ticket.")},
    )
    note = Prose(
        rows=3,
        max_length=4_000,
        label=_("What your colleague has to know"),
        help_text=_("It is written into each of the tickets, for colleagues only."),
    )

    def __init__(self, *args: Any, tickets: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = assignable(now)
        self.fields["from_membership"].queryset = people  # type: ignore[attr-defined]
        self.fields["to_membership"].queryset = people  # type: ignore[attr-defined]
        self.fields["number"].queryset = tickets  # type: ignore[attr-defined]
