"""Who may sign in here: the right password, and an active membership of this tenant."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.models import User
from people.models import Membership
from tenants.scope import tenant_scope


class MembershipBackend(BaseBackend):
    """Password sign-in on a tenant's host. One password check on every path."""

    def authenticate(
        self, request: HttpRequest | None, **credentials: Any
    ) -> User | None:
        """The user, if the password is right and the host's tenant knows them."""
        email = credentials.get("email") or credentials.get("username") or ""
        password = credentials.get("password")
        tenant = getattr(request, "tenant", None)
        if not password or tenant is None:
            return None
        user = User.objects.filter(email=str(email).strip().lower()).first()
        if user is None:
            User().set_password(password)  # the same work as for somebody known
            return None
        if not user.check_password(password) or not user.is_active:
            return None
        with tenant_scope(tenant.pk):
            known = Membership.objects.active().filter(user=user).exists()
        return user if known else None

    def get_user(self, user_id: int) -> User | None:
        """The person of a session; a person switched off has none."""
        return User.objects.filter(pk=user_id, is_active=True).first()
