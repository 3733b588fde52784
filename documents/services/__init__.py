"""What others may ask of this app."""

from documents.services.sheets import (
    Standing,
    present_sheet,
    signature_state,
    standings,
)
from documents.services.signing import refuse_to_sign, sign

__all__ = [
    "Standing",
    "present_sheet",
    "refuse_to_sign",
    "sign",
    "signature_state",
    "standings",
]
