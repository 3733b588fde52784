"""Somebody's authenticator app, and factors in the database."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret: str = SECRET, *, step: int = 0) -> str:
    """What the app shows now, or some steps of 30 s later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def give_app(user) -> Authenticator:
    """An authenticator app with our secret, and recovery codes."""
    app = TOTP.activate(user, SECRET).instance
    RecoveryCodes.activate(user)
    return app


def recovery_codes(user) -> list[str]:
    """The codes that are left."""
    kept = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return kept.wrap().get_unused_codes()
