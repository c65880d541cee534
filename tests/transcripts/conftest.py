"""Fixtures of the words."""

from pathlib import Path

import pytest

from tests.factories import make_episode
from transcripts.ingest import ingest_transcript

SAMPLES = Path(__file__).parent.parent / "samples" / "transcripts"
TALK = b"Ann  0:05\nHelo there. We begin.\n\nBo  0:30\nYes.\n"


@pytest.fixture
def e00_bytes():
    """The real Otter export of episode E00."""
    return (SAMPLES / "e00-otter.txt").read_bytes()


@pytest.fixture
def episode(show):
    return make_episode(show, duration_ms=60_000)


@pytest.fixture
def transcript(episode):
    """Three sentences by Ann and Bo."""
    return ingest_transcript(episode, TALK, "talk.txt").transcript
