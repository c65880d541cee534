"""Whom labels mean."""

import pytest

from tests.factories import make_appearance, make_episode, make_show, make_speaker
from transcripts.ingest import ingest_transcript
from transcripts.models import RememberedVoice, VoiceLabel
from transcripts.voices import folded, is_anonymous, name_voice


@pytest.mark.parametrize(
    ("label", "plain"),
    [
        ("Dr. Paul Batalden, MD:", "paul batalden"),
        ("PAUL  BATALDEN", "paul batalden"),
        ("José Núñez", "jose nunez"),
        ("PB", "pb"),
        ("P.B.", "p b"),
    ],
)
def test_labels_are_compared_without_case_accents_titles_and_marks(label, plain):
    assert folded(label) == plain


@pytest.mark.parametrize("label", ["Speaker 1", "Unknown Speaker", "UNKNOWN", "Speaker", "???", "2"])
def test_labels_for_strangers_are_known_as_such(label):
    assert is_anonymous(label)


def voice_after(episode, label):
    ingest_transcript(episode, f"{label}  0:05\nHello.\n".encode())
    voice = VoiceLabel.objects.get(transcript__episode=episode)
    return voice.speaker and voice.speaker.name, voice.match


@pytest.mark.parametrize("label", ["Paul Batalden", "paul batalden", "Dr. Paul Batalden", "PB", "Paul", "Batalden"])
def test_a_label_means_the_episodes_own_person(show, label):
    episode = make_episode(show)
    make_appearance(episode, make_speaker(name="Paul Batalden"))
    make_appearance(episode, make_speaker(name="Ann Lee"))

    assert voice_after(episode, label) == ("Paul Batalden", "appearance")


@pytest.mark.parametrize("label", ["Paul", "Speaker 1", "Unknown Speaker", "Zoe"])
def test_a_label_in_doubt_stays_as_it_is(show, label):
    episode = make_episode(show)
    make_appearance(episode, make_speaker(name="Paul Batalden"))
    make_appearance(episode, make_speaker(name="Paul Ek"))

    assert voice_after(episode, label) == (None, "none")


def test_a_person_elsewhere_of_the_same_name_is_not_taken(show):
    make_speaker(name="Paul Batalden")

    assert voice_after(make_episode(show), "Paul Batalden") == (None, "none")


def test_a_choice_is_remembered_in_its_show_only(show):
    ann = make_speaker(name="Ann Lee")
    ingest_transcript(make_episode(show), b"AL2  0:05\nHello.\n")

    name_voice(VoiceLabel.objects.get(), ann)

    assert voice_after(make_episode(show), "al2:") == ("Ann Lee", "remembered")
    assert voice_after(make_episode(make_show()), "AL2") == (None, "none")


def test_the_episodes_own_person_goes_before_the_remembered_one(show):
    episode = make_episode(show)
    RememberedVoice.objects.create(show=show, label="ann", speaker=make_speaker(name="Ann Lee"))
    make_appearance(episode, make_speaker(name="Ann Ek"))

    assert voice_after(episode, "Ann") == ("Ann Ek", "appearance")


def test_speaker_1_is_never_remembered(show):
    ingest_transcript(make_episode(show), b"Speaker 1  0:05\nHello.\n")

    name_voice(VoiceLabel.objects.get(), make_speaker(name="Ann Lee"))

    assert RememberedVoice.objects.count() == 0
    assert voice_after(make_episode(show), "Speaker 1") == (None, "none")


def test_a_persons_choice_outlives_the_next_upload(show):
    episode = make_episode(show)
    make_appearance(episode, make_speaker(name="Ann Lee"))
    ingest_transcript(episode, b"Ann  0:05\nHello.\n")
    name_voice(VoiceLabel.objects.get(), make_speaker(name="Ann Ek"))

    assert voice_after(episode, "Ann") == ("Ann Ek", "person")


def test_a_choice_of_nobody_is_forgotten_and_kept(show):
    episode = make_episode(show)
    make_appearance(episode, make_speaker(name="Ann Lee"))
    ingest_transcript(episode, b"Ann  0:05\nHello.\n")
    name_voice(VoiceLabel.objects.get(), None)

    assert voice_after(episode, "Ann") == (None, "person")
