"""What is missing before the tenant's promises can be watched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from people.actors import Actor
from people.models import Department, Membership
from people.roles import Role
from people.signals import setup_asked

#: Roles without whom an escalation, or a call, finds nobody.
NEEDED = (
    Role.AGENT,
    Role.ENGINEER,
    Role.DEPARTMENT_MANAGER,
    Role.GENERAL_MANAGER,
)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the set-up: done, missing, or (``note``) only worth knowing.

    ``rank`` orders the lines: people first, then standards, clients, mail.
    """

    title: Any
    ok: bool
    text: Any = ""
    url: str = ""
    action: Any = ""
    note: bool = False
    rank: int = 50


def checks(actor: Actor, *, now: datetime) -> list[Check]:
    """Every check, also those of the rooms above; what is missing stands first."""
    found: list[Check] = [*_departments(), *_roles(), *_factors()]
    for _receiver, more in setup_asked.send(sender=None, actor=actor, now=now):
        found += more or []  # type: ignore[arg-type]
    return sorted(found, key=lambda one: (one.ok, one.note, one.rank))


def _departments() -> list[Check]:
    open_ones = list(Department.objects.active().select_related("manager__user"))
    url = reverse("people:departments")
    if not open_ones:
        return [
            Check(
                _("There is no department yet"),
                ok=False,
                text=_("Tickets are worked on by departments, and escalate to them."),
                url=reverse("people:department_new"),
                action=_("Enter a department"),
                rank=10,
            )
        ]
    without = [
        one for one in open_ones if one.manager is None or not one.manager.is_active
    ]
    if not without:
        return [Check(_("Every department has a manager"), ok=True, url=url, rank=11)]
    names = ", ".join(one.name for one in without[:5])
    return [
        Check(
            _("A department has no manager: %(names)s") % {"names": names},
            ok=False,
            text=_("What it misses goes to the general manager at once."),
            url=reverse("people:department", args=[without[0].pk]),
            action=_("Name a manager"),
            rank=11,
        )
    ]


def _roles() -> list[Check]:
    have = set(
        Membership.objects.active()
        .filter(role__in=NEEDED)
        .values_list("role", flat=True)
        .distinct()
    )
    return [
        Check(
            _("Nobody has the role: %(role)s") % {"role": Role(role).label}
            if role not in have
            else _("Somebody has the role: %(role)s") % {"role": Role(role).label},
            ok=role in have,
            text="" if role in have else _TEXTS[role](),
            url=reverse("people:invite") + f"?role={role}",
            action=_("Invite somebody"),
            rank=20 + index,
        )
        for index, role in enumerate(NEEDED)
    ]


_TEXTS = {
    Role.AGENT: lambda: _("Somebody takes the calls and hands tickets out."),
    Role.ENGINEER: lambda: _("Somebody does the work."),
    Role.DEPARTMENT_MANAGER: lambda: _("The first who is told of a missed promise."),
    Role.GENERAL_MANAGER: lambda: _(
        "Without one, what a department misses goes to the administrators."
    ),
}


def _factors() -> list[Check]:
    factor = Authenticator.objects.filter(user_id=OuterRef("user_id"))
    bare = (
        Membership.objects.active()
        .filter(role=Role.ADMINISTRATOR)
        .annotate(has_factor=Exists(factor))
        .filter(has_factor=False)
        .count()
    )
    if not bare:
        return [Check(_("Administrators use a second factor"), ok=True, rank=30)]
    return [
        Check(
            _("An administrator signs in with a password alone"),
            ok=False,
            note=True,
            text=_("Whoever guesses it holds everything."),
            url=reverse("mfa_index"),
            action=_("Set up mine"),
            rank=30,
        )
    ]
