import django.db.models.deletion
from django.db import migrations, models

import tenants.models
import tenants.scope
from tenants.rls import Tie, Wall


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_walls"),
        ("people", "0002_walls"),
        ("tenants", "0002_walls"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("joined", "In a digest"),
                    ("sent", "Sent"),
                    ("dead", "Given up"),
                    ("moot", "No longer wanted"),
                ],
                default="queued",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="leader",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="members",
                to="notifications.delivery",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("leader__isnull", False)),
                fields=["tenant", "leader"],
                name="notifications_delivery_leader",
            ),
        ),
        Tie("Delivery", fields=["leader"]),
        # The mails of a demo belonged to nobody; now each has its tenant, behind the wall.
        migrations.DeleteModel(name="MailboxMail"),
        migrations.CreateModel(
            name="MailboxMail",
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
                ("uid", models.CharField(max_length=200)),
                ("sender", models.CharField(max_length=200)),
                ("recipients", models.CharField(max_length=500)),
                ("subject", models.CharField(max_length=300)),
                ("body", models.TextField()),
                ("html", models.TextField(blank=True)),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
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
                "indexes": [
                    models.Index(
                        fields=["tenant", "-id"], name="notifications_mail_newest"
                    )
                ],
            },
        ),
        Wall("MailboxMail"),
    ]
