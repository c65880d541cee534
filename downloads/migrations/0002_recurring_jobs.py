"""Schedules of the background worker: counting each minute, forgetting each night."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone


def schedule(apps, schema_editor):
    Schedule = apps.get_model("django_q", "Schedule")
    tomorrow = (timezone.now() + timedelta(days=1)).replace(hour=0, minute=5, second=0, microsecond=0)
    Schedule.objects.update_or_create(
        name="Count downloads",
        defaults={"func": "downloads.upkeep.every_minute", "schedule_type": "I", "minutes": 1, "repeats": -1},
    )
    Schedule.objects.update_or_create(
        name="Forget old requests",
        defaults={
            "func": "downloads.upkeep.every_night",
            "schedule_type": "D",
            "repeats": -1,
            "next_run": tomorrow,
        },
    )


def unschedule(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.filter(
        name__in=["Count downloads", "Forget old requests"]
    ).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("downloads", "0001_requests_and_totals"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]

    operations = [migrations.RunPython(schedule, unschedule)]
