"""A form for a file that people write: uploaded, or pasted into a box."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicedesk.lib.textfile.tree import MAX_BYTES


class TextFileForm(forms.Form):
    """A text, in a box or as a file that takes its place."""

    file = forms.FileField(
        required=False,
        label=_("File"),
        help_text=_("A YAML file. It takes the place of the text in the box."),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,.txt"}),
    )
    text = forms.CharField(
        required=False,
        strip=False,
        label=_("Text"),
        widget=forms.Textarea(
            attrs={"rows": 24, "class": "code", "spellcheck": "false", "wrap": "off"}
        ),
    )
    note = forms.CharField(
        required=False, max_length=300, label=_("What has changed, and why")
    )

    def clean(self) -> dict[str, Any]:
        """The text of the file, where there is one, takes the place of the pasted one."""
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file:
            self._take(file, cleaned)
        elif not cleaned.get("text", "").strip() and "file" not in self.errors:
            self.add_error("text", _("Choose a file, or paste its text."))
        cleaned.pop("file", None)
        return cleaned

    def _take(self, file: Any, cleaned: dict[str, Any]) -> None:
        if file.size > MAX_BYTES:
            self.add_error("file", _("The file is too large."))
            return
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", _("This is no text file in UTF-8."))
            return
        if "\0" in text:
            self.add_error("file", _("This is no text file in UTF-8."))
            return
        cleaned["text"] = text
        # What was uploaded is shown in the box, so that it can be mended on the spot.
        shown: Any = self.data.copy()  # type: ignore[attr-defined]
        shown["text"] = text
        self.data = shown
