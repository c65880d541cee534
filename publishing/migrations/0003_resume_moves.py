"""Moves of shows whose worker was killed are taken up again within a minute."""

from django.db import migrations


def schedule(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.update_or_create(
        name="Go on with moves of shows",
        defaults={
            "func": "publishing.importing.running.resume",
            "schedule_type": "I",
            "minutes": 1,
            "repeats": -1,
        },
    )


def unschedule(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.filter(name="Go on with moves of shows").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0002_feeds_renewed_each_minute"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]

    operations = [migrations.RunPython(schedule, unschedule)]
