"""Identities that never change, former addresses kept, and a stamp that moves with every visible change.

These are triggers, so that they hold for the admin, a queryset's update() and a hand at psql alike.
"""

from django.db import migrations

IDENTITY = """
CREATE FUNCTION episodes_keep_episode_guid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The GUID of an episode never changes: apps would take it for a new episode.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'episode_guid_immutable', TABLE = 'episodes_episode';
END $$;
CREATE TRIGGER episode_guid_immutable BEFORE UPDATE OF guid ON episodes_episode
    FOR EACH ROW WHEN (OLD.guid IS DISTINCT FROM NEW.guid) EXECUTE FUNCTION episodes_keep_episode_guid();

CREATE FUNCTION episodes_keep_podcast_guid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The podcast:guid of a show never changes: apps would take it for another show.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'show_podcast_guid_immutable', TABLE = 'episodes_show';
END $$;
CREATE TRIGGER show_podcast_guid_immutable BEFORE UPDATE OF podcast_guid ON episodes_show
    FOR EACH ROW WHEN (OLD.podcast_guid IS DISTINCT FROM NEW.podcast_guid)
    EXECUTE FUNCTION episodes_keep_podcast_guid();
"""

IDENTITY_BACK = """
DROP TRIGGER episode_guid_immutable ON episodes_episode;
DROP TRIGGER show_podcast_guid_immutable ON episodes_show;
DROP FUNCTION episodes_keep_episode_guid();
DROP FUNCTION episodes_keep_podcast_guid();
"""

# A slug that comes back into use for the same row needs no redirect any more: the live row is asked first.
FORMER = """
CREATE FUNCTION episodes_keep_former_slug() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'episodes_show' THEN
        INSERT INTO episodes_formershowslug (slug, show_id) VALUES (OLD.slug, NEW.id)
            ON CONFLICT (slug) DO UPDATE SET show_id = EXCLUDED.show_id;
    ELSIF TG_TABLE_NAME = 'episodes_speaker' THEN
        INSERT INTO episodes_formerspeakerslug (slug, speaker_id) VALUES (OLD.slug, NEW.id)
            ON CONFLICT (slug) DO UPDATE SET speaker_id = EXCLUDED.speaker_id;
    ELSE
        INSERT INTO episodes_formerepisodeslug (show_id, slug, episode_id) VALUES (OLD.show_id, OLD.slug, NEW.id)
            ON CONFLICT (show_id, slug) DO UPDATE SET episode_id = EXCLUDED.episode_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER show_former_slug AFTER UPDATE OF slug ON episodes_show
    FOR EACH ROW WHEN (OLD.slug IS DISTINCT FROM NEW.slug) EXECUTE FUNCTION episodes_keep_former_slug();
CREATE TRIGGER speaker_former_slug AFTER UPDATE OF slug ON episodes_speaker
    FOR EACH ROW WHEN (OLD.slug IS DISTINCT FROM NEW.slug) EXECUTE FUNCTION episodes_keep_former_slug();
CREATE TRIGGER episode_former_slug AFTER UPDATE OF slug ON episodes_episode
    FOR EACH ROW WHEN (OLD.slug IS DISTINCT FROM NEW.slug) EXECUTE FUNCTION episodes_keep_former_slug();

CREATE FUNCTION episodes_keep_former_audio() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO episodes_formeraudio (episode_id, sha256) VALUES (NEW.id, OLD.audio_sha256) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER episode_former_audio AFTER UPDATE OF audio_sha256 ON episodes_episode
    FOR EACH ROW WHEN (OLD.audio_sha256 IS DISTINCT FROM NEW.audio_sha256 AND OLD.audio_sha256 <> '')
    EXECUTE FUNCTION episodes_keep_former_audio();
"""

FORMER_BACK = """
DROP TRIGGER show_former_slug ON episodes_show;
DROP TRIGGER speaker_former_slug ON episodes_speaker;
DROP TRIGGER episode_former_slug ON episodes_episode;
DROP TRIGGER episode_former_audio ON episodes_episode;
DROP FUNCTION episodes_keep_former_slug();
DROP FUNCTION episodes_keep_former_audio();
"""

# The stamp is the time of the last change in microseconds, and larger than the one before even if the clock went back:
# so a restored backup never gives out a stamp (and an ETag) it gave out before for other rows.
STAMPS = """
CREATE FUNCTION bump_show_stamp(changed_show_id bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO episodes_showstamp AS row (show_id, stamp)
        SELECT id, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
        FROM episodes_show WHERE id = changed_show_id
    ON CONFLICT (show_id) DO UPDATE SET stamp = GREATEST(row.stamp + 1, EXCLUDED.stamp);
$$;

CREATE FUNCTION episodes_stamp_show() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM episodes_showstamp WHERE show_id = OLD.id;
    ELSE
        PERFORM bump_show_stamp(NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER show_stamp AFTER INSERT OR UPDATE OR DELETE ON episodes_show
    FOR EACH ROW EXECUTE FUNCTION episodes_stamp_show();

-- For tables with a show_id of their own.
CREATE FUNCTION episodes_stamp_by_show() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM bump_show_stamp(OLD.show_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM bump_show_stamp(NEW.show_id); END IF;
    RETURN NULL;
END $$;

-- For tables with an episode_id.
CREATE FUNCTION episodes_stamp_by_episode() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM bump_show_stamp(show_id) FROM episodes_episode WHERE id = OLD.episode_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM bump_show_stamp(show_id) FROM episodes_episode WHERE id = NEW.episode_id;
    END IF;
    RETURN NULL;
END $$;

-- A person or a topic may stand in several shows; they are stamped in one order, so that two savers cannot deadlock.
CREATE FUNCTION episodes_stamp_by_speaker() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed_speaker_id bigint;
BEGIN
    IF TG_TABLE_NAME = 'episodes_speaker' THEN
        changed_speaker_id := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        changed_speaker_id := OLD.speaker_id;
    ELSE
        changed_speaker_id := NEW.speaker_id;
    END IF;
    PERFORM bump_show_stamp(show_id) FROM (
        SELECT e.show_id FROM episodes_appearance a JOIN episodes_episode e ON e.id = a.episode_id
            WHERE a.speaker_id = changed_speaker_id
        UNION SELECT show_id FROM episodes_showhost WHERE speaker_id = changed_speaker_id
        ORDER BY show_id
    ) shows;
    RETURN NULL;
END $$;
CREATE TRIGGER speaker_stamp AFTER UPDATE ON episodes_speaker
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION episodes_stamp_by_speaker();
CREATE TRIGGER speakerlink_stamp AFTER INSERT OR UPDATE OR DELETE ON episodes_speakerlink
    FOR EACH ROW EXECUTE FUNCTION episodes_stamp_by_speaker();

CREATE FUNCTION episodes_stamp_by_topic() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bump_show_stamp(show_id) FROM (
        SELECT DISTINCT e.show_id FROM episodes_episode_topics t JOIN episodes_episode e ON e.id = t.episode_id
            WHERE t.topic_id = NEW.id ORDER BY 1
    ) shows;
    RETURN NULL;
END $$;
CREATE TRIGGER topic_stamp AFTER UPDATE ON episodes_topic
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION episodes_stamp_by_topic();
"""

BY_SHOW = ["season", "episode", "fundinglink", "followlink", "verificationtext", "recommendedshow", "showhost"]
BY_EPISODE = ["chapter", "soundbite", "episodelink", "appearance", "episode_topics"]

STAMPS += "".join(
    f"CREATE TRIGGER {table}_stamp AFTER INSERT OR UPDATE OR DELETE ON episodes_{table} "
    f"FOR EACH ROW EXECUTE FUNCTION episodes_stamp_by_{key}();\n"
    for key, tables in (("show", BY_SHOW), ("episode", BY_EPISODE))
    for table in tables
)

STAMPS_BACK = (
    "".join(
        f"DROP TRIGGER {table}_stamp ON episodes_{table};\n"
        for table in ["show", "speaker", "speakerlink", "topic", *BY_SHOW, *BY_EPISODE]
    )
    + """
DROP FUNCTION episodes_stamp_show();
DROP FUNCTION episodes_stamp_by_show();
DROP FUNCTION episodes_stamp_by_episode();
DROP FUNCTION episodes_stamp_by_speaker();
DROP FUNCTION episodes_stamp_by_topic();
DROP FUNCTION bump_show_stamp(bigint);
"""
)


class Migration(migrations.Migration):
    dependencies = [("episodes", "0001_shows_episodes_people")]

    operations = [
        migrations.RunSQL(IDENTITY, IDENTITY_BACK),
        migrations.RunSQL(FORMER, FORMER_BACK),
        migrations.RunSQL(STAMPS, STAMPS_BACK),
    ]
