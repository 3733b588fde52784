from django.db import migrations

from tenants.rls import Tie, Wall


class Migration(migrations.Migration):
    dependencies = [("sla", "0001_initial"), ("people", "0002_walls")]

    operations = [
        Wall("ServiceStandard"),
        Wall("StandardVersion", append_only=True),
        Wall("Calendar"),
        Wall("CalendarRevision", append_only=True),
        Tie("StandardVersion"),
        Tie("CalendarRevision"),
    ]
