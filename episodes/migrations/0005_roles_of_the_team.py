"""Three roles for the team: Producer, Publisher, Viewer. Rooms above add their own rights to these groups."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

_PARTS_OF_EPISODES = ("appearance", "chapter", "episodelink", "soundbite")
_PARTS_OF_SHOWS = ("followlink", "fundinglink", "recommendedshow", "showhost", "verificationtext")
_WHOLE = ("episode", "season", "show", "speaker", "speakerlink", "topic", *_PARTS_OF_EPISODES, *_PARTS_OF_SHOWS)

_VIEWER = {f"view_{model}" for model in _WHOLE}
_PRODUCER = (
    _VIEWER
    | {f"{verb}_{model}" for verb in ("add", "change") for model in ("episode", "season", "speaker", "topic")}
    | {f"{verb}_{model}" for verb in ("add", "change", "delete") for model in ("speakerlink", *_PARTS_OF_EPISODES)}
)
_PUBLISHER = (
    _PRODUCER
    | {"publish_episode", "add_show", "change_show", "delete_season", "delete_topic", "delete_speaker"}
    | {f"{verb}_{model}" for verb in ("add", "change", "delete") for model in _PARTS_OF_SHOWS}
)
ROLES = {"Viewer": _VIEWER, "Producer": _PRODUCER, "Publisher": _PUBLISHER}


def make_roles(apps, schema_editor):
    # Django makes permissions only after all migrations; the groups need them now.
    config = apps.get_app_config("episodes")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    config.models_module = None
    group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, codenames in ROLES.items():
        group, _ = group_model.objects.get_or_create(name=name)
        wanted = permission_model.objects.filter(content_type__app_label="episodes", codename__in=codenames)
        group.permissions.add(*wanted)


def remove_roles(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("episodes", "0004_work_uploads_history"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_roles, remove_roles)]
