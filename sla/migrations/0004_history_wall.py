from django.db import migrations

from tenants.rls import Wall


class Migration(migrations.Migration):
    dependencies = [("sla", "0003_standard_history")]

    operations = [Wall("HistoricalServiceStandard", append_only=True)]
