import pytest
from django.utils import timezone

from episodes import readiness as module
from episodes.models import AudioWork, Episode, Show
from episodes.production import NotReadyError, publish, schedule
from episodes.readiness import Check, Level, is_ready, readiness, register, summarise
from tests.factories import (
    in_one_hour,
    make_appearance,
    make_chapter,
    make_draft,
    make_episode,
    make_speaker,
    make_topic,
)


@pytest.fixture(autouse=True)
def only_our_own_questions(monkeypatch):
    """What rooms above ask as well (is there a transcript?) is tried in their own tests."""
    monkeypatch.setattr(module, "_checkers", [])


def texts(episode, level):
    return [check.text for check in readiness(episode) if check.level == level]


def complete(show, **over) -> Episode:
    show.artwork, show.artwork_alt = "artwork/x.jpg", "A circle."
    show.save()
    episode = make_episode(show, **{"loudness_lufs": -19.2, "true_peak_dbtp": -1.2, **over})
    episode.topics.add(make_topic())
    make_appearance(episode, make_speaker(bio="Someone."))
    make_chapter(episode, 0)
    return episode


def test_a_complete_episode_needs_nothing(show):
    assert readiness(complete(show)) == []
    assert summarise([]) == "Ready."


@pytest.mark.parametrize(
    ("over", "text"),
    [
        ({"summary": ""}, "There is no summary: two or three sentences on what the episode is about."),
        ({"artwork": "artwork/a.jpg"}, "The cover has no words for people who cannot see it."),
    ],
)
def test_what_blocks_is_said_with_its_cure(show, over, text):
    episode = complete(show, **over)

    assert texts(episode, Level.BLOCK) == [text]
    assert not is_ready(readiness(episode))


def test_a_bare_draft_names_all_that_blocks(show):
    assert texts(make_draft(show, title=" "), Level.BLOCK) == [
        "There is no audio yet: upload an MP3 or M4A file.",
        "There is no title.",
        "There is no summary: two or three sentences on what the episode is about.",
    ]


def test_a_serial_show_needs_numbers(show):
    show.type = Show.Type.SERIAL

    assert texts(complete(show), Level.BLOCK) == ["The episode has no number, which a serial show needs for its order."]


def test_chapters_after_the_end_block(show):
    episode = complete(show, duration_ms=60_000)
    make_chapter(episode, 60_000)

    assert texts(episode, Level.BLOCK) == ["1 chapter begins after the end of the audio (1:00)."]


@pytest.mark.parametrize(
    ("over", "text"),
    [
        ({"loudness_lufs": -25.4}, "The audio is quieter than other podcasts: -25 LUFS, -19 is usual."),
        ({"channels": 2, "loudness_lufs": -10.0}, "The audio is louder than other podcasts: -10 LUFS, -16 is usual."),
        ({"true_peak_dbtp": 0.8}, "The loudest moments may crackle (+0.8 dBTP)."),
        ({"bitrate_bps": 32_000}, "32 kbit/s sounds poor; 96 is usual for speech."),
        ({"sample_rate_hz": 22_050}, "A sample rate of 22050 Hz is unusual; 44 100 plays everywhere."),
        ({"title": "x" * 101}, "The title has 101 letters; apps cut it after about 60."),
    ],
)
def test_advice_does_not_block(show, over, text):
    episode = complete(show, **over)

    assert texts(episode, Level.ADVICE) == [text]
    assert is_ready(readiness(episode))
    assert summarise(readiness(episode)) == f"Ready, except: {text}"


def test_people_without_photo_text_are_counted_and_hidden_ones_are_not(show):
    episode = complete(show)
    for hidden in (False, False, True):
        make_appearance(episode, make_speaker(photo="people/x.jpg", bio="x", hidden=hidden))

    assert texts(episode, Level.ADVICE) == ["2 people have no photo text."]


def test_a_room_above_can_ask_its_own_question(show, monkeypatch):
    monkeypatch.setattr(module, "_checkers", [])

    register(lambda episode: [Check(Level.BLOCK, "There is no transcript.", "transcript")])

    assert texts(complete(show), Level.BLOCK) == ["There is no transcript."]


def new_audio(episode, state, **over) -> None:
    fields = {"source": "originals/x.mp3", "requested_at": timezone.now(), "percent": 40, **over}
    AudioWork.objects.create(episode=episode, state=state, **fields)


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_new_audio_that_is_not_done_blocks_publishing(show, state):
    episode = complete(show, state="draft", published_at=None)
    new_audio(episode, state, step="Measuring the loudness")

    with pytest.raises(NotReadyError, match=r"still being worked on \(Measuring the loudness, 40 %\)"):
        publish(episode)
    with pytest.raises(NotReadyError):
        schedule(episode, in_one_hour())

    assert Episode.objects.get().state == "draft"


def test_new_audio_that_failed_blocks_publishing_and_says_why(show):
    episode = complete(show, state="draft", published_at=None)
    new_audio(episode, "failed", problem="The file is cut off.")

    with pytest.raises(NotReadyError, match=r"failed: The file is cut off\. Try again, or upload another file\."):
        publish(episode)


def test_work_that_only_renews_the_tags_holds_up_nothing(show):
    episode = complete(show, state="draft", published_at=None)
    new_audio(episode, "waiting", source="")

    publish(episode)

    assert Episode.objects.get().is_published


@pytest.mark.parametrize("state", ["waiting", "running", "failed"])
def test_an_episode_whose_hour_comes_during_the_work_opens_whole_with_the_audio_it_had(client, show, state):
    episode = complete(show, audio_content=b"the audio it had", published_at=in_one_hour())
    new_audio(episode, state, problem="No." if state == "failed" else "")
    hints = texts(episode, Level.ADVICE)

    Episode.objects.update(published_at=timezone.now())

    assert "Listeners get the present file." in hints[0]
    assert client.get(episode.get_absolute_url()).status_code == 200
    assert b"".join(client.get(episode.get_enclosure_url()).streaming_content) == b"the audio it had"


def test_a_chapter_picture_without_words_blocks(show):
    episode = complete(show)
    episode.chapters.update(image="chapters/x.jpg")

    assert texts(episode, Level.BLOCK) == ["1 chapter picture has no words for people who cannot see it."]


@pytest.mark.parametrize(
    "over",
    [
        {"loudness_lufs": -19 - module.LOUDNESS_TOLERANCE},
        {"loudness_lufs": -19 + module.LOUDNESS_TOLERANCE},
        {"true_peak_dbtp": module.TRUE_PEAK_DBTP + 0.5},
        {"bitrate_bps": 48_000},
        {"sample_rate_hz": 48_000},
        {"title": "x" * module.LONGEST_SHOWN_TITLE},
    ],
    ids=str,
)
def test_what_just_keeps_to_a_limit_is_fine(show, over):
    assert readiness(complete(show, **over)) == []
