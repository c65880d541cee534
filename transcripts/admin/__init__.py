"""The desk's pages for words: transcripts, their editor, voices, revisions, and listeners' corrections."""

from transcripts.admin import correction_admin, episode_inline, front_page, transcript_admin

__all__ = ["correction_admin", "episode_inline", "front_page", "transcript_admin"]
