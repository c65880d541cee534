"""The team's roles and the words: Viewers read, Producers and Publishers work on them."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

_READ = ("view_transcript", "view_correction")
_WORK = (*_READ, "add_transcript", "change_transcript", "delete_transcript", "change_correction")
ROLES = {"Viewer": _READ, "Producer": _WORK, "Publisher": _WORK}


def let_work(apps, schema_editor):
    # Django makes permissions only after all migrations; the groups need them now.
    config = apps.get_app_config("transcripts")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="transcripts")
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.add(*permissions.filter(codename__in=ROLES[group.name]))


def take_back(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.remove(*group.permissions.filter(content_type__app_label="transcripts"))


class Migration(migrations.Migration):
    dependencies = [
        ("transcripts", "0007_recurring_jobs"),
        ("episodes", "0005_roles_of_the_team"),
    ]

    operations = [migrations.RunPython(let_work, take_back)]
