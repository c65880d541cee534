"""Keep the show's stamp, the segments' language and the search rows in step with every change of the words.

These are triggers, so that a step, the admin, a queryset's update() and a hand at psql leave search equally true.
"""

from django.db import migrations

LANGUAGE = """
CREATE FUNCTION transcripts_copy_language() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT language INTO NEW.language FROM transcripts_transcript WHERE id = NEW.transcript_id;
    NEW.language := coalesce(NEW.language, '');
    RETURN NEW;
END $$;
CREATE TRIGGER segment_language BEFORE INSERT OR UPDATE OF transcript_id ON transcripts_segment
    FOR EACH ROW EXECUTE FUNCTION transcripts_copy_language();

CREATE FUNCTION transcripts_spread_language() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE transcripts_segment SET language = NEW.language WHERE transcript_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER transcript_language AFTER UPDATE OF language ON transcripts_transcript
    FOR EACH ROW WHEN (OLD.language IS DISTINCT FROM NEW.language) EXECUTE FUNCTION transcripts_spread_language();
"""
LANGUAGE_BACK = """
DROP TRIGGER segment_language ON transcripts_segment;
DROP TRIGGER transcript_language ON transcripts_transcript;
DROP FUNCTION transcripts_copy_language();
DROP FUNCTION transcripts_spread_language();
"""

# Only the insertion of an episode makes a search row; everything else updates it. Otherwise deleting an episode, which
# deletes what belongs to it one by one, would make the row anew and then fail on it.
SEARCH = """
CREATE FUNCTION transcripts_refresh_about(wanted_episode_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE transcripts_episodesearch SET about = (
        SELECT setweight(transcripts_vector(w.language, e.title), 'A')
            || setweight(transcripts_vector(w.language, concat_ws(' . ',
                (SELECT string_agg(p.name, ' . ' ORDER BY p.id) FROM episodes_speaker p WHERE NOT p.hidden AND p.id IN
                    (SELECT speaker_id FROM episodes_appearance WHERE episode_id = e.id)),
                (SELECT string_agg(t.name, ' . ' ORDER BY t.id) FROM episodes_topic t
                    JOIN episodes_episode_topics et ON et.topic_id = t.id WHERE et.episode_id = e.id))), 'B')
            || setweight(transcripts_vector(w.language, concat_ws(' . ', e.summary, left(e.show_notes, 100000))), 'C')
        FROM episodes_episode e JOIN episodes_show w ON w.id = e.show_id WHERE e.id = wanted_episode_id
    ) WHERE episode_id = wanted_episode_id;
END $$;

CREATE FUNCTION transcripts_refresh_spoken(wanted_episode_id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one record;
    found tsvector := '';
BEGIN
    FOR one IN SELECT t.language, string_agg(s.text, ' ' ORDER BY s.position) AS body
        FROM transcripts_transcript t JOIN transcripts_segment s ON s.transcript_id = t.id
        WHERE t.episode_id = wanted_episode_id AND t.state = 'shown' GROUP BY t.id ORDER BY t.id
    LOOP
        BEGIN
            found := found || transcripts_vector(one.language, one.body);
        EXCEPTION WHEN program_limit_exceeded THEN
            -- A vector holds a megabyte: more than five hours of ordinary speech. The rest is found by segments.
            found := transcripts_vector(one.language, left(one.body, 100000));
        END;
    END LOOP;
    UPDATE transcripts_episodesearch SET spoken = setweight(found, 'D') WHERE episode_id = wanted_episode_id;
END $$;

CREATE FUNCTION transcripts_episode_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO transcripts_episodesearch (episode_id, about, spoken) VALUES (NEW.id, '', '');
    END IF;
    PERFORM transcripts_refresh_about(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER episode_search AFTER INSERT OR UPDATE OF title, summary, show_notes, show_id ON episodes_episode
    FOR EACH ROW EXECUTE FUNCTION transcripts_episode_search();

CREATE FUNCTION transcripts_part_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM transcripts_refresh_about(OLD.episode_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM transcripts_refresh_about(NEW.episode_id); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER appearance_search AFTER INSERT OR UPDATE OR DELETE ON episodes_appearance
    FOR EACH ROW EXECUTE FUNCTION transcripts_part_search();
CREATE TRIGGER episode_topics_search AFTER INSERT OR UPDATE OR DELETE ON episodes_episode_topics
    FOR EACH ROW EXECUTE FUNCTION transcripts_part_search();

CREATE FUNCTION transcripts_speaker_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM transcripts_refresh_about(episode_id) FROM
        (SELECT DISTINCT episode_id FROM episodes_appearance WHERE speaker_id = NEW.id ORDER BY 1) rows;
    RETURN NULL;
END $$;
CREATE TRIGGER speaker_search AFTER UPDATE OF name, hidden ON episodes_speaker
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.hidden IS DISTINCT FROM NEW.hidden)
    EXECUTE FUNCTION transcripts_speaker_search();

CREATE FUNCTION transcripts_topic_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM transcripts_refresh_about(episode_id) FROM
        (SELECT episode_id FROM episodes_episode_topics WHERE topic_id = NEW.id ORDER BY 1) rows;
    RETURN NULL;
END $$;
CREATE TRIGGER topic_search AFTER UPDATE OF name ON episodes_topic
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION transcripts_topic_search();

CREATE FUNCTION transcripts_show_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM transcripts_refresh_about(id) FROM (SELECT id FROM episodes_episode WHERE show_id = NEW.id ORDER BY 1) rows;
    RETURN NULL;
END $$;
CREATE TRIGGER show_search AFTER UPDATE OF language ON episodes_show
    FOR EACH ROW WHEN (OLD.language IS DISTINCT FROM NEW.language) EXECUTE FUNCTION transcripts_show_search();
"""
SEARCH_BACK = """
DROP TRIGGER episode_search ON episodes_episode;
DROP TRIGGER appearance_search ON episodes_appearance;
DROP TRIGGER episode_topics_search ON episodes_episode_topics;
DROP TRIGGER speaker_search ON episodes_speaker;
DROP TRIGGER topic_search ON episodes_topic;
DROP TRIGGER show_search ON episodes_show;
DROP FUNCTION transcripts_episode_search();
DROP FUNCTION transcripts_part_search();
DROP FUNCTION transcripts_speaker_search();
DROP FUNCTION transcripts_topic_search();
DROP FUNCTION transcripts_show_search();
DROP FUNCTION transcripts_refresh_about(bigint);
DROP FUNCTION transcripts_refresh_spoken(bigint);
"""

# Segments change by hundreds in one statement, so their triggers run once a statement.
CHANGES = """
CREATE FUNCTION transcripts_transcript_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM transcripts_refresh_spoken(OLD.episode_id);
    ELSE
        PERFORM transcripts_refresh_spoken(NEW.episode_id);
        IF TG_OP = 'UPDATE' AND OLD.episode_id <> NEW.episode_id THEN
            PERFORM transcripts_refresh_spoken(OLD.episode_id);
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER transcript_search AFTER INSERT OR DELETE OR UPDATE OF state, language, episode_id
    ON transcripts_transcript FOR EACH ROW EXECUTE FUNCTION transcripts_transcript_changed();
CREATE TRIGGER transcript_stamp AFTER INSERT OR UPDATE OR DELETE ON transcripts_transcript
    FOR EACH ROW EXECUTE FUNCTION episodes_stamp_by_episode();

CREATE FUNCTION transcripts_rows_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
TABLES = {"segment": "transcripts_segment", "voice": "transcripts_voicelabel"}
CHANGES += "".join(
    f"CREATE TRIGGER {name}_{event.lower()}_seen AFTER {event} ON {table} REFERENCING {kind} TABLE AS changed "
    "FOR EACH STATEMENT EXECUTE FUNCTION transcripts_rows_changed();\n"
    for name, table in TABLES.items()
    for event, kind in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
)
CHANGES_BACK = (
    "DROP TRIGGER transcript_search ON transcripts_transcript;\nDROP TRIGGER transcript_stamp ON transcripts_transcript;\n"
    + "".join(
        f"DROP TRIGGER {name}_{event}_seen ON {table};\n"
        for name, table in TABLES.items()
        for event in ("insert", "update", "delete")
    )
    + "DROP FUNCTION transcripts_transcript_changed();\nDROP FUNCTION transcripts_rows_changed();\n"
)


class Migration(migrations.Migration):
    dependencies = [("transcripts", "0002_transcripts_segments_voices")]

    operations = [
        migrations.RunSQL(LANGUAGE, LANGUAGE_BACK),
        migrations.RunSQL(SEARCH, SEARCH_BACK),
        migrations.RunSQL(CHANGES, CHANGES_BACK),
    ]
