from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_work_orders")]

    operations = [
        migrations.RemoveField(model_name="escalation", name="raised_event"),
    ]
