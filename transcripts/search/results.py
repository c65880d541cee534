"""What is asked of search, and what it answers."""

import re
from dataclasses import dataclass
from datetime import datetime

from episodes.plaintext import storable
from transcripts.placed import Placed

# Longer questions are cut: nobody types them, and Postgres refuses words of more than 2046 bytes.
LONGEST_QUERY = 300
LONGEST_WORD = 60
PASSAGES_EACH = 3
EPISODES_A_PAGE = 10
FURTHEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A listener's question. Words, "phrases", OR and -without as on the web; the rest narrows it."""

    text: str
    show_slug: str = ""
    speaker_slug: str = ""
    topic_slug: str = ""
    year: int | None = None
    page: int = 1

    @property
    def cleaned(self) -> str:
        """The text as it is searched: without control characters, each word and the whole cut to size."""
        words = re.sub(r"\s+", " ", storable(self.text[: LONGEST_QUERY * 4])).strip()[:LONGEST_QUERY].split(" ")
        return " ".join(word[:LONGEST_WORD] for word in words)

    @property
    def has_filters(self) -> bool:
        return bool(self.show_slug or self.speaker_slug or self.topic_slug or self.year)


# (text, is_match) in order; joined they are the whole text.
Marked = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Passage(Placed):
    """A sentence that answers, with the one before and after it ("" at an end)."""

    position: int
    start_ms: int | None
    status: str
    speaker_name: str
    speaker_slug: str
    before: str
    marked: Marked
    after: str

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.marked)


@dataclass(frozen=True, slots=True)
class EpisodeHit:
    """An episode that answers. `about` is a piece of summary or notes where the words stand, or empty."""

    episode_id: int
    show_slug: str
    show_title: str
    slug: str
    title: str
    published_at: datetime
    duration_ms: int | None
    title_marked: Marked
    about: Marked
    passages: tuple[Passage, ...]
    passages_in_all: int

    @property
    def more_passages(self) -> int:
        return self.passages_in_all - len(self.passages)


@dataclass(frozen=True, slots=True)
class NamedHit:
    """A person or topic whose name answers."""

    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class SearchResults:
    """One page of answers. `total` counts episodes; `suggestion` is a spelling that finds something, or "".

    only_common_words: nothing but words such as "the" was asked for.
    """

    query: SearchQuery
    total: int = 0
    hits: tuple[EpisodeHit, ...] = ()
    people: tuple[NamedHit, ...] = ()
    topics: tuple[NamedHit, ...] = ()
    suggestion: str = ""
    only_common_words: bool = False

    @property
    def pages(self) -> int:
        return -(-self.total // EPISODES_A_PAGE)
