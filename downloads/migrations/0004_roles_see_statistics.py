"""Everyone in the team may look at the statistics, and at the requests behind them."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

_SEEN = ("dailydownload", "request")
_ROLES = ("Viewer", "Producer", "Publisher")


def let_see(apps, schema_editor):
    # Django makes permissions only after all migrations; the groups need them now.
    config = apps.get_app_config("downloads")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    config.models_module = None
    rights = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="downloads", codename__in=[f"view_{model}" for model in _SEEN]
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=_ROLES):
        group.permissions.add(*rights)


def take_back(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=_ROLES):
        group.permissions.remove(*group.permissions.filter(content_type__app_label="downloads"))


class Migration(migrations.Migration):
    dependencies = [
        ("downloads", "0003_statistics_names"),
        ("episodes", "0005_roles_of_the_team"),
    ]

    operations = [migrations.RunPython(let_see, take_back)]
