from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    """Built beside running work: the table of clocks is large and busy."""

    atomic = False
    dependencies = [("tickets", "0004_escalation_without_raised_event")]

    operations = [
        AddIndexConcurrently(
            model_name="ticketclock",
            index=models.Index(
                fields=["tenant", "received_at"],
                include=[
                    "metric",
                    "tier",
                    "standard_version",
                    "state",
                    "counts",
                    "department_id",
                    "client_id",
                    "assignee_id",
                ],
                name="tickets_clock_figures",
            ),
        ),
        RemoveIndexConcurrently(model_name="ticketclock", name="tickets_clock_report"),
    ]
