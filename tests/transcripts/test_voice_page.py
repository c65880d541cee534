"""Who speaks: the page that names a transcript's voices, used by one producer and by two at once."""

import lxml.html
import pytest

from tests.episodes.desk_browser import errors_of, form_values, messages_of, send
from tests.factories import make_appearance, make_speaker
from tests.transcripts.test_admin import page
from transcripts.models import VoiceLabel
from transcripts.voices import name_voice


def test_voices_are_matched_on_one_page(admin_client, episode, transcript):
    ann, bo = make_speaker(name="Ann Lee"), make_speaker(name="Bo Ek")
    make_appearance(episode, ann)
    labels = {voice.label: voice.pk for voice in transcript.voices.all()}
    url = page("voices", transcript)
    assert "Helo there." in admin_client.get(url).content.decode()

    choices = {f"voice-{labels['Ann']}": str(ann.pk), f"voice-{labels['Bo']}": str(bo.pk)}
    send(admin_client, url, form_values(admin_client, url), **choices)

    assert dict(VoiceLabel.objects.values_list("label", "speaker__name")) == {"Ann": "Ann Lee", "Bo": "Bo Ek"}


@pytest.mark.parametrize("choice", ["", "999999", "x", "-1"])
def test_a_choice_that_says_nothing_changes_nothing(admin_client, transcript, choice):
    voice = transcript.voices.first()

    url = page("voices", transcript)
    send(admin_client, url, form_values(admin_client, url), **{f"voice-{voice.pk}": choice})

    assert VoiceLabel.objects.get(pk=voice.pk).match == "none"


def test_an_old_page_keeps_what_a_colleague_chose_meanwhile(admin_client, transcript):
    ann, bo = make_speaker(name="Ann Lee"), make_speaker(name="Bo Ek")
    labels = {voice.label: f"voice-{voice.pk}" for voice in transcript.voices.all()}
    name_voice(transcript.voices.get(label="Ann"), bo)
    url = page("voices", transcript)
    old = form_values(admin_client, url)
    send(admin_client, url, form_values(admin_client, url), **{labels["Ann"]: str(ann.pk)})

    answer = send(admin_client, url, old, **{labels["Bo"]: str(bo.pk)})

    assert errors_of(answer) == []
    assert dict(VoiceLabel.objects.values_list("label", "speaker__name")) == {"Ann": "Ann Lee", "Bo": "Bo Ek"}


def test_the_second_of_two_who_name_one_voice_is_told_and_may_insist(admin_client, transcript):
    ann, bo = make_speaker(name="Ann Lee"), make_speaker(name="Bo Ek")
    labels = {voice.label: voice.pk for voice in transcript.voices.all()}
    mine = f"voice-{labels['Ann']}"
    url = page("voices", transcript)
    old = form_values(admin_client, url)
    send(admin_client, url, form_values(admin_client, url), **{mine: str(ann.pk)})

    answer = send(admin_client, url, old, **{mine: str(bo.pk), f"voice-{labels['Bo']}": str(bo.pk)})

    kept = dict(VoiceLabel.objects.values_list("label", "speaker__name"))
    assert kept == {"Ann": "Ann Lee", "Bo": "Bo Ek"}
    assert errors_of(answer) == ["Somebody else changed this meanwhile. The stored choice is now: “Ann Lee”."]
    assert messages_of(answer) == ["1 voice matched."]
    again = lxml.html.fromstring(answer.content.decode()).get_element_by_id("content-main").find(".//form")
    sent = dict(again.form_values())
    assert sent[mine] == str(bo.pk)
    admin_client.post(url, sent)
    assert VoiceLabel.objects.get(pk=labels["Ann"]).speaker == bo


def test_a_page_that_does_not_say_what_it_showed_overwrites_nobody(admin_client, transcript):
    ann, bo = make_speaker(name="Ann Lee"), make_speaker(name="Bo Ek")
    voice = transcript.voices.first()
    name_voice(voice, ann)

    admin_client.post(page("voices", transcript), {f"voice-{voice.pk}": str(bo.pk)})

    assert VoiceLabel.objects.get(pk=voice.pk).speaker == ann
