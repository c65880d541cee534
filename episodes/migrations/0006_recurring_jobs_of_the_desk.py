"""Schedules of the background worker: stray files are swept each night, the team gets its note on Mondays."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

SWEEP, NOTE = "Stray files", "Monday note"


def schedule(apps, schema_editor):
    model = apps.get_model("django_q", "Schedule")
    tonight = (timezone.now() + timedelta(days=1)).replace(hour=1, minute=10, second=0, microsecond=0)
    monday = (tonight + timedelta(days=-tonight.weekday() % 7)).replace(hour=6, minute=0)
    model.objects.update_or_create(
        name=SWEEP,
        defaults={"func": "episodes.sweeping.sweep_daily", "schedule_type": "D", "repeats": -1, "next_run": tonight},
    )
    model.objects.update_or_create(
        name=NOTE,
        defaults={
            "func": "publishing.weekly_note.send_weekly_note",
            "schedule_type": "W",
            "repeats": -1,
            "next_run": monday,
        },
    )


def unschedule(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.filter(name__in=[SWEEP, NOTE]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("episodes", "0005_roles_of_the_team"),
        ("django_q", "0018_task_success_index"),
    ]

    operations = [migrations.RunPython(schedule, unschedule)]
