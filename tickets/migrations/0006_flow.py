import django.db.models.deletion
from django.db import migrations, models

import tenants.models
import tenants.scope
from tenants.rls import Tie, Wall


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_second_line"),
        ("tenants", "0002_walls"),
        ("tickets", "0005_index_of_the_figures"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="flow_step",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="ticket",
            name="second_line",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.department",
            ),
        ),
        migrations.CreateModel(
            name="FlowVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("text", models.TextField()),
                ("is_shipped", models.BooleanField(default=False)),
                ("published_at", models.DateTimeField()),
                (
                    "note",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="what changed"
                    ),
                ),
                (
                    "published_by",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.membership",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        default=tenants.scope.current_tenant_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
            },
        ),
        migrations.AddField(
            model_name="ticket",
            name="flow_version",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.flowversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="flowversion",
            constraint=models.UniqueConstraint(
                fields=("tenant", "number"), name="tickets_flowversion_number"
            ),
        ),
        Wall("FlowVersion", append_only=True),
        Tie("FlowVersion"),
        Tie("Ticket", fields=["flow_version", "second_line"]),
    ]
