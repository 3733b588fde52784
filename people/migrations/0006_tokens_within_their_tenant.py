import django.db.models.deletion
from django.db import migrations, models

import tenants.models
from tenants.rls import Tie


class Migration(migrations.Migration):
    """A token is looked up inside its tenant's scope; an idempotency key is its token's own."""

    dependencies = [("people", "0005_second_line")]

    operations = [
        migrations.RunSQL(
            "DROP POLICY system_read ON people_apitoken; "
            "REVOKE SELECT ON people_apitoken FROM sd_system",
            "CREATE POLICY system_read ON people_apitoken FOR SELECT TO sd_system "
            "USING (true); GRANT SELECT ON people_apitoken TO sd_system",
        ),
        migrations.AddField(
            "idempotencykey",
            "token",
            tenants.models.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="people.apitoken",
            ),
        ),
        Tie("IdempotencyKey", fields=["token"]),
        migrations.RemoveConstraint("idempotencykey", "people_idempotencykey_key"),
        migrations.AddConstraint(
            "idempotencykey",
            models.UniqueConstraint(
                fields=("tenant", "membership", "token", "route", "key"),
                name="people_idempotencykey_key",
                nulls_distinct=False,
            ),
        ),
    ]
