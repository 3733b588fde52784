from django.db import migrations

from tenants.rls import Tie, Wall


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("people", "0002_walls")]

    operations = [
        Wall("Message"),
        Wall("Delivery", system_update=["wake_at", "lease", "attempts"]),
        Tie("Message"),
        Tie("Delivery"),
    ]
