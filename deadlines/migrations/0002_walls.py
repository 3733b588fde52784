from django.db import migrations

from tenants.rls import Wall


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0001_initial"), ("tenants", "0002_walls")]

    operations = [
        Wall("Deadline", system_update=["wake_at", "lease", "attempts"]),
    ]
