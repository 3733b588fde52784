"""Mark what is searched with its client organisation, whose people search in their own only."""

from __future__ import annotations

from typing import Any

from django.db import migrations

#: Rows that one statement changes, so that nobody waits long for a locked one.
BATCH = 5_000
MARK = """
UPDATE tickets_ticketsearch s SET document = s.document
    || ('''#client-' || t.client_id || '''')::tsvector
FROM tickets_ticket t
WHERE t.tenant_id = s.tenant_id AND t.id = s.ticket_id AND s.id > %s AND s.id <= %s
"""


def mark(_apps: Any, schema_editor: Any) -> None:
    """Add the mark to every row; adding it again changes nothing."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM tickets_ticketsearch")
        last = cursor.fetchone()[0]
        for start in range(0, last, BATCH):
            cursor.execute(MARK, [start, start + BATCH])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tickets", "0007_incident_reports")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
