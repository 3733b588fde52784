"""``manage.py recheck_clocks``: compare stored clocks with the record, by samples."""

from __future__ import annotations

import random
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from servicedesk.lib.now import database_now
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tickets.models import Ticket
from tickets.services.checking import differing_clocks

AT_ONCE = 200


class Command(BaseCommand):
    """Recompute the clocks of some tickets of each tenant; fail where they differ."""

    help = "Recompute the clocks of a sample of tickets and compare them with what is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", help="only this one, by its slug")
        parser.add_argument(
            "--sample", type=int, default=AT_ONCE, help="tickets of each"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        tenants = Tenant.objects.using("system").filter(is_active=True).order_by("pk")
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
        looked = wrong = 0
        for pk, slug in tenants.values_list("pk", "slug"):
            with tenant_scope(pk):
                ids = _sample(options["sample"])
            for first in range(0, len(ids), AT_ONCE):
                with tenant_scope(pk):
                    found = differing_clocks(
                        ticket_ids=ids[first : first + AT_ONCE], now=database_now()
                    )
                for number, names in found.items():
                    self.stdout.write(f"{slug} {number}: {', '.join(names)}")
                wrong += len(found)
            looked += len(ids)
        if wrong:
            message = f"{wrong} of {looked} tickets differ from their record."
            raise CommandError(message)
        self.stdout.write(f"{looked} tickets are as their record says.")


def _sample(size: int) -> list[int]:
    """Some tickets of the open tenant, from a place that is another one each time."""
    last = Ticket.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    start = random.randint(0, last)  # noqa: S311 -- a sample, not a secret
    rows = Ticket.objects.order_by("pk").values_list("pk", flat=True)
    found = list(rows.filter(pk__gte=start)[:size])
    return found + list(rows.filter(pk__lt=start)[: size - len(found)])
