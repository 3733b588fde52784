"""Giving files out: what is not, byte for byte, what was kept is never given out."""

from __future__ import annotations

import logging

from django.utils.translation import gettext as _

from documents.models import Document, Signature
from documents.rules import sha256
from servicedesk.lib.errors import Conflict
from servicedesk.lib.vault import read_kept

logger = logging.getLogger(__name__)


def read_paper(document: Document) -> bytes:
    """The PDF that was issued. Raises Conflict ``damaged``."""
    return _read(document.stored, document.sha256)


def read_signature(signature: Signature) -> bytes:
    """The drawing or the scan. Raises Conflict ``damaged``."""
    return _read(signature.stored, signature.sha256)


def _read(stored: str, expected: str) -> bytes:
    try:
        data = read_kept(stored)
    except OSError as error:
        logger.exception("A kept file is gone: %s", stored)
        raise _damaged() from error
    if sha256(data) != expected:
        logger.error("A kept file is not what was kept: %s", stored)
        raise _damaged()
    return data


def _damaged() -> Conflict:
    return Conflict(
        "damaged",
        _(
            "The file is not what was kept, so it is not given out. The platform's operator "
            "can put it back from a backup."
        ),
    )
