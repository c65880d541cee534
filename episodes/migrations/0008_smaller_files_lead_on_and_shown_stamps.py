"""Smaller files go with the audio they were made from; a second stamp moves only with what listeners can see.

The feed says when it last changed (lastBuildDate). By the stamp of any change its bytes, and so its ETag, would be new
whenever somebody saves a draft.
"""

from django.db import migrations

SMALL = """
-- The row of other sound goes in the moment the sound goes; its address, like those of former audio, leads on.
CREATE FUNCTION episodes_drop_small_audio() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH gone AS (
        DELETE FROM episodes_smallaudio WHERE episode_id = NEW.id AND made_from <> NEW.audio_sha256 RETURNING sha256
    )
    INSERT INTO episodes_formeraudio (episode_id, sha256) SELECT NEW.id, sha256 FROM gone ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER episode_small_audio AFTER UPDATE OF audio_sha256 ON episodes_episode
    FOR EACH ROW WHEN (OLD.audio_sha256 IS DISTINCT FROM NEW.audio_sha256)
    EXECUTE FUNCTION episodes_drop_small_audio();

CREATE FUNCTION episodes_keep_former_small_audio() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO episodes_formeraudio (episode_id, sha256) VALUES (OLD.episode_id, OLD.sha256) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER smallaudio_former AFTER UPDATE OF sha256 ON episodes_smallaudio
    FOR EACH ROW WHEN (OLD.sha256 IS DISTINCT FROM NEW.sha256) EXECUTE FUNCTION episodes_keep_former_small_audio();
CREATE TRIGGER smallaudio_stamp AFTER INSERT OR UPDATE OR DELETE ON episodes_smallaudio
    FOR EACH ROW EXECUTE FUNCTION episodes_stamp_by_episode();
"""
SMALL_BACK = """
DROP TRIGGER smallaudio_stamp ON episodes_smallaudio;
DROP TRIGGER smallaudio_former ON episodes_smallaudio;
DROP TRIGGER episode_small_audio ON episodes_episode;
DROP FUNCTION episodes_keep_former_small_audio();
DROP FUNCTION episodes_drop_small_audio();
"""

SHOWN = """
CREATE FUNCTION bump_show_stamp(changed_show_id bigint, is_seen boolean) RETURNS void LANGUAGE sql AS $$
    INSERT INTO episodes_showstamp AS row (show_id, stamp, shown_stamp)
        SELECT id, now_us, now_us
        FROM episodes_show, (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now_us) clock
        WHERE id = changed_show_id
    ON CONFLICT (show_id) DO UPDATE SET
        stamp = GREATEST(row.stamp + 1, EXCLUDED.stamp),
        shown_stamp = CASE WHEN is_seen THEN GREATEST(row.stamp + 1, EXCLUDED.stamp) ELSE row.shown_stamp END;
$$;
CREATE OR REPLACE FUNCTION bump_show_stamp(changed_show_id bigint) RETURNS void LANGUAGE sql AS $$
    SELECT bump_show_stamp(changed_show_id, true);
$$;

-- Scheduled episodes are seen when their hour comes, which moves the feed's date by itself.
CREATE FUNCTION episodes_stamp_episode() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was_seen boolean := false;
    is_seen boolean := false;
BEGIN
    IF TG_OP <> 'INSERT' THEN was_seen := OLD.state = 'public' AND OLD.deleted_at IS NULL; END IF;
    IF TG_OP <> 'DELETE' THEN is_seen := NEW.state = 'public' AND NEW.deleted_at IS NULL; END IF;
    IF TG_OP <> 'INSERT' THEN PERFORM bump_show_stamp(OLD.show_id, was_seen OR is_seen); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM bump_show_stamp(NEW.show_id, was_seen OR is_seen); END IF;
    RETURN NULL;
END $$;
DROP TRIGGER episode_stamp ON episodes_episode;
CREATE TRIGGER episode_stamp AFTER INSERT OR UPDATE OR DELETE ON episodes_episode
    FOR EACH ROW EXECUTE FUNCTION episodes_stamp_episode();

CREATE OR REPLACE FUNCTION episodes_stamp_by_episode() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM bump_show_stamp(show_id, state = 'public' AND deleted_at IS NULL)
            FROM episodes_episode WHERE id = OLD.episode_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM bump_show_stamp(show_id, state = 'public' AND deleted_at IS NULL)
            FROM episodes_episode WHERE id = NEW.episode_id;
    END IF;
    RETURN NULL;
END $$;
UPDATE episodes_showstamp SET shown_stamp = stamp;
"""
SHOWN_BACK = """
CREATE OR REPLACE FUNCTION episodes_stamp_by_episode() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM bump_show_stamp(show_id) FROM episodes_episode WHERE id = OLD.episode_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM bump_show_stamp(show_id) FROM episodes_episode WHERE id = NEW.episode_id;
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER episode_stamp ON episodes_episode;
CREATE TRIGGER episode_stamp AFTER INSERT OR UPDATE OR DELETE ON episodes_episode
    FOR EACH ROW EXECUTE FUNCTION episodes_stamp_by_show();
DROP FUNCTION episodes_stamp_episode();
CREATE OR REPLACE FUNCTION bump_show_stamp(changed_show_id bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO episodes_showstamp AS row (show_id, stamp)
        SELECT id, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
        FROM episodes_show WHERE id = changed_show_id
    ON CONFLICT (show_id) DO UPDATE SET stamp = GREATEST(row.stamp + 1, EXCLUDED.stamp);
$$;
DROP FUNCTION bump_show_stamp(bigint, boolean);
"""


class Migration(migrations.Migration):
    dependencies = [("episodes", "0007_smaller_files_chat_and_shown_stamp")]

    operations = [
        migrations.RunSQL(SMALL, SMALL_BACK),
        migrations.RunSQL(SHOWN, SHOWN_BACK),
    ]
