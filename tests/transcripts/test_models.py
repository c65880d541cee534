"""Rules the database holds, tried with rows that break them; and what follows a change by itself."""

import pytest
from django.db import IntegrityError, connection, transaction

from episodes.models import Episode, ShowStamp
from tests.factories import make_appearance, make_draft, make_episode, make_show, make_speaker, make_topic
from transcripts.ingest import ingest_transcript
from transcripts.models import Correction, EpisodeSearch, Segment, Transcript, VoiceLabel


@pytest.fixture
def transcript(show):
    return ingest_transcript(make_episode(show), b"Ann Lee  0:10\nHello caf\xc3\xa9 workers.\n").transcript


def make_segment(transcript, **over):
    return Segment.objects.create(**{"transcript": transcript, "position": 99, "text": "Words.", **over})


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("segment_text_not_empty", {"text": ""}),
        ("segment_text_not_too_long", {"text": "x" * 5001}),
        ("segment_ends_after_it_starts", {"start_ms": 5, "end_ms": 5, "status": "ok"}),
        ("segment_time_fits_its_status", {"status": "ok"}),
        ("segment_time_fits_its_status", {"start_ms": 5, "status": "untimed"}),
        ("segment_time_fits_its_status", {"start_ms": 5, "status": "not_heard"}),
        ("segment_confidence_is_a_share", {"confidence": 1.1}),
    ],
)
def test_a_segment_that_breaks_a_rule_is_refused(transcript, rule, over):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        make_segment(transcript, **over)


def test_two_segments_cannot_share_a_position(transcript):
    make_segment(transcript, position=0)

    with pytest.raises(IntegrityError, match="segment_position_once"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("rule", "make"),
    [
        ("transcript_once_in_language", lambda t: Transcript.objects.create(episode=t.episode, language="en")),
        ("transcript_language_not_empty", lambda t: Transcript.objects.create(episode=t.episode, language="")),
        ("voice_label_once_in_transcript", lambda t: VoiceLabel.objects.create(transcript=t, label="Ann Lee")),
        ("voice_label_not_empty", lambda t: VoiceLabel.objects.create(transcript=t, label="")),
        ("correction_says_something", lambda t: Correction.objects.create(transcript=t, position=0, suggestion="")),
        (
            "correction_decided_has_date",
            lambda t: Correction.objects.create(transcript=t, position=0, suggestion="x", state="accepted"),
        ),
    ],
)
def test_other_rows_that_break_a_rule_are_refused(transcript, rule, make):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        make(transcript)


def vectors(episode):
    row = EpisodeSearch.objects.get(episode=episode)
    return row.about, row.spoken


def test_a_segment_is_found_without_its_accents_by_its_language(transcript):
    found = Segment.objects.extra(where=["search @@ websearch_to_tsquery('transcripts_english', 'cafe worker')"])

    assert [s.text for s in found] == ["Hello café workers."]


def test_a_new_language_reaches_every_segment(transcript):
    Transcript.objects.update(language="sv")

    assert Segment.objects.get().language == "sv"
    assert "'caf'" in Segment.objects.get().search


def test_the_search_row_follows_episode_people_topics_and_words(show):
    episode = make_draft(show, title="First title", summary="A summary.", show_notes="Some notes.")
    speaker, topic = make_speaker(name="Ann Lee"), make_topic(name="Kindness")
    make_appearance(episode, speaker)
    episode.topics.add(topic)

    about, spoken = vectors(episode)

    assert {word for word in ("titl", "summari", "note", "ann", "kind") if f"'{word}'" in about} == {
        "titl",
        "summari",
        "note",
        "ann",
        "kind",
    }
    assert spoken == ""


def test_the_search_row_forgets_what_is_gone(show):
    episode = make_draft(show, title="First title")
    speaker, topic = make_speaker(name="Ann Lee"), make_topic(name="Kindness")
    make_appearance(episode, speaker)
    episode.topics.add(topic)
    transcript = ingest_transcript(episode, b"Spoken words.\n").transcript
    assert "'spoken'" in vectors(episode)[1]

    Episode.objects.update(title="Second")
    speaker.hidden = True
    speaker.save()
    topic.name = "Trust"
    topic.save()
    Transcript.objects.filter(pk=transcript.pk).update(state="hidden")

    about, spoken = vectors(episode)
    assert ("'ann'" in about, "'kind'" in about, "'first'" in about) == (False, False, False)
    assert ("'trust'" in about, "'second'" in about, spoken) == (True, True, "")


def test_deleting_an_episode_deletes_its_words_and_search_row(transcript):
    make_appearance(transcript.episode)

    Episode.objects.all().delete()

    assert (Segment.objects.count(), EpisodeSearch.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: Transcript.objects.update(credit="Ann"),
        lambda t: Segment.objects.update(text="Other."),
        lambda t: Segment.objects.all().delete(),
        lambda t: make_segment(t),
        lambda t: VoiceLabel.objects.update(label="Bo"),
        lambda t: t.delete(),
        lambda t: ingest_transcript(t.episode, b"Hej.\n", language="sv"),
    ],
)
def test_every_change_of_the_words_moves_the_shows_stamp_and_no_others(transcript, change):
    other = make_show()
    show_id = transcript.episode.show_id
    before = ShowStamp.objects.get(show_id=show_id).stamp, ShowStamp.objects.get(show=other).stamp

    change(transcript)

    assert ShowStamp.objects.get(show_id=show_id).stamp > before[0]
    assert ShowStamp.objects.get(show=other).stamp == before[1]


@pytest.mark.parametrize("matched", [True, False])
def test_withdrawing_a_name_moves_the_stamp_of_shows_that_only_quote_the_person(transcript, matched):
    ann = make_speaker(name="ann lee")
    VoiceLabel.objects.update(speaker=ann if matched else None)
    before = ShowStamp.objects.get(show=transcript.episode.show_id).stamp

    ann.hidden = True
    ann.save()

    assert ShowStamp.objects.get(show=transcript.episode.show_id).stamp > before
