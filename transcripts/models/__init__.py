"""Tables of the words: transcripts, their segments and voices, revisions, corrections and what search needs."""

from transcripts.models.alignment_run import AlignmentRun
from transcripts.models.correction import Correction
from transcripts.models.pronunciation import Pronunciation
from transcripts.models.revision import Revision
from transcripts.models.search_index import EpisodeSearch, SearchMiss, SpokenWord
from transcripts.models.segment import Segment
from transcripts.models.transcript import Transcript
from transcripts.models.voice import RememberedVoice, VoiceLabel

__all__ = [
    "AlignmentRun",
    "Correction",
    "EpisodeSearch",
    "Pronunciation",
    "RememberedVoice",
    "Revision",
    "SearchMiss",
    "Segment",
    "SpokenWord",
    "Transcript",
    "VoiceLabel",
]
