"""The forms of the fault handling flow: a step with its record, taking one back, the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from servicedesk.lib.textfile.form import TextFileForm
from tickets.forms.acts import MESSAGE, ActForm
from tickets.forms.fields import Moment, Prose, files_field
from tickets.models import Ticket
from tickets.queries.flow import Handling, read_handling, words
from tickets.queries.flow_sentences import CONTINGENCIES
from tickets.rules.flow import DONE, Field, FieldKind, Fill, Flow, Step
from tickets.rules.flow_fields import LINE_MOST, TEXT_MOST
from tickets.services.flow.walking import FOUND_MOST

PREFIX = "field_"


class StepForm(ActForm):
    """The next step: its record, its question, what was found.

    Where the step that was filled in is not the next one any more, the form stays that step's,
    so that nothing typed is lost; the service refuses it in words.
    """

    timed = True
    more: tuple[str, ...] = ("found", "files")
    #: Whether a work order can be made here.
    work_order = False
    step = forms.CharField(max_length=40, widget=forms.HiddenInput)
    found = Prose(
        required=False,
        rows=2,
        max_length=FOUND_MOST,
        label=_("What was found"),
        help_text=_("Only colleagues see this, never the client."),
    )
    files = files_field(label=_("Screenshots, photos, files"))  # type: ignore[assignment]

    def prepare(self) -> None:
        """The fields of the step."""
        handling = read_handling(self.ticket, self.actor, self.now)
        step = self._step_shown(handling)
        if step is None:
            self.title = _("Nothing is left to do")
            return
        self.title, self.lead = words(step.title), words(step.text) if step.text else ""
        self.initial["step"] = step.key
        self.work_order = step.work_order
        record = [self._add(one) for one in step.fields]
        self._ask(step)
        if any(one.picture for one in step.answers):
            self.more = tuple(name for name in self.more if name != "files")
            said = " / ".join(words(a.label) for a in step.answers if a.picture)
            hint = _("Needed where it can't be solved: %(answers)s")
            self.fields["files"].help_text = escape(hint % {"answers": said})
        self.order_fields(["version", "step", *record, "answer", "files", "found"])

    def _step_shown(self, handling: Handling) -> Step | None:
        flow: Flow | None = handling.flow
        sent = str(self.data.get("step") or "") if self.is_bound else ""
        if flow is not None and sent in flow.steps:
            return flow.steps[sent]
        return handling.step

    def _add(self, one: Field) -> str:
        name = PREFIX + one.key
        made = MAKERS[one.kind](one)
        made.label = words(one.label)
        made.help_text = escape(words(one.hint)) if one.hint else ""
        made.required = one.required
        self.fields[name] = made
        if one.fill is not None:
            self.initial.setdefault(name, filled(one.fill, self.ticket))
        return name

    def _ask(self, step: Step) -> None:
        if not step.asks:
            self.fields["answer"] = forms.CharField(
                required=False, widget=forms.HiddenInput
            )
            self.initial["answer"] = step.answers[0].key
            return
        self.fields["answer"] = forms.ChoiceField(
            label=words(step.question) if step.question else _("How does it go on?"),
            choices=[(one.key, words(one.label)) for one in step.answers],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose one of the answers of this step.")},
        )

    def values(self) -> dict[str, Any]:
        """What the service is called with; the record apart."""
        values = super().values()
        record = {
            name.removeprefix(PREFIX): values.pop(name)
            for name in list(values)
            if name.startswith(PREFIX)
        }
        values["answer"] = values.get("answer") or DONE
        return values | {"fields": record}


def filled(fill: Fill, ticket: Ticket) -> str:
    """What a field begins with, out of the ticket."""
    device, contact = ticket.equipment, ticket.contact
    return {
        Fill.MODEL: device.model if device else "",
        Fill.SERIAL_NUMBER: device.serial_number if device else "",
        Fill.CONTACT: contact.name if contact else "",
    }[fill]


def _choice(one: Field) -> forms.Field:
    options = [(option.key, words(option.label)) for option in one.options]
    if len(options) <= 4:
        return forms.ChoiceField(choices=options, widget=forms.RadioSelect)
    return forms.ChoiceField(choices=[("", "–"), *options])


def _yes_no(_one: Field) -> forms.Field:
    return forms.ChoiceField(
        choices=(("yes", _("yes")), ("no", _("no"))), widget=forms.RadioSelect
    )


MAKERS: Mapping[FieldKind, Callable[[Field], forms.Field]] = {
    FieldKind.LINE: lambda _one: forms.CharField(max_length=LINE_MOST),
    FieldKind.TEXT: lambda _one: Prose(rows=3, max_length=TEXT_MOST),
    FieldKind.NUMBER: lambda _one: forms.CharField(
        max_length=20, widget=forms.TextInput({"inputmode": "decimal"})
    ),
    FieldKind.CHOICE: _choice,
    FieldKind.YES_NO: _yes_no,
    FieldKind.MOMENT: lambda _one: Moment(),
}


class BackForm(ActForm):
    """Which step is taken back, and why."""

    to = forms.TypedChoiceField(
        label=_("Which step was wrong?"),
        coerce=int,
        choices=(),
        widget=forms.RadioSelect,
    )
    reason = Prose(
        label=_("Why?"),
        rows=2,
        max_length=2000,
        help_text=_("Only colleagues see this, never the client."),
    )

    def prepare(self) -> None:
        """What was done and still stands, the last one first."""
        rows = read_handling(self.ticket, self.actor, self.now).standing
        choices = [
            (row.seq, f"{row.title} · {row.answer}" if row.answer else row.title)
            for row in reversed(rows)
        ]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]
        if choices:
            self.initial.setdefault("to", choices[0][0])


class ContingencyForm(ActForm):
    """The plan agreed with the customer for as long as it is not solved [A.C]."""

    kind = forms.ChoiceField(
        label=_("What helps meanwhile?"),
        choices=tuple(CONTINGENCIES.items()),
        widget=forms.RadioSelect,
    )
    body = Prose(
        label=_("What was agreed?"),
        max_length=MESSAGE,
        rows=3,
        help_text=_("The client sees this."),
    )
    agreed_with = forms.CharField(label=_("Agreed with whom?"), max_length=100)

    def prepare(self) -> None:
        """The ticket's contact is whom one agrees with."""
        if self.ticket.contact:
            self.initial.setdefault("agreed_with", self.ticket.contact.name)


class FlowFileForm(TextFileForm):
    """The file of the tenant's flow, uploaded or pasted."""
