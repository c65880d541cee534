"""A move may be waiting for the pages of its feed: two more of its states."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("episodes", "0013_former_versions_make_shows_here_too"),
    ]

    operations = [
        migrations.AlterField(
            model_name="feedimport",
            name="state",
            field=models.CharField(
                choices=[
                    ("reading", "Being read"),
                    ("unread", "Not read to its end"),
                    ("rehearsed", "Rehearsed, not started"),
                    ("waiting", "Waiting to start"),
                    ("running", "Running"),
                    ("done", "Finished"),
                    ("stopped", "Stopped"),
                ],
                default="rehearsed",
                max_length=10,
            ),
        ),
    ]
