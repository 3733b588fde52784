"""What PostgreSQL itself says of the walls: nothing has slipped through a migration."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, connections, transaction

from tenants.models import TenantForeignKey
from tenants.scope import tenant_scope
from tests.world import World

#: Tables without a tenant, each with its reason.
GLOBAL = {
    "accounts_user": "a person, in many tenants",
    "account_emailaddress": "a person's address (allauth)",
    "account_emailconfirmation": "a person's address (allauth)",
    "mfa_authenticator": "a person's second factor (allauth)",
    "people_session": "read before the tenant is known; carries it",
    "deadlines_sweep": "signs of life of the workers",
    "auth_group": "Django's, unused",
    "auth_group_permissions": "Django's, unused",
    "auth_permission": "Django's, unused",
    "django_content_type": "Django's",
    "django_migrations": "Django's",
}


def rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def tenant_models() -> list[Any]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if any(field.name == "tenant" for field in model._meta.local_fields)
        and model._meta.db_table not in GLOBAL
    ]


@pytest.mark.django_db
def test_every_table_is_walled_or_a_named_exception() -> None:
    tables = rows(
        """
        SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
        """
    )
    bare = {name for name, on, forced in tables if not (on and forced)}
    known = {
        name
        for name in bare
        if name in GLOBAL or name.startswith(("people_attempt", "people_device"))
    }
    assert bare - known == set(), "Wall the table in its migration: tenants.rls.Wall."


@pytest.mark.django_db
def test_every_tenant_table_has_the_strict_policy_both_ways() -> None:
    policies = {
        table: (using, check)
        for table, using, check in rows(
            "SELECT tablename, qual, with_check FROM pg_policies "
            "WHERE policyname = 'tenant_isolation'"
        )
    }
    for model in tenant_models():
        using, check = policies[model._meta.db_table]
        assert using == check
        assert "current_setting('app.tenant_id'::text)" in using
        assert "NULLIF" not in using.upper()


@pytest.mark.django_db
def test_every_relation_between_tenant_tables_carries_the_tenant() -> None:
    ties = set(
        rows(
            """
            SELECT k.conrelid::regclass::text, a.attname, k.confrelid::regclass::text
            FROM pg_constraint k
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[2]
            JOIN pg_attribute t ON t.attrelid = k.conrelid AND t.attnum = k.conkey[1]
            WHERE k.contype = 'f' AND array_length(k.conkey, 1) = 2 AND t.attname = 'tenant_id'
            """
        )
    )
    for model in tenant_models():
        if "Historical" in model.__name__:
            continue  # a history keeps what was, also of rows that have gone
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                target = field.related_model._meta.db_table
                assert (model._meta.db_table, field.column, target) in ties, field


@pytest.mark.django_db
def test_unique_constraints_begin_with_the_tenant() -> None:
    # A unique key without the tenant would tell of another tenant's rows.
    found = rows(
        """
        SELECT i.indrelid::regclass::text, c.relname FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_class t ON t.oid = i.indrelid
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indisunique AND NOT i.indisprimary AND t.relrowsecurity
          AND a.attname <> 'tenant_id'
        """
    )
    # A slug is a host name, public by nature; a token's hash can't be guessed.
    assert set(found) <= {
        ("tenants_tenant", "tenants_tenant_slug_key"),
        ("people_apitoken", "people_apitoken_token_hash_key"),
    }


@pytest.mark.django_db
def test_the_roles_own_nothing_and_bypass_nothing() -> None:
    roles = rows(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles "
        "WHERE rolname IN ('sd_app', 'sd_system', 'sd_search', 'sd_owner') ORDER BY 1"
    )
    assert [role[0] for role in roles] == [
        "sd_app",
        "sd_owner",
        "sd_search",
        "sd_system",
    ]
    assert not any(any(role[1:]) for role in roles)
    owned = rows(
        "SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner "
        "WHERE r.rolname IN ('sd_app', 'sd_system', 'sd_search')"
    )
    assert owned == []


@pytest.mark.django_db
def test_the_system_role_reads_few_tables_and_writes_leases_only() -> None:
    readable = rows(
        """
        SELECT c.relname, acl.privilege_type FROM pg_class c, aclexplode(c.relacl) acl
        JOIN pg_roles r ON r.oid = acl.grantee
        WHERE r.rolname = 'sd_system' AND c.relkind = 'r'
        """
    )
    assert {privilege for _table, privilege in readable} == {"SELECT"}
    assert {table for table, _privilege in readable} == {
        "deadlines_deadline",
        "documents_document",
        "notifications_delivery",
        "people_letter",
        "tenants_tenant",
    }
    written = rows(
        """
        SELECT a.attrelid::regclass::text, a.attname, acl.privilege_type
        FROM pg_attribute a, aclexplode(a.attacl) acl JOIN pg_roles r ON r.oid = acl.grantee
        WHERE r.rolname = 'sd_system'
        """
    )
    assert set(written) == {
        (table, column, "UPDATE")
        for table in (
            "deadlines_deadline",
            "documents_document",
            "notifications_delivery",
            "people_letter",
        )
        for column in ("wake_at", "lease", "attempts")
    }


@pytest.mark.django_db
def test_one_function_runs_with_its_owners_rights() -> None:
    found = rows(
        """
        SELECT p.proname, r.rolname, p.proconfig FROM pg_proc p
        JOIN pg_roles r ON r.oid = p.proowner
        JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'public' AND p.prosecdef
        """
    )
    assert found == [("tickets_search", "sd_search", ["search_path=public"])]


@pytest.mark.parametrize(
    "table",
    [
        "tickets_ticketevent",
        "tickets_escalationstep",
        "activity_entry",
        "sla_standardversion",
    ],
)
def test_the_record_cannot_be_changed_or_deleted(
    table: str, world: World, db: None
) -> None:
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with (
            tenant_scope(world.zhida.tenant.pk),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
        ):
            rows(statement)


def test_a_row_cannot_point_at_another_tenants_row(world: World, db: None) -> None:
    sql = """
        INSERT INTO clients_site (tenant_id, client_id, name, address, note, is_active, sort_key)
        VALUES (%s, %s, 'x', '', '', true, '')
    """

    # At the end of the transaction at the latest: constraints of keys are deferred.
    def point_there() -> None:
        with (
            transaction.atomic(),
            tenant_scope(world.zhida.tenant.pk),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, [world.zhida.tenant.pk, world.other.client_org.pk])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match="clients_site_client_id_tie"):
        point_there()


@pytest.mark.django_db
def test_the_system_role_cannot_read_a_ticket() -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic("system"),
        connections["system"].cursor() as cursor,
    ):
        cursor.execute("SELECT count(*) FROM tickets_ticket")
