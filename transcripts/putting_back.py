"""Put an earlier state of a transcript back."""

from django.contrib.auth.models import User
from django.db import transaction

from transcripts.models import Revision
from transcripts.revisions import keep_revision, lock, replace_segments
from transcripts.voices import match_voices


@transaction.atomic
def restore_revision(revision: Revision, by: User | None = None) -> Revision:
    """Put an earlier state back; the state it replaces stays among the revisions.

    Labels that were gone since are matched anew: or one that means a person who is hidden would show.
    """
    transcript = lock(revision.transcript_id)
    replace_segments(transcript, revision.segments)
    match_voices(transcript)
    return keep_revision(transcript, f"Revision {revision.number} put back", by)
