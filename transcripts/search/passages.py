"""The passages of found episodes: which sentences, what stands around them, which words are marked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from episodes.models import Episode
from episodes.shownotes import plain_text, to_html
from transcripts.search.results import PASSAGES_EACH, EpisodeHit, Marked, Passage

# Stored text holds no control characters, so these can mark words without being mistaken for text.
_START, _STOP = "\x01", "\x02"
_WHOLE = f"HighlightAll=true, StartSel={_START}, StopSel={_STOP}"
_FRAGMENT = f'MaxFragments=1, MinWords=12, MaxWords=30, FragmentDelimiter=" … ", StartSel={_START}, StopSel={_STOP}'
# Enough of the notes to find the words in; more would cost time on every search.
_NOTES_SEARCHED = 20_000

_FOUND = """
    SELECT * FROM (
        SELECT f.*, row_number() OVER each_episode AS place, count(*) OVER (PARTITION BY episode_id) AS in_all
        FROM (
            SELECT m.*, bool_or(strict) OVER (PARTITION BY episode_id) AS any_strict FROM (
                SELECT t.episode_id, s.transcript_id, s.position, s.start_ms, s.status, s.text, t.language,
                    s.search @@ %(strict)s::tsquery AS strict, ts_rank(s.search, %(loose)s::tsquery) AS rank,
                    CASE WHEN p.hidden OR EXISTS (
                        SELECT FROM episodes_speaker h WHERE h.hidden AND lower(h.name) = lower(v.label)
                    ) THEN '' ELSE coalesce(p.name, v.label, '') END AS speaker,
                    CASE WHEN p.id IS NULL OR p.hidden THEN '' ELSE p.slug END AS speaker_slug
                FROM transcripts_segment s
                JOIN transcripts_transcript t ON t.id = s.transcript_id
                LEFT JOIN transcripts_voicelabel v ON v.id = s.voice_id
                LEFT JOIN episodes_speaker p ON p.id = v.speaker_id
                WHERE t.episode_id = ANY(%(episodes)s) AND t.state = 'shown' AND s.search @@ %(loose)s::tsquery
                    AND (%(slug)s = '' OR (p.slug = %(slug)s AND NOT p.hidden))
            ) m
        ) f
        WHERE strict OR NOT any_strict
        WINDOW each_episode AS (PARTITION BY episode_id ORDER BY rank DESC, position)
    ) placed WHERE place <= %(most)s ORDER BY episode_id, position
"""


@dataclass(frozen=True, slots=True)
class _Sentence:
    episode_id: int
    transcript_id: int
    position: int
    start_ms: int | None
    status: str
    text: str
    language: str
    speaker: str
    speaker_slug: str
    in_all: int


def hits_of(episode_ids: Sequence[int], strict: str, loose: str, speaker_slug: str) -> tuple[EpisodeHit, ...]:
    """The episodes in this order, each with its passages in order of time; five queries whatever their number.

    Passages hold all the words of the query in one sentence; where no sentence does, any of them.
    """
    if not episode_ids:
        return ()
    sentences = _sentences(episode_ids, strict, loose, speaker_slug)
    around = _around(sentences)
    marked = _headlines([(s.language, s.text, _WHOLE) for s in sentences], loose)
    passages: dict[int, list[Passage]] = defaultdict(list)
    in_all: dict[int, int] = {}
    for sentence, marks in zip(sentences, marked, strict=True):
        in_all[sentence.episode_id] = sentence.in_all
        passages[sentence.episode_id].append(
            Passage(
                position=sentence.position,
                start_ms=sentence.start_ms,
                status=sentence.status,
                speaker_name=sentence.speaker,
                speaker_slug=sentence.speaker_slug,
                before=around.get((sentence.transcript_id, sentence.position - 1), ""),
                marked=marks,
                after=around.get((sentence.transcript_id, sentence.position + 1), ""),
            )
        )
    return _episodes(episode_ids, loose, passages, in_all)


def _sentences(episode_ids: Sequence[int], strict: str, loose: str, speaker_slug: str) -> list[_Sentence]:
    with connection.cursor() as cursor:
        cursor.execute(
            _FOUND,
            {
                "strict": strict,
                "loose": loose,
                "episodes": list(episode_ids),
                "slug": speaker_slug,
                "most": PASSAGES_EACH,
            },
        )
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [_Sentence(**{name: row[name] for name in _Sentence.__slots__}) for row in rows]


def _around(sentences: Sequence[_Sentence]) -> dict[tuple[int, int], str]:
    """The texts next to these sentences, by (transcript, position)."""
    wanted = [(s.transcript_id, s.position + step) for s in sentences for step in (-1, 1)]
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.transcript_id, s.position, s.text "
            "FROM unnest(%s::bigint[], %s::int[]) AS w(transcript_id, position) "
            "JOIN transcripts_segment s USING (transcript_id, position)",
            [[transcript for transcript, _ in wanted], [position for _, position in wanted]],
        )
        return {(transcript_id, position): text for transcript_id, position, text in cursor.fetchall()}


def _episodes(
    episode_ids: Sequence[int], loose: str, passages: dict[int, list[Passage]], in_all: dict[int, int]
) -> tuple[EpisodeHit, ...]:
    rows: dict[int, Any] = Episode.objects.select_related("show").in_bulk(list(episode_ids))
    episodes = [rows[episode_id] for episode_id in episode_ids if episode_id in rows]
    notes = [
        f"{episode.summary} {plain_text(to_html(episode.show_notes[:_NOTES_SEARCHED])) if episode.show_notes else ''}"
        for episode in episodes
    ]
    headlines = _headlines(
        [(episode.show.language, episode.title, _WHOLE) for episode in episodes]
        + [(episode.show.language, note, _FRAGMENT) for episode, note in zip(episodes, notes, strict=True)],
        loose,
    )
    titles, abouts = headlines[: len(episodes)], headlines[len(episodes) :]
    return tuple(
        EpisodeHit(
            episode_id=episode.pk,
            show_slug=episode.show.slug,
            show_title=episode.show.title,
            slug=episode.slug,
            title=episode.title,
            published_at=episode.published_at,
            duration_ms=episode.duration_ms,
            title_marked=title,
            # A piece without any of the words is only the notes' beginning, and no answer.
            about=_as_a_piece(about, note) if any(is_match for _, is_match in about) else (),
            passages=tuple(passages.get(episode.pk, ())),
            passages_in_all=in_all.get(episode.pk, 0),
        )
        for episode, title, about, note in zip(episodes, titles, abouts, notes, strict=True)
    )


def _as_a_piece(marked: Marked, whole: str) -> Marked:
    """With dots where the text goes on, and with the full stop at its end that Postgres leaves out."""
    text = "".join(part for part, _ in marked)
    before, found, after = whole.partition(text)
    if not found:
        return marked
    begin = "… " if before.strip() else ""
    end = " …" if any(letter.isalnum() for letter in after) else after.rstrip()
    return tuple(piece for piece in ((begin, False), *marked, (end, False)) if piece[0])


def _headlines(texts: Sequence[tuple[str, str, str]], loose: str) -> list[Marked]:
    """(language, text, options) each with the words of the query marked."""
    if not texts:
        return []
    languages, bodies, options = zip(*texts, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ts_headline(transcripts_configuration(w.language), w.body, %s::tsquery, w.options) "
            "FROM unnest(%s::text[], %s::text[], %s::text[]) WITH ORDINALITY AS w(language, body, options, place) "
            "ORDER BY w.place",
            [loose, list(languages), list(bodies), list(options)],
        )
        return [_marks(row[0]) for row in cursor.fetchall()]


def _marks(headline: str) -> Marked:
    pieces: list[tuple[str, bool]] = []
    for number, part in enumerate(headline.split(_START)):
        word, stop, rest = part.partition(_STOP)
        if number == 0 or not stop:
            pieces.append((part, False))
            continue
        pieces.extend([(word, True), (rest, False)])
    return tuple((text, is_match) for text, is_match in pieces if text)
