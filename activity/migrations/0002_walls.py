from django.db import migrations

from tenants.rls import Wall


class Migration(migrations.Migration):
    dependencies = [("activity", "0001_initial"), ("tenants", "0002_walls")]

    operations = [
        Wall("Entry", append_only=True),
    ]
