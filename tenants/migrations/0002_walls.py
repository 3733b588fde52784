from django.db import migrations

from tenants.rls import Wall

GRANTS = """
GRANT USAGE ON SCHEMA public TO sd_app, sd_system, sd_search;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO sd_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO sd_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO sd_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO sd_app;
REVOKE ALL ON django_migrations FROM sd_app;
GRANT SELECT ON django_migrations TO sd_app;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        Wall("Tenant", column="id", system=True),
    ]
