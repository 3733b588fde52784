"""The door into a tenant."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from clients.models import Client
from people.models import Membership
from tenants.scope import NoTenant, current_tenant_id, tenant_scope
from tests.world import World


@pytest.mark.django_db
def test_outside_a_scope_reading_is_an_error_not_an_empty_list(world: World) -> None:
    with (
        pytest.raises(DatabaseError, match=r"app\.tenant_id|bigint"),
        transaction.atomic(),
    ):
        Client.objects.count()


@pytest.mark.django_db
def test_outside_a_scope_there_is_no_current_tenant() -> None:
    with pytest.raises(NoTenant):
        current_tenant_id()


def test_inside_a_scope_only_its_own_rows_exist(world: World, db: None) -> None:
    with tenant_scope(world.zhida.tenant.pk):
        assert set(Membership.objects.values_list("tenant_id", flat=True)) == {
            world.zhida.tenant.pk
        }
        assert not Client.objects.filter(pk=world.other.client_org.pk).exists()


def test_a_row_of_another_tenant_cannot_be_written(world: World, db: None) -> None:
    with (
        tenant_scope(world.zhida.tenant.pk),
        pytest.raises(DatabaseError, match="row-level"),
        transaction.atomic(),
    ):
        Client.objects.create(tenant_id=world.other.tenant.pk, name="Smuggled")


def test_a_nested_scope_gives_the_outer_tenant_back(world: World, db: None) -> None:
    with tenant_scope(world.zhida.tenant.pk):
        with tenant_scope(world.other.tenant.pk):
            assert not Client.objects.filter(pk=world.zhida.client_org.pk).exists()
        assert Client.objects.filter(pk=world.zhida.client_org.pk).exists()
        with (
            pytest.raises(ValueError, match="inner"),
            tenant_scope(world.other.tenant.pk),
        ):
            raise ValueError("inner")
        assert Client.objects.filter(pk=world.zhida.client_org.pk).exists()


def test_the_application_is_neither_owner_nor_superuser(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("sd_app", False, False)
