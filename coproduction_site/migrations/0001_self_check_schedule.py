"""The site looks at itself every hour."""

from django.db import migrations


def schedule(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.update_or_create(
        name="Look at the site as an app does",
        defaults={
            "func": "coproduction_site.self_check.check_and_tell",
            "schedule_type": "H",
            "repeats": -1,
        },
    )


def unschedule(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.filter(name="Look at the site as an app does").delete()


class Migration(migrations.Migration):
    initial = True
    dependencies = [("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more")]

    operations = [migrations.RunPython(schedule, unschedule)]
