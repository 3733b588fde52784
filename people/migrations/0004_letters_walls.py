from django.db import migrations

from tenants.rls import Tie, Wall


class Migration(migrations.Migration):
    dependencies = [("people", "0003_letters_links_attempts")]

    operations = [
        Wall("OneTimeLink"),
        Wall("Letter", system_update=("lease", "wake_at", "attempts")),
        Wall("Attempt"),
        Tie("OneTimeLink"),
        Tie("Letter"),
    ]
