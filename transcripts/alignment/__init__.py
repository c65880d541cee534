"""Finds the sentences of a transcript in its audio; knows nothing of Django or of files of transcripts."""

from transcripts.alignment.aligner import align, can_recognise
from transcripts.alignment.contract import (
    AlignmentError,
    AlignmentResult,
    SentenceIn,
    SentenceStatus,
    SentenceTime,
    WordTime,
)

__all__ = [
    "AlignmentError",
    "AlignmentResult",
    "SentenceIn",
    "SentenceStatus",
    "SentenceTime",
    "WordTime",
    "align",
    "can_recognise",
]
