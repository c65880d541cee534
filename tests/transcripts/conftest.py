"""Fixtures of the words."""

from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent.parent / "samples" / "transcripts"


@pytest.fixture
def e00_bytes():
    """The real Otter export of episode E00."""
    return (SAMPLES / "e00-otter.txt").read_bytes()
