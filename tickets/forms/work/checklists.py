"""The preparation checklists of a tenant."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models import Checklist


class ChecklistForm(forms.Form):
    """A preparation checklist: a line an item, a star before what is needed."""

    name = forms.CharField(label=_("Name"), max_length=80)
    category = forms.CharField(
        required=False,
        label=_("Equipment category"),
        max_length=60,
        help_text=_("Empty: for every visit."),
    )
    items = forms.CharField(
        label=_("Items"),
        max_length=8_000,
        widget=forms.Textarea({"rows": 8}),
        help_text=_("A line each. Begin with * what nobody may leave without."),
    )
    is_active = forms.BooleanField(required=False, label=_("In use"), initial=True)

    def __init__(
        self, *args: Any, checklist: Checklist | None = None, **kwargs: Any
    ) -> None:
        if checklist is not None:
            kwargs["initial"] = {
                "name": checklist.name,
                "category": checklist.category,
                "is_active": checklist.is_active,
                "items": "\n".join(
                    f"* {item['text']}" if item.get("required") else item["text"]
                    for item in checklist.items
                ),
            }
        super().__init__(*args, **kwargs)

    def clean_items(self) -> list[tuple[str, bool]]:
        """Words, and whether they are needed; long lines are cut."""
        lines = [line.strip() for line in self.cleaned_data["items"].splitlines()]
        return [
            (line.removeprefix("*").strip()[:200], line.startswith("*"))
            for line in lines
            if line
        ]
