"""``manage.py create_tenant NAME --standard PRESET --admin EMAIL``: a new service company."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

import sla
from people import services
from people.actors import operator
from people.links import absolute
from people.models import Invitation
from people.roles import Role
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.now import database_now
from sla.services import BrokenStandardError, import_standard, set_default
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tenants.services import create_tenant

PRESETS = Path(sla.__file__).parent / "presets"
PASSWORD = "ADMIN_PASSWORD"  # noqa: S105 - the name of a variable


class Command(BaseCommand):
    """Makes a tenant with its service standard and first administrator, all or nothing."""

    help = (
        "Create a tenant with a service standard and its first administrator. Prints a link"
        " by which the administrator comes in (once, within seven days); with"
        f" --password-stdin, or {PASSWORD} in the environment, sets a password instead."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say what can be given."""
        parser.add_argument("name", help="name of the service company")
        parser.add_argument(
            "--standard",
            required=True,
            metavar="PRESET",
            help=f"one of {', '.join(presets())}, or a file",
        )
        parser.add_argument("--admin", required=True, metavar="EMAIL")
        parser.add_argument("--admin-name", default="", metavar="NAME")
        parser.add_argument("--slug", default="", help="label of the host name")
        parser.add_argument("--zone", default="", help="default: Asia/Shanghai")
        parser.add_argument("--language", default="", help="zh-hans (default) or en")
        parser.add_argument("--prefix", default="", help="of ticket numbers, e.g. ZD")
        parser.add_argument("--password-stdin", action="store_true")
        parser.add_argument(
            "--mail", action="store_true", help="send the link by mail as well"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it in one transaction, or say what is wrong and change nothing."""
        del args
        text = preset_text(options["standard"])
        password = self._password(stdin=options["password_stdin"])
        try:
            with transaction.atomic(), translation.override("en"):
                tenant, said = self._create(text, password, options)
        except BrokenStandardError as error:
            raise CommandError(f"The standard is broken: {error}") from error
        except ServiceError as error:
            where = f"--{error.field}: " if error.field else ""
            raise CommandError(f"{where}{error.message}") from error
        self.stdout.write(f"Tenant “{tenant.name}” is at {absolute(tenant, 'home')}")
        self.stdout.write(said)

    def _create(
        self, text: str, password: str, options: dict[str, Any]
    ) -> tuple[Tenant, str]:
        now = database_now()
        names = ("name", "slug", "zone", "language", "prefix")
        tenant = create_tenant(**{name: options[name] for name in names})
        with tenant_scope(tenant.pk):
            with translation.override(tenant.language):  # what the journal says
                actor = operator(tenant)
                version = import_standard(actor=actor, now=now, text=text)
                set_default(actor=actor, now=now, standard=version.standard)
            invitation = services.invite(
                actor=actor,
                now=now,
                email=options["admin"],
                role=Role.ADMINISTRATOR,
                name=options["admin_name"],
                by_mail=options["mail"] and not password,
            )
            if password:
                said = self._let_in(invitation, password, now=now)
            else:
                said = self._link(invitation, now, mailed=options["mail"])
        return tenant, said

    def _let_in(self, invitation: Invitation, password: str, *, now: datetime) -> str:
        user = invitation.membership.user
        if user.has_usable_password():
            raise ServiceError(
                "known",
                f"{user.email} has a password already; leave {PASSWORD} out.",
                field="admin",
            )
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise ServiceError("weak", " ".join(error.messages)) from error
        person = {
            "name": invitation.name or user.email.partition("@")[0],
            "language": invitation.tenant.language,
            "password": password,
        }
        services.accept_invitation(now=now, invitation=invitation, person=person)
        return f"{user.email} signs in with the given password."

    def _link(self, invitation: Invitation, now: datetime, *, mailed: bool) -> str:
        address = invitation.membership.user.email
        if mailed:
            return f"A mail with a link is on its way to {address}."
        secret = services.issue_secret(invitation=invitation, now=now)
        url = absolute(invitation.tenant, "people:accept", secret)
        return f"{address} comes in by this link, once, within seven days:\n\n  {url}\n"

    def _password(self, *, stdin: bool) -> str:
        if stdin:
            password = sys.stdin.readline().rstrip("\n")
            if not password:
                raise CommandError("--password-stdin: nothing came.")
            return password
        return os.environ.get(PASSWORD, "")


def presets() -> list[str]:
    """The names of the standards that come with the platform."""
    return sorted(path.stem for path in PRESETS.glob("*.yaml"))


def preset_text(name: str) -> str:
    """The text of a preset, or of a file. Raises CommandError naming what there is."""
    path = PRESETS / f"{name}.yaml" if name in presets() else Path(name)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(presets())
        message = (
            f"--standard: {name} is neither a preset ({known}) nor a file: {error}"
        )
        raise CommandError(message) from error
