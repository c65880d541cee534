"""Words of an episode that waits for its hour leave the feed's date, as the episode itself does."""

from django.db import migrations

OUT = """
CREATE OR REPLACE FUNCTION transcripts_rows_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bump_show_stamp(show_id, is_seen) FROM (
        SELECT e.show_id, bool_or(
            TG_TABLE_NAME = 'transcripts_segment' AND TG_OP <> 'UPDATE'
            AND episodes_is_out(e.state, e.deleted_at, e.published_at)
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

CREATE OR REPLACE FUNCTION transcripts_times_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bump_show_stamp(show_id) FROM (
        SELECT DISTINCT e.show_id FROM changed c JOIN before b USING (id)
            JOIN transcripts_transcript t ON t.id = c.transcript_id JOIN episodes_episode e ON e.id = t.episode_id
        WHERE (c.start_ms IS NULL) <> (b.start_ms IS NULL) AND episodes_is_out(e.state, e.deleted_at, e.published_at)
        ORDER BY e.show_id
    ) shows;
    RETURN NULL;
END $$;
"""

BACK = """
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

CREATE OR REPLACE FUNCTION transcripts_times_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bump_show_stamp(show_id) FROM (
        SELECT DISTINCT e.show_id FROM changed c JOIN before b USING (id)
            JOIN transcripts_transcript t ON t.id = c.transcript_id JOIN episodes_episode e ON e.id = t.episode_id
        WHERE (c.start_ms IS NULL) <> (b.start_ms IS NULL) AND e.state = 'public' AND e.deleted_at IS NULL
        ORDER BY e.show_id
    ) shows;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("episodes", "0012_what_waits_for_its_hour_is_not_shown_yet"),
        ("transcripts", "0010_words_move_the_feeds_date_only_when_it_shows_them"),
    ]

    operations = [migrations.RunSQL(OUT, BACK)]
