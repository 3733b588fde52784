"""What a customer fills in who answers an offer by its link."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.forms.fields import Moment


class OtherTimeForm(forms.Form):
    """Another time than was offered."""

    at = Moment(label=_("When would it suit you?"))
    words = forms.CharField(required=False, max_length=500, label=_("A word with it"))
