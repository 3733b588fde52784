import django.db.models.deletion
from django.db import migrations, models

import tenants.models
import tenants.scope
from tenants.rls import Tie, Wall


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_duty_roster_and_skills"),
        ("tenants", "0003_logo"),
        ("tickets", "0009_field_items"),
    ]

    operations = [
        migrations.AddField(
            model_name="workorder",
            name="travel",
            field=models.PositiveSmallIntegerField(
                db_default=30, default=30, verbose_name="way there, minutes"
            ),
        ),
        migrations.CreateModel(
            name="AppointmentOffer",
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
                ("at", models.DateTimeField(verbose_name="offered time")),
                (
                    "note",
                    models.CharField(blank=True, max_length=300, verbose_name="note"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for an answer"),
                            ("accepted", "Accepted"),
                            ("countered", "Another time proposed"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("nonce", models.CharField(editable=False, max_length=30)),
                ("offered_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(verbose_name="valid until")),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.CharField(blank=True, max_length=100)),
                ("answered_via", models.CharField(blank=True, max_length=10)),
                (
                    "proposed_at",
                    models.DateTimeField(null=True, verbose_name="proposed time"),
                ),
                ("words", models.CharField(blank=True, max_length=500)),
                (
                    "offered_by",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
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
                (
                    "ticket",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "offered appointment",
                "verbose_name_plural": "offered appointments",
                "indexes": [
                    models.Index(
                        fields=["tenant", "ticket", "-id"], name="tickets_offer_newest"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("tenant", "ticket"),
                        name="tickets_offer_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("offered_at"))),
                        name="tickets_offer_expiry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "countered"), _negated=True),
                            ("proposed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="tickets_offer_countered",
                    ),
                ],
            },
        ),
        Wall("AppointmentOffer"),
        Tie("AppointmentOffer"),
    ]
