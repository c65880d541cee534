"""A table for what all web servers count together: tries at the login, suggestions of one sender."""

from django.db import migrations

TABLE = "coproduction_site_cache"

MAKE = f"""
CREATE UNLOGGED TABLE "{TABLE}" (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX "{TABLE}_expires" ON "{TABLE}" (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("coproduction_site", "0001_self_check_schedule")]

    operations = [migrations.RunSQL(MAKE, f'DROP TABLE "{TABLE}"')]
