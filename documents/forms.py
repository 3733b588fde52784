"""Shape of what pages about papers are sent."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

#: A larger file is none of ours.
FILE_MOST = 64 * 1024 * 1024


class MakeForm(forms.Form):
    """Which paper is to be made, in which language."""

    kind = forms.CharField(max_length=40)
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class FileForm(forms.Form):
    """A file to compare with the paper that was issued."""

    file = forms.FileField(
        label=_("The PDF file"),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    def clean_file(self) -> object:
        """No file that could not be ours."""
        file = self.cleaned_data["file"]
        if file.size > FILE_MOST:
            raise forms.ValidationError(
                _("This file is larger than any document of ours."), code="large"
            )
        return file
