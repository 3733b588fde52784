import django.db.models.deletion
from django.db import migrations, models

import tenants.models
from tenants.rls import Tie


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_letters_walls"),
        ("tenants", "0002_walls"),
    ]

    operations = [
        migrations.AddField(
            model_name="department",
            name="second_line",
            field=tenants.models.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.department",
                verbose_name="second line",
            ),
        ),
        migrations.AddField(
            model_name="historicaldepartment",
            name="second_line",
            field=tenants.models.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="people.department",
                verbose_name="second line",
            ),
        ),
        migrations.AddConstraint(
            model_name="department",
            constraint=models.CheckConstraint(
                condition=models.Q(("second_line", models.F("id")), _negated=True),
                name="people_department_not_own_second_line",
            ),
        ),
        Tie("Department", fields=["second_line"]),
    ]
