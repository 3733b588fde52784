"""What others may ask of this app."""

from documents.services.requesting import (
    Wanted,
    queue_documents,
    request_document,
    try_again,
)
from documents.services.sheets import (
    Standing,
    present_sheet,
    signature_state,
    standings,
)
from documents.services.signing import refuse_to_sign, sign

__all__ = [
    "Standing",
    "Wanted",
    "present_sheet",
    "queue_documents",
    "refuse_to_sign",
    "request_document",
    "sign",
    "signature_state",
    "standings",
    "try_again",
]
