import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import tenants.models
import tenants.scope
from tenants.rls import Tie, Wall


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_tokens_within_their_tenant"),
        ("tenants", "0003_logo"),
    ]

    operations = [
        migrations.AddField(
            model_name="department",
            name="places",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="places nearby"
            ),
        ),
        migrations.AddField(
            model_name="historicaldepartment",
            name="places",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="places nearby"
            ),
        ),
        migrations.CreateModel(
            name="Shift",
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
                ("name", models.CharField(max_length=40, verbose_name="name")),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None
                    ),
                ),
                ("starts", models.TimeField(verbose_name="from")),
                ("ends", models.TimeField(verbose_name="until")),
                ("from_on", models.DateField(verbose_name="first day")),
                (
                    "until_on",
                    models.DateField(blank=True, null=True, verbose_name="last day"),
                ),
                (
                    "department",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to="people.department",
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
                "verbose_name": "shift",
                "verbose_name_plural": "shifts",
            },
        ),
        migrations.CreateModel(
            name="ShiftMember",
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
                (
                    "membership",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.membership",
                    ),
                ),
                (
                    "shift",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="people.shift",
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
        ),
        migrations.CreateModel(
            name="Skill",
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
                (
                    "category",
                    models.CharField(max_length=60, verbose_name="equipment category"),
                ),
                (
                    "membership",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skills",
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
                "verbose_name": "skill",
                "verbose_name_plural": "skills",
            },
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("weekdays__len__gte", 1),
                    ("weekdays__contained_by", [1, 2, 3, 4, 5, 6, 7]),
                ),
                name="people_shift_weekdays",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on", None),
                    ("until_on__gte", models.F("from_on")),
                    _connector="OR",
                ),
                name="people_shift_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="shiftmember",
            constraint=models.UniqueConstraint(
                fields=("tenant", "shift", "membership"), name="people_shiftmember_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="skill",
            constraint=models.UniqueConstraint(
                fields=("tenant", "membership", "category"), name="people_skill_once"
            ),
        ),
        Wall("Shift"),
        Wall("ShiftMember"),
        Wall("Skill"),
        Tie("Shift"),
        Tie("ShiftMember"),
        Tie("Skill"),
    ]
