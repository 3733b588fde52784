"""Sentences of libraries that people read, where the library's own Chinese is wrong or poor.

Nothing uses the names: what is written here is translated with ours, which stand before theirs.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

OF_DJANGO = (_("Null characters are not allowed."),)
OF_REST_FRAMEWORK = (
    _('Expected a list of items but got type "{input_type}".'),
    _("Invalid data. Expected a dictionary, but got {datatype}."),
    _("This list may not be empty."),
    _("Authentication credentials were not provided."),
    _('Unsupported media type "{media_type}" in request.'),
    _('Method "{method}" not allowed.'),
)
