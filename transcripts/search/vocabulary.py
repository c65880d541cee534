"""Which words were ever said: what a misspelt search is compared with."""

from django.db import connection, transaction

from transcripts.models import Transcript

_LEARN = r"""
    INSERT INTO transcripts_spokenword (word)
    -- Without its accents a word can be longer: æ is two letters then. A column holds sixty.
    SELECT DISTINCT left(lower(unaccent(found[1])), 60) AS word
    FROM transcripts_segment s, regexp_matches(s.text, '[[:alpha:]]{4,40}', 'g') AS found
    WHERE %(every)s OR s.transcript_id = %(transcript_id)s
    ORDER BY word
    ON CONFLICT DO NOTHING
"""


def learn_words(transcript: Transcript) -> None:
    """Take the transcript's words up once the transaction is over, so that no two ingests wait for each other."""
    transaction.on_commit(lambda: _run(False, transcript.pk))


def learn_all_words() -> int:
    """Forget every word and take up those of all transcripts; returns how many there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM transcripts_spokenword")
        _run(True, 0)
        cursor.execute("SELECT count(*) FROM transcripts_spokenword")
        return int(cursor.fetchone()[0])


def _run(every: bool, transcript_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LEARN, {"every": every, "transcript_id": transcript_id})
