"""Between a form and a service: a refusal becomes a message beside its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseForm

from servicedesk.lib.errors import ServiceError

Result = TypeVar("Result")


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
