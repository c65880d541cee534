"""A person's name stands in transcripts also of shows whose people they are not among: a change moves those stamps too."""

from django.db import migrations

STAMP = """
CREATE FUNCTION transcripts_stamp_by_voice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bump_show_stamp(show_id) FROM (
        SELECT DISTINCT e.show_id FROM transcripts_voicelabel v
            JOIN transcripts_transcript t ON t.id = v.transcript_id JOIN episodes_episode e ON e.id = t.episode_id
            WHERE v.speaker_id = NEW.id OR lower(v.label) IN (lower(OLD.name), lower(NEW.name))
            ORDER BY e.show_id
    ) shows;
    RETURN NULL;
END $$;
CREATE TRIGGER speaker_voice_stamp AFTER UPDATE OF name, slug, hidden ON episodes_speaker
    FOR EACH ROW WHEN ((OLD.name, OLD.slug, OLD.hidden) IS DISTINCT FROM (NEW.name, NEW.slug, NEW.hidden))
    EXECUTE FUNCTION transcripts_stamp_by_voice();
"""
STAMP_BACK = """
DROP TRIGGER speaker_voice_stamp ON episodes_speaker;
DROP FUNCTION transcripts_stamp_by_voice();
"""


class Migration(migrations.Migration):
    dependencies = [("transcripts", "0008_roles_work_on_words")]

    operations = [migrations.RunSQL(STAMP, STAMP_BACK)]
