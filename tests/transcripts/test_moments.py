"""Every moment a person speaks; moments of other episodes that share rare words."""

import pytest

from tests.factories import make_appearance, make_draft, make_episode, make_speaker
from transcripts.ingest import ingest_transcript
from transcripts.models import Segment
from transcripts.moments import moments_of
from transcripts.search.related import related_moments

VTT = b"""WEBVTT

00:00.000 --> 00:30.000
<v Ann Lee>First thing. Second thing.

00:30.000 --> 00:40.000
<v Bo>Short.

00:40.000 --> 01:00.000
<v Ann Lee>Third thing.
"""


@pytest.fixture
def ann():
    return make_speaker(name="Ann Lee")


def make_talk(show, speaker, content=VTT, **over):
    episode = make_episode(show, **over)
    make_appearance(episode, speaker)
    ingest_transcript(episode, content)
    return episode


def test_a_speakers_turns_are_listed_by_episode_with_their_share_of_the_time(show, ann):
    episode = make_talk(show, ann)

    found = moments_of(ann)

    assert [(e.slug, e.share_percent, e.spoken_ms) for e in found] == [(episode.slug, 83, 50_000)]
    assert [(m.anchor, m.start_seconds, m.text, m.sentences) for m in found[0].moments] == [
        ("s0", 0, "First thing.", 2),
        ("s3", 40, "Third thing.", 1),
    ]


def test_without_times_the_share_is_by_letters(show, ann):
    make_talk(show, ann, b"Ann Lee: Three words here.\n\nBo: Yes, three words.\n\nAnn Lee: More.\n\nBo: Bye.\n")
    Segment.objects.update(start_ms=None, end_ms=None, status="untimed")

    found = moments_of(ann)

    assert (found[0].spoken_ms, 50 <= found[0].share_percent <= 60) == (None, True)


def test_moments_of_unpublished_episodes_and_hidden_people_are_not_there(show, ann):
    draft = make_draft(show)
    make_appearance(draft, ann)
    ingest_transcript(draft, VTT)
    assert moments_of(ann) == []

    make_talk(show, ann)
    ann.hidden = True
    ann.save()
    assert moments_of(ann) == []


def test_moments_take_two_queries_however_many_episodes(show, ann, django_assert_num_queries):
    for _ in range(3):
        make_talk(show, ann)

    with django_assert_num_queries(2):
        assert len(moments_of(ann)) == 3


def test_an_episode_points_to_moments_that_share_its_rare_words(show):
    for n in range(8):
        ingest_transcript(make_episode(show), f"Ordinary words about nothing number{n}. Ordinary again.\n".encode())
    episode = make_episode(show)
    ingest_transcript(episode, b"Hypertension matters. Ordinary words. Hypertension again and hypertension.\n")
    other = make_episode(show)
    ingest_transcript(other, b"Ordinary words first. We treat hypertension at home.\n")
    draft = make_draft(show)
    ingest_transcript(draft, b"Secret hypertension.\n")

    found = related_moments(episode)

    assert [(m.slug, m.text) for m in found] == [(other.slug, "We treat hypertension at home.")]


def test_an_episode_that_shares_nothing_rare_points_nowhere(show):
    ingest_transcript(make_episode(show), b"Some words. Some more words.\n")
    episode = make_episode(show)
    ingest_transcript(episode, b"Other talk. Other talk again.\n")

    assert related_moments(episode) == []
    assert related_moments(make_episode(show)) == []
