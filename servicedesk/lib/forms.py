"""Between a form and a service: a refusal becomes a message beside its field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.utils.translation import gettext as _

from servicedesk.lib.errors import ServiceError

Result = TypeVar("Result")
#: Years in which a day can lie. Beyond them arithmetic with days and zones fails; it also
#: catches "26-11-22" and slips of the finger.
FIRST_YEAR, LAST_YEAR = 1970, 2199


def sensible_day(value: date) -> None:
    """A validator of every field for a day or an instant."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(
            _("Choose a day between %(first)d and %(last)d."),
            code="day_out_of_range",
            params={"first": FIRST_YEAR, "last": LAST_YEAR},
        )


def run(form: BaseForm, call: Callable[[], Result]) -> Result | None:
    """Call a service for a valid form; on refusal undo it, tell the form, return None.

    The message goes beside the field that the error names, else above the form. Where the
    service itself may return None, ask ``form.is_valid()`` afterwards instead.
    """
    try:
        with transaction.atomic():
            return call()
    except ServiceError as error:
        refuse(form, error)
        return None


def refuse(form: BaseForm, error: ServiceError) -> None:
    """Put a service's refusal on a form."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, ValidationError(error.message, code=error.code))


def status_of(form: BaseForm) -> int:
    """The HTTP status of a page that shows this form: 422 while something is wrong."""
    return 422 if form.is_bound and form.errors else 200
