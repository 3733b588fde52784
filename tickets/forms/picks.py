"""Choosing one of many: a list where it is short, else one of the register's quick searches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.forms import BaseForm, Select

#: So many rows are listed; of more, one is looked for (``static/js/pick.js``).
LISTED = 20


def offer(
    form: BaseForm,
    name: str,
    rows: QuerySet[Any] | Sequence[Any],
    *,
    search: str,
    whole: QuerySet[Any] | None = None,
    empty: Any = "",
    always: bool = False,
    **more: Any,
) -> bool:
    """Offer rows in a field of a form: its choices, or a search where they are many.

    ``search`` is the address of the quick search. ``whole`` are the rows that may be chosen,
    where ``rows`` are those to offer. ``empty`` is what no choice is called. ``always`` searches also where there are few. ``more``
    are further attributes of ``pick.js``, such as ``hint`` and ``new``. Returns whether there
    is anything to choose.
    """
    field: Any = form.fields[name]
    shown = list(rows[: LISTED + 1])
    many = len(shown) > LISTED
    label: Callable[[Any], str] = getattr(field, "label_from_instance", str)
    listed = shown[:LISTED]
    if many and (chosen := _chosen(form, name, rows if whole is None else whole)):
        listed = [*(row for row in listed if row.pk != chosen.pk), chosen]
    nothing = empty or getattr(field, "empty_label", "")
    choices = [("", nothing), *((row.pk, label(row)) for row in listed)]
    if hasattr(field, "queryset"):
        field.queryset = rows if whole is None else whole
    else:
        field.widget = Select()
    field.widget.choices = choices
    if many or always:
        attrs = {f"data-pick-{key}": value for key, value in more.items()}
        field.widget.attrs |= {"data-pick": search} | attrs
    return bool(shown)


def _chosen(form: BaseForm, name: str, rows: Any) -> Any:
    """The row that the form holds now, which has to be among the choices."""
    value = str(form[name].value() or "")
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        return None
    return rows.filter(pk=int(value)).first()
