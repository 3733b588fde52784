"""``manage.py demo``: found the demo companies, once, and say how to sign in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from deadlines.models import Deadline
from documents.models import Document
from notifications.models import Delivery
from people.models import Membership
from servicedesk.demo.board import plan_days
from servicedesk.demo.cast import COMPANIES, Company
from servicedesk.demo.field import give_a_day
from servicedesk.demo.found import found, next_tenant_id
from servicedesk.demo.handling import handle_faults
from servicedesk.demo.papers import hand_over
from servicedesk.demo.story import Story
from servicedesk.lib.now import database_now
from tenants.models import Tenant
from tenants.scope import tenant_scope

PAPERS = 8  # made when the demo starts; the others when somebody asks
PASSWORD = "demo-password"  # noqa: S105 -- the demo's, said on its start; nowhere else


class Command(BaseCommand):
    """Fill an installation for demonstration. Refused in production."""

    help = "Found the demo companies (kept if they exist) and print the sign-ins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--tickets", type=int, default=70, help="tickets per company"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT == "production":
            raise CommandError(
                "Demo data has known passwords; it is not for production."
            )
        for company in COMPANIES:
            if not Tenant.objects.using("system").filter(slug=company.slug).exists():
                self._found(company, options["tickets"])
        self._print_sign_ins()

    def _found(self, company: Company, tickets: int) -> None:
        pk = next_tenant_id()
        with tenant_scope(pk), translation.override(company.language):
            now = database_now()
            stage = found(company, pk=pk, password=PASSWORD, now=now)
            story = Story(stage, now=now)
            story.tell(tickets)
            story.tell_today(max(4, tickets // 5))
            handle_faults(stage, now=now)
            plan_days(stage, now=now)
            give_a_day(stage, now=now)
            # The reports of long ago are not made now: a hundred would keep the printer busy.
            newest = Document.objects.waiting().order_by("-requested_at")[:PAPERS]
            kept = list(newest.values_list("pk", flat=True))
            Document.objects.waiting().exclude(pk__in=kept).delete()
            hand_over(stage, now=now)
            # Told in leaps, its steps fired "late"; that is not the platform's lateness.
            Deadline.objects.exclude(lateness=None).update(lateness=None)
            # The story's mails were "sent" when it happened.
            Delivery.objects.filter(state=Delivery.State.QUEUED).update(
                state=Delivery.State.SENT, sent_at=now
            )

    def _print_sign_ins(self) -> None:
        self.stdout.write(f"\nSign in with the password: {PASSWORD}\n")
        for company in COMPANIES:
            tenant = Tenant.objects.using("system").get(slug=company.slug)
            address = f"{settings.SCHEME}://{company.slug}.{settings.BASE_DOMAIN}/"
            self.stdout.write(f"\n{company.name}  {address}")
            with tenant_scope(tenant.pk):
                for member in (
                    Membership.objects.active().select_related("user").order_by("pk")
                ):
                    role = translation.gettext(member.get_role_display())
                    self.stdout.write(f"  {member.user.email:34} {role}")
