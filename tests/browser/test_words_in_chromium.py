"""The editor of words in a real browser, and captions read by the browser's own parser."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from transcripts.corrections import suggest
from transcripts.ingest import ingest_transcript
from transcripts.models import Segment, Transcript

pytestmark = pytest.mark.django_db(transaction=True)

READ_TRACK = """async (url) => {
    const track = Object.assign(document.createElement("track"), {src: url, default: true});
    const video = document.createElement("video");
    video.append(track);
    document.body.append(video);
    track.track.mode = "hidden";
    await new Promise((done) => { track.onload = done; track.onerror = done; });
    return [...track.track.cues].map((cue) =>
        [cue.startTime, cue.endTime, cue.getCueAsHTML().textContent, /^<v ([^>]*)>/.exec(cue.text)?.[1] ?? ""]);
}"""


@pytest.fixture
def transcript(site):
    return Transcript.objects.get(episode=site.e00)


@pytest.fixture
def desk(visit, site, client, settings):
    """A watched page of a signed-in producer."""

    def opened(path, **over):
        client.force_login(User.objects.create_superuser("producer", password="x"))
        watched = visit(**over)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        watched.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site.url}])
        watched.page.goto(site.url + path, wait_until="load")
        return watched

    return opened


def pages_of(transcript):
    correction = suggest(transcript.pk, 0, transcript.segments.get(position=0).text, "Hello, I am Paul.")
    return [
        *(
            reverse(f"admin:transcripts_transcript_{name}", args=[transcript.pk])
            for name in ("change", "edit", "voices", "revisions")
        ),
        reverse("admin:transcripts_transcript_changelist"),
        reverse("admin:transcripts_transcript_add"),
        reverse("admin:transcripts_correction_changelist"),
        reverse("admin:transcripts_correction_change", args=[correction.pk]),
    ]


@pytest.mark.parametrize("width", [320, 1440])
def test_the_desks_pages_of_words_are_without_fault(desk, site, transcript, width):
    first, *others = pages_of(transcript)
    watched = desk(first, width=width)
    found: list[str] = []

    for path in (first, *others):
        watched.page.goto(site.url + path, wait_until="load")
        # axe makes style elements of its own where a sheet imports another: what the page does is asked first.
        faults = watched.violations() + watched.faults
        found += [f"{path} {fault}" for fault in faults + watched.axe()]
        watched.faults.clear()

    assert not found, "\n".join(found)


def test_the_editor_is_worked_by_keys_and_saved(desk, transcript):
    Segment.objects.filter(position=5).update(status="check")
    watched = desk(reverse("admin:transcripts_transcript_edit", args=[transcript.pk]))
    page = watched.page
    page.locator("textarea").nth(2).focus()

    page.keyboard.press("Control+Enter")
    watched.until("document.querySelector('audio').currentTime > 10 && !document.querySelector('audio').paused")
    page.keyboard.press("Escape")
    watched.until("document.querySelector('audio').paused")
    page.keyboard.press("F10")
    page.keyboard.press("Control+End")
    page.keyboard.type(" More words.")
    page.keyboard.press("F9")
    assert page.evaluate("document.activeElement.closest('fieldset').id") == "s5"
    page.keyboard.press("Control+s")

    assert "saved as revision" in page.locator(".messagelist").inner_text()
    edited = Segment.objects.get(transcript=transcript, position=2)
    assert edited.text.endswith(" More words.")
    assert edited.status == "pinned"


def test_captions_are_read_whole_by_the_browser_itself(visit, site, transcript):
    hostile = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann &amp; Co>Rock &amp; roll --&gt; &lt;b&gt;now&lt;/b&gt;.\n"
    episode = site.e00.show.episodes.get(slug="trust-2")
    ingest_transcript(episode, hostile.encode())
    watched = visit()
    watched.open("/privacy/")

    real = watched.page.evaluate(READ_TRACK, f"{site.e00.get_absolute_url()}transcript.vtt")
    odd = watched.page.evaluate(READ_TRACK, f"{episode.get_absolute_url()}transcript.vtt")

    spoken = " ".join(transcript.segments.order_by("position").values_list("text", flat=True))
    assert " ".join(text.replace("\n", " ") for _, _, text, _ in real) == spoken
    assert {voice for *_, voice in real} == {"Paul Batalden"}
    assert all(start < end for start, end, _, _ in real)
    assert odd == [[1, 2, "Rock & roll --> <b>now</b>.", "Ann &amp; Co"]]
