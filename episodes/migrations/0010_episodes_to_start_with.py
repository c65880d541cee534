"""Episodes to start with: up to three picks of a show, whose choice moves the show's stamp."""

import django.db.models.deletion
from django.db import migrations, models

STAMP = """
CREATE TRIGGER starthere_stamp AFTER INSERT OR UPDATE OR DELETE ON episodes_starthere
    FOR EACH ROW EXECUTE FUNCTION episodes_stamp_by_episode();
"""


class Migration(migrations.Migration):
    dependencies = [("episodes", "0009_chapter_pictures_and_previews")]

    operations = [
        migrations.CreateModel(
            name="StartHere",
            fields=[
                (
                    "episode",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="start_here",
                        serialize=False,
                        to="episodes.episode",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["position", "episode_id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("position__gte", 1), ("position__lte", 3)),
                        name="start_here_position_one_to_three",
                        violation_error_message="A show has three places for episodes to start with.",
                    )
                ],
            },
        ),
        migrations.RunSQL(STAMP, "DROP TRIGGER starthere_stamp ON episodes_starthere;"),
    ]
