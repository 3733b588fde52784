"""Who may sign in here: the right password, and an active membership of this tenant."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from accounts.models import User
from people.models import Membership
from servicedesk.lib.now import database_now
from tenants.scope import tenant_scope


class MembershipBackend(BaseBackend):
    """Password sign-in on a tenant's host.

    Every path costs one password hash and gives the same answer: nobody learns whether an
    address is unknown, disabled, or a member elsewhere.
    """

    def authenticate(
        self, request: HttpRequest | None, **credentials: Any
    ) -> User | None:
        """The user, if the password is right and the host's tenant knows them."""
        email = credentials.get("email") or credentials.get("username") or ""
        password = credentials.get("password")
        tenant = getattr(request, "tenant", None)
        if not password or tenant is None:
            return None
        user = User.objects.filter(email=normal_address(email)).first()
        if user is None:
            make_password(password)  # the same work as for somebody known
            return None
        if not user.check_password(password) or not user.is_active:
            return None
        with tenant_scope(tenant.pk):
            return user if membership_of(request, user) else None

    def get_user(self, user_id: int) -> User | None:
        """The person of a session; a person switched off has none."""
        return User.objects.filter(pk=user_id, is_active=True).first()


def normal_address(email: Any) -> str:
    """An e-mail address as it is stored."""
    return str(email).strip().lower()


def membership_of(request: HttpRequest | None, user: User) -> Membership | None:
    """The membership by which somebody may be signed in on this host now."""
    now = getattr(request, "now", None) or database_now()
    return Membership.objects.in_force(now).filter(user=user).first()
