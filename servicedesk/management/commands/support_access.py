"""``manage.py support_access SLUG --email … --reason … --hours 4``: read a tenant, for a time.

The operator's person becomes a read-only member until the time is over. It is written in the
tenant's journal, and its administrators are told in the page and by mail.
"""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from accounts.models import User
from notifications.services import Draft, queue
from people import services
from people.actors import operator
from people.authentication import normal_address
from people.links import absolute
from people.models import Membership, OneTimeLink
from people.roles import Role
from people.services.support import administrators
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.now import database_now
from tenants.models import Tenant
from tenants.scope import tenant_scope


class Command(BaseCommand):
    """Gives, or ends, the operator's access to a tenant."""

    help = (
        "Read a tenant for a limited time, with a reason its administrators are told."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say what can be given."""
        parser.add_argument("slug", help="label of the tenant's host name")
        parser.add_argument("--email", required=True, help="of the operator's person")
        parser.add_argument("--name", default="", help="of the operator's person")
        parser.add_argument(
            "--reason", default="", help="a sentence; required to begin"
        )
        parser.add_argument("--hours", type=int, default=4, help="1 to 72, default 4")
        parser.add_argument("--end", action="store_true", help="end it before its time")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it in one transaction, or say what is wrong and change nothing."""
        del args
        tenant = Tenant.objects.using("system").filter(slug=options["slug"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant at {options['slug']}.")
        verb = self._end if options["end"] else self._begin
        try:
            with (
                transaction.atomic(),
                tenant_scope(tenant.pk),
                translation.override("en"),
            ):
                said = verb(tenant, options)
        except ServiceError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(said)

    def _begin(self, tenant: Tenant, options: dict[str, Any]) -> str:
        now = database_now()
        user = self._user(options)
        actor = operator(tenant, user.email)
        until = now + timedelta(hours=options["hours"])
        membership = services.grant_support_access(
            actor=actor, now=now, user=user, until=until, reason=options["reason"]
        )
        self._tell(membership, now)
        said = [
            f"{user.email} may read {tenant.name} until {until:%Y-%m-%d %H:%M} UTC."
        ]
        if user.has_usable_password():
            said.append(f"Sign in at {absolute(tenant, 'account_login')}")
        else:
            purpose = OneTimeLink.Purpose.PASSWORD
            secret = services.make_link(membership=membership, purpose=purpose, now=now)
            url = absolute(tenant, "people:new_password", secret)
            said.append(f"Choose a password within the hour:\n\n  {url}\n")
        return "\n".join(said)

    def _end(self, tenant: Tenant, options: dict[str, Any]) -> str:
        now, address = database_now(), normal_address(options["email"])
        membership = (
            Membership.objects.active()
            .filter(user__email=address, role=Role.OBSERVER)
            .select_related("user")
            .first()
        )
        if membership is None:
            raise CommandError(f"{address} has no access to {tenant.name}.")
        actor = operator(tenant, address)
        services.end_support_access(actor=actor, now=now, membership=membership)
        return f"{address} can no longer read {tenant.name}."

    def _user(self, options: dict[str, Any]) -> User:
        address = normal_address(options["email"])
        if (
            not options["name"].strip()
            and not User.objects.filter(email=address).exists()
        ):
            raise CommandError("--name: say who this is; the person is new here.")
        user = User.objects.filter(email=address).first()
        if user is None:
            user = User(email=address, password=make_password(None))
            user.rename(options["name"])
            user.save()
        return user

    def _tell(self, observer: Membership, now: datetime) -> None:
        """In the page; the letter by mail is the service's."""
        until = observer.expires_at
        key = f"support:{observer.pk}:{now.isoformat()}"
        params = {
            "by": observer.user.email,
            "expires_at": until.isoformat() if until else "",
            "reason": observer.reason,
        }
        drafts = [
            Draft(
                recipient_id=one.pk,
                kind="support_access",
                dedupe_key=key,
                topic="membership",
                topic_id=observer.pk,
                params=params,
                mail=False,
            )
            for one in administrators()
        ]
        queue(drafts, now=now)
