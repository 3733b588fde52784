"""Row 7: roles given beyond one's own (Sentry 86fa75c2b7e5, 1ccb2c745e61; ERPNext CVE-2026-44448)."""

from itertools import product

import pytest

from people import services
from people.models import Membership
from people.roles import CLIENT_ROLES, GIVEN_ROLES, Role
from servicedesk.lib.errors import ServiceError
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db
ACTORS = {
    "client": Role.CLIENT_STAFF,
    "client_manager": Role.CLIENT_MANAGER,
    "agent": Role.AGENT,
    "engineer": Role.ENGINEER,
    "manager": Role.DEPARTMENT_MANAGER,
    "boss": Role.GENERAL_MANAGER,
    "admin": Role.ADMINISTRATOR,
}


def allowed(actor: str, target: str, new: str) -> bool:
    """The table: administrators alone, within the same side, never an observer."""
    same_side = (target in CLIENT_ROLES) == (new in CLIENT_ROLES)
    return actor == Role.ADMINISTRATOR and same_side and new in GIVEN_ROLES


@pytest.mark.parametrize("by", ACTORS)
def test_every_actor_every_target_every_new_role(zhida, by):
    for (name, target), new in product(ACTORS.items(), Role.values):
        membership = Membership.objects.get(pk=zhida.people[name].pk)
        expected = allowed(ACTORS[by], target, new)
        if target == Role.ADMINISTRATOR and new != Role.ADMINISTRATOR:
            expected = False  # there is but one, and one must stay
        try:
            services.change_member(
                actor=zhida.actor(by),
                now=FOUNDED,
                membership=membership,
                role=new,
                department=None,
            )
            done = True
        except ServiceError:
            done = False
        assert done is expected, (by, target, new)
        Membership.objects.filter(pk=membership.pk).update(role=target)


@pytest.mark.parametrize("by", ACTORS)
def test_every_actor_invites_only_what_the_table_says(zhida, by):
    for number, role in enumerate(Role.values):
        expected = ACTORS[by] == Role.ADMINISTRATOR and role in GIVEN_ROLES
        try:
            services.invite(
                actor=zhida.actor(by),
                now=FOUNDED,
                email=f"{by}{number}@new.example",
                role=role,
            )
            done = True
        except ServiceError:
            done = False
        assert done is expected, (by, role)


def test_an_observer_is_nobodys_to_promote(zhida):
    Membership.objects.filter(pk=zhida.agent.pk).update(role=Role.OBSERVER)
    with pytest.raises(ServiceError, match="role_unknown"):
        services.change_member(
            actor=zhida.actor("admin"),
            now=FOUNDED,
            membership=zhida.agent,
            role=Role.ADMINISTRATOR,
            department=None,
        )


def test_two_administrators_can_not_remove_each_other(zhida):
    Membership.objects.filter(pk=zhida.agent.pk).update(role=Role.ADMINISTRATOR)
    actor = zhida.actor("admin")
    services.deactivate(actor=actor, now=FOUNDED, membership=zhida.agent)
    with pytest.raises(ServiceError, match="last_administrator"):
        services.deactivate(actor=actor, now=FOUNDED, membership=zhida.admin)
