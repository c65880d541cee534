"""The feed shows whether a transcript can be read and has times: only that moves the date of what is shown.

A corrected word moves the stamp, as before, yet not the bytes of the feed.
"""

from django.db import migrations

CHANGES = """
CREATE OR REPLACE FUNCTION transcripts_rows_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bump_show_stamp(show_id, is_seen) FROM (
        SELECT e.show_id, bool_or(
            TG_TABLE_NAME = 'transcripts_segment' AND TG_OP <> 'UPDATE' AND e.state = 'public' AND e.deleted_at IS NULL
        ) AS is_seen
        FROM changed c JOIN transcripts_transcript t ON t.id = c.transcript_id
            JOIN episodes_episode e ON e.id = t.episode_id
        GROUP BY e.show_id ORDER BY e.show_id
    ) shows;
    IF TG_TABLE_NAME = 'transcripts_segment' THEN
        PERFORM transcripts_refresh_spoken(episode_id) FROM (
            SELECT DISTINCT t.episode_id FROM changed c JOIN transcripts_transcript t ON t.id = c.transcript_id ORDER BY 1
        ) episodes;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION transcripts_times_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bump_show_stamp(show_id) FROM (
        SELECT DISTINCT e.show_id FROM changed c JOIN before b USING (id)
            JOIN transcripts_transcript t ON t.id = c.transcript_id JOIN episodes_episode e ON e.id = t.episode_id
        WHERE (c.start_ms IS NULL) <> (b.start_ms IS NULL) AND e.state = 'public' AND e.deleted_at IS NULL
        ORDER BY e.show_id
    ) shows;
    RETURN NULL;
END $$;
CREATE TRIGGER segment_times_seen AFTER UPDATE ON transcripts_segment
    REFERENCING OLD TABLE AS before NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION transcripts_times_changed();
"""
CHANGES_BACK = """
DROP TRIGGER segment_times_seen ON transcripts_segment;
DROP FUNCTION transcripts_times_changed();
CREATE OR REPLACE FUNCTION transcripts_rows_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bump_show_stamp(show_id) FROM (
        SELECT DISTINCT e.show_id FROM changed c JOIN transcripts_transcript t ON t.id = c.transcript_id
            JOIN episodes_episode e ON e.id = t.episode_id ORDER BY 1
    ) shows;
    IF TG_TABLE_NAME = 'transcripts_segment' THEN
        PERFORM transcripts_refresh_spoken(episode_id) FROM (
            SELECT DISTINCT t.episode_id FROM changed c JOIN transcripts_transcript t ON t.id = c.transcript_id ORDER BY 1
        ) episodes;
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("episodes", "0008_smaller_files_lead_on_and_shown_stamps"),
        ("transcripts", "0009_stamp_shows_where_a_person_speaks"),
    ]

    operations = [migrations.RunSQL(CHANGES, CHANGES_BACK)]
