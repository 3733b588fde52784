"""Which messages come by e-mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from notifications.kinds import Kind


class MailForm(forms.Form):
    """One switch for each kind that may be muted."""

    def __init__(
        self, data: Any = None, *, kinds: Sequence[Kind], settings: Mapping[str, Any]
    ) -> None:
        super().__init__(data)
        for kind in kinds:
            if kind.muteable:
                self.fields[kind.key] = forms.BooleanField(
                    label=kind.label,
                    required=False,
                    initial=settings.get(kind.key, True) is not False,
                )
