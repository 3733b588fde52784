"""Secrets that are shown or mailed once and kept as a hash."""

from __future__ import annotations

import hashlib
import secrets

#: What our API tokens begin with, so that scanners find them where they should not be.
TOKEN_PREFIX = "sd_"  # noqa: S105 - not a password
#: How much of a token may be shown again, to tell one from another.
SHOWN = 10


def new_secret() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    """An API token: the prefix and 256 random bits."""
    return TOKEN_PREFIX + new_secret()


def digest(secret: str) -> str:
    """What is kept of a secret. Plain SHA-256 will do: nobody guesses 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
