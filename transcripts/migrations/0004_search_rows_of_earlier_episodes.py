"""Make the search row of episodes that are older than the search."""

from django.db import migrations

FILL = """
INSERT INTO transcripts_episodesearch (episode_id, about, spoken)
    SELECT id, '', '' FROM episodes_episode ON CONFLICT DO NOTHING;
SELECT transcripts_refresh_about(id) FROM episodes_episode;
"""


class Migration(migrations.Migration):
    dependencies = [("transcripts", "0003_stamps_and_search_rows")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
