from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_digests_and_mailbox")]

    operations = [
        migrations.RemoveIndex(
            model_name="message", name="notifications_message_newest"
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=["tenant", "recipient", "-id"],
                name="notifications_message_newest",
            ),
        ),
    ]
