from django.db import migrations

from tenants.rls import Tie, Wall


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_initial"), ("sla", "0002_walls")]

    operations = [
        Wall("Client"),
        Wall("Site"),
        Wall("Contact"),
        Wall("Project"),
        Wall("Equipment"),
        Wall("HistoricalClient", append_only=True),
        Wall("HistoricalSite", append_only=True),
        Wall("HistoricalContact", append_only=True),
        Wall("HistoricalProject", append_only=True),
        Wall("HistoricalEquipment", append_only=True),
        Tie("Site"),
        Tie("Contact"),
        Tie("Project"),
        Tie("Equipment"),
    ]
