"""Schedules of the background worker: new audio asks for new times each minute; words and misses are swept each night."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

TIMES, NIGHT = "Times of transcripts", "Words of transcripts"


def schedule(apps, schema_editor):
    Schedule = apps.get_model("django_q", "Schedule")
    tonight = (timezone.now() + timedelta(days=1)).replace(hour=0, minute=25, second=0, microsecond=0)
    Schedule.objects.update_or_create(
        name=TIMES,
        defaults={
            "func": "transcripts.timing.request_missing_times",
            "schedule_type": "I",
            "minutes": 1,
            "repeats": -1,
        },
    )
    Schedule.objects.update_or_create(
        name=NIGHT,
        defaults={
            "func": "transcripts.upkeep.every_night",
            "schedule_type": "D",
            "repeats": -1,
            "next_run": tonight,
        },
    )


def unschedule(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.filter(name__in=[TIMES, NIGHT]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("transcripts", "0006_pronunciation_and_fingerprint"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]

    operations = [migrations.RunPython(schedule, unschedule)]
