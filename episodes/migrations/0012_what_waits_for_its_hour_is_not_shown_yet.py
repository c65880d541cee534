"""What waits for its hour is not shown yet: scheduling an episode, and changing it until then, leaves the feed's date.

When the hour comes, that hour is the feed's date by itself.
"""

from django.db import migrations

OUT = """
CREATE FUNCTION episodes_is_out(state varchar, deleted_at timestamptz, published_at timestamptz) RETURNS boolean
LANGUAGE sql AS $$
    SELECT coalesce(state = 'public' AND deleted_at IS NULL AND published_at <= clock_timestamp(), false);
$$;

CREATE OR REPLACE FUNCTION episodes_stamp_episode() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was_seen boolean := false;
    is_seen boolean := false;
BEGIN
    IF TG_OP <> 'INSERT' THEN was_seen := episodes_is_out(OLD.state, OLD.deleted_at, OLD.published_at); END IF;
    IF TG_OP <> 'DELETE' THEN is_seen := episodes_is_out(NEW.state, NEW.deleted_at, NEW.published_at); END IF;
    IF TG_OP <> 'INSERT' THEN PERFORM bump_show_stamp(OLD.show_id, was_seen OR is_seen); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM bump_show_stamp(NEW.show_id, was_seen OR is_seen); END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION episodes_stamp_by_episode() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM bump_show_stamp(show_id, episodes_is_out(state, deleted_at, published_at))
            FROM episodes_episode WHERE id = OLD.episode_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM bump_show_stamp(show_id, episodes_is_out(state, deleted_at, published_at))
            FROM episodes_episode WHERE id = NEW.episode_id;
    END IF;
    RETURN NULL;
END $$;
"""

BACK = """
CREATE OR REPLACE FUNCTION episodes_stamp_episode() RETURNS trigger LANGUAGE plpgsql AS $$
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

DROP FUNCTION episodes_is_out(varchar, timestamptz, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("episodes", "0011_reports_of_the_site")]

    operations = [migrations.RunSQL(OUT, BACK)]
