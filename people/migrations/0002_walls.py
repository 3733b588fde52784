from django.db import migrations

from tenants.rls import Tie, Wall


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("tenants", "0002_walls")]

    operations = [
        Wall("Department"),
        Wall("Membership"),
        Wall("Absence"),
        Wall("Invitation"),
        Wall("ApiToken", system=True),
        Wall("IdempotencyKey"),
        Wall("HistoricalDepartment", append_only=True),
        Wall("HistoricalMembership", append_only=True),
        Tie("Department"),
        Tie("Membership"),
        Tie("Absence"),
        Tie("Invitation"),
        Tie("ApiToken"),
        Tie("IdempotencyKey"),
    ]
