"""The documents app: sheets, signatures and papers, of whatever subject."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Sheets to sign, signatures, and papers 文件."""

    name = "documents"
    verbose_name = _("Documents")
