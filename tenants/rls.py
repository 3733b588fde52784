"""Migration operations that wall a table: row-level security, grants, composite keys.

They read the model from the migration's own state, so a migration names only the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

TENANT = "(SELECT current_setting('app.tenant_id')::bigint)"


class _TableOperation(Operation):
    reduces_to_sql = False
    reversible = True

    def __init__(self, model: str) -> None:
        self.model = model

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The model's Python state does not change."""

    def _model(self, app_label: str, state: ProjectState) -> Any:
        return state.apps.get_model(app_label, self.model)


class Wall(_TableOperation):
    """Wall a table: its rows are seen and written inside their tenant's scope only.

    ``append_only`` leaves the application SELECT and INSERT. ``system`` lets ``sd_system``
    read all tenants' rows; ``system_update`` names the columns that it may write (leases).
    ``column`` is the tenant's own key for the tenant table itself.
    """

    def __init__(
        self,
        model: str,
        *,
        append_only: bool = False,
        system: bool = False,
        system_update: Sequence[str] = (),
        search: bool = False,
        column: str = "tenant_id",
    ) -> None:
        super().__init__(model)
        self.append_only = append_only
        self.system = system
        self.system_update = tuple(system_update)
        self.search = search
        self.column = column

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        meta = self._model(app_label, to_state)._meta
        # A history table repeats its object's id and is nobody's target.
        target = self.column == "tenant_id" and meta.pk.column == "id"
        for statement in self._statements(meta.db_table, target=target):
            schema_editor.execute(statement)

    def _statements(self, table: str, *, target: bool) -> list[str]:
        match = f"{self.column} = {TENANT}"
        rights = (
            "SELECT, INSERT" if self.append_only else "SELECT, INSERT, UPDATE, DELETE"
        )
        statements = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            (
                f"CREATE POLICY tenant_isolation ON {table} "
                f"USING ({match}) WITH CHECK ({match})"
            ),
            # Who migrates has to see every row: checks of new keys, changes of data.
            (
                f"CREATE POLICY owner_all ON {table} TO CURRENT_USER "
                "USING (true) WITH CHECK (true)"
            ),
            f"REVOKE ALL ON {table} FROM sd_app",
            f"GRANT {rights} ON {table} TO sd_app",
        ]
        if target:
            statements.append(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenant_key UNIQUE (tenant_id, id)"
            )
        if self.system or self.system_update:
            statements += [
                f"CREATE POLICY system_read ON {table} FOR SELECT TO sd_system USING (true)",
                f"GRANT SELECT ON {table} TO sd_system",
            ]
        if self.system_update:
            columns = ", ".join(self.system_update)
            statements += [
                (
                    f"CREATE POLICY system_lease ON {table} FOR UPDATE TO sd_system "
                    "USING (true) WITH CHECK (true)"
                ),
                f"GRANT UPDATE ({columns}) ON {table} TO sd_system",
            ]
        if self.search:
            statements += [
                f"CREATE POLICY search_read ON {table} FOR SELECT TO sd_search USING (true)",
                f"GRANT SELECT ON {table} TO sd_search",
            ]
        return statements

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """The table itself goes with its model; nothing is left to undo."""

    def describe(self) -> str:
        return f"Wall {self.model} between tenants"


class Tie(_TableOperation):
    """Add the composite foreign keys (tenant_id, x_id) of a model's tenant relations.

    Row security does not look at foreign keys: without the tenant in the key a row could
    point at another tenant's. ``fields`` limits it to some relations, for later migrations.
    """

    def __init__(self, model: str, fields: Sequence[str] | None = None) -> None:
        super().__init__(model)
        self.fields = None if fields is None else tuple(fields)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = self._model(app_label, to_state)
        for field in tied_fields(model):
            if self.fields is None or field.name in self.fields:
                schema_editor.execute(self._statement(model._meta.db_table, field))

    def _statement(self, table: str, field: Any) -> str:
        target = field.related_model._meta.db_table
        return (
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_{field.column}_tie "
            f"FOREIGN KEY (tenant_id, {field.column}) REFERENCES {target} (tenant_id, id) "
            "DEFERRABLE INITIALLY DEFERRED"
        )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """The constraint goes with its column."""

    def describe(self) -> str:
        return f"Tie {self.model} to its own tenant's rows"


def tied_fields(model: Any) -> list[Any]:
    """The foreign keys of a model whose target is walled, and so carry the tenant."""
    return [
        field
        for field in model._meta.local_fields
        if field.many_to_one
        and not field.db_constraint
        and any(f.name == "tenant" for f in field.related_model._meta.local_fields)
    ]
