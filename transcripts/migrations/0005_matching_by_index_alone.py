"""Match whole episodes by their index alone.

A vector of a whole talk is tens of kilobytes and lies beside its table. The planner does not count what fetching it
costs and reads every one for a common word; the index knows the answer without any.
"""

import django.contrib.postgres.indexes
from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION transcripts_episodes_matching(wanted tsquery) RETURNS SETOF bigint
    LANGUAGE sql STABLE ROWS 100 SET enable_seqscan = off AS $$
    SELECT episode_id FROM transcripts_episodesearch WHERE search @@ wanted
$$;
CREATE FUNCTION transcripts_episodes_about(wanted tsquery) RETURNS SETOF bigint
    LANGUAGE sql STABLE ROWS 100 SET enable_seqscan = off AS $$
    SELECT episode_id FROM transcripts_episodesearch WHERE about @@ wanted
$$;
"""
FUNCTIONS_BACK = """
DROP FUNCTION transcripts_episodes_matching(tsquery);
DROP FUNCTION transcripts_episodes_about(tsquery);
"""


class Migration(migrations.Migration):
    dependencies = [("transcripts", "0004_search_rows_of_earlier_episodes")]

    operations = [
        migrations.AddIndex(
            model_name="episodesearch",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["about"], name="episodesearch_about"
            ),
        ),
        migrations.RunSQL(FUNCTIONS, FUNCTIONS_BACK),
    ]
