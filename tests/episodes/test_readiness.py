import pytest

from episodes import readiness as module
from episodes.models import Episode, Show
from episodes.readiness import Check, Level, is_ready, readiness, register, summarise
from tests.factories import make_appearance, make_chapter, make_draft, make_episode, make_speaker, make_topic


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
