"""Whatever strangers write — in feeds, files, names, what programs call themselves — is text wherever it is shown."""

import csv
import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.validators import MaxLengthValidator
from django.db import DatabaseError, models, transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from lxml import etree, html

from downloads.counting.intake import take_in
from downloads.counting.tally import count_unjudged
from downloads.models import DailyDownload, DailyFeedReader, Request
from episodes.models import EpisodeLink, FollowLink, FundingLink, ShowHost, Soundbite
from publishing.exporting.writing import export
from tests.downloads.test_counting import note
from tests.factories import (
    make_appearance,
    make_chapter,
    make_episode,
    make_season,
    make_show,
    make_speaker,
    make_topic,
)
from tests.publishing.reading_pages import give_words
from transcripts.corrections import suggest
from transcripts.models import Segment, Transcript
from transcripts.search.misses import note_miss

EVIL = "=1+1</script></title></textarea>'\"><evil onerror=evil()>&lt;evil&gt;]]>{{7*7}}"
SHORT = "=\">'<evil>"
OURS = ("episodes", "transcripts", "downloads", "publishing")
# Not words: what is of a form that is checked, or what the site itself writes.
NOT_WORDS = {"language", "audio_sha256", "audio_mime", "artwork_mime", "time_zone", "category", "second_category"}
NOT_WORDS |= {"update_rule", "origin", "client", "sha256", "search_language", "key", "digest", "value_hash"}


@pytest.fixture
def evil_site(db):
    """One row of everything, and markup in every column that holds words, past all forms and their checks."""
    show = make_show()
    episode, other = make_episode(show, season=make_season(show)), make_episode(show)
    person = make_speaker(bio="x")
    ShowHost.objects.create(show=show, speaker=person)
    make_appearance(episode, person)
    make_chapter(episode, 0)
    episode.topics.add(make_topic())
    EpisodeLink.objects.create(episode=episode, title="x", url="https://example.org/")
    FollowLink.objects.create(show=show, app="apple", url="https://example.org/")
    FundingLink.objects.create(show=show, url="https://example.org/", label="x")
    Soundbite.objects.create(episode=episode, start_ms=0, duration_ms=30_000, title="x")
    give_words(episode)
    transcript = Transcript.objects.get()
    suggest(transcript.pk, 0, Segment.objects.filter(position=0).get().text, "Better words.")
    note_miss("nothing of it")
    take_in([("n1", note(episode, agent="A")), ("n2", note(other, agent="B", sent=1))])
    count_unjudged()
    DailyFeedReader.objects.create(day=timezone.now().date(), show=show, reader="x", subscribers=3)
    DailyDownload.objects.update(day=timezone.now().date())
    for model in [model for name in OURS for model in apps.get_app_config(name).get_models() if not model._meta.proxy]:
        if not model.__name__.startswith("Historical"):
            poison(model)
    show.refresh_from_db()
    episode.refresh_from_db()
    return show, episode


def poison(model: type[models.Model]) -> None:
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField)
        checked = [check for check in field.validators if not isinstance(check, MaxLengthValidator)]
        if not is_text or isinstance(field, models.SlugField | models.URLField) or field.choices or checked:
            continue
        if field.name in NOT_WORDS or field.primary_key or isinstance(field, models.FileField):
            continue
        text = EVIL if (field.max_length or 1000) >= len(EVIL) else SHORT[: field.max_length]
        for row in model._base_manager.values_list("pk", flat=True):
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=row).update(**{field.attname: text})
            except DatabaseError:
                pass  # a constraint or trigger keeps this column, or this row, as it is


def markup_in(body: str) -> list[str]:
    """Elements and attributes that only the text could have brought."""
    found = []
    for element in html.fromstring(body).iter():
        if element.tag == "evil":
            found.append(f"element in {element.getparent().tag}")
        found += [f"{element.tag} {name}" for name in element.attrib if name.startswith("on")]
        if element.tag == "script" and "evil" in (element.text or "") and "json" not in element.get("type", ""):
            found.append("inside a script")
    return found


def public_pages(show, episode) -> list[str]:
    base, own = show.get_absolute_url(), episode.get_absolute_url()
    person, topic = episode.appearances.get().speaker, episode.topics.get()
    pages = ["/", base, f"{base}episodes/", f"{base}about/", f"{base}follow/", own, f"{own}transcript/"]
    pages += [f"{own}embed/", f"{own}related/", f"{own}correct/?s=0", f"{own}transcript.html", "/speakers/"]
    return [
        *pages,
        person.get_absolute_url(),
        "/topics/",
        topic.get_absolute_url(),
        "/search/?q=evil",
        "/search/?q=service",
    ]


def test_the_columns_do_hold_the_markup(evil_site):
    show, episode = evil_site

    assert show.title == episode.title == episode.appearances.get().speaker.name == EVIL
    assert set(Request.objects.values_list("agent", flat=True)) == {EVIL}
    assert Segment.objects.filter(text=EVIL).count() >= 3


def test_on_public_pages_it_is_text(client, evil_site):
    pages = {path: client.get(path) for path in public_pages(*evil_site)}

    assert {path: page.status_code for path, page in pages.items() if page.status_code != 200} == {}
    assert {path: found for path, page in pages.items() if (found := markup_in(page.content.decode()))} == {}
    assert sum(b"evil" in page.content for page in pages.values()) >= 12


def test_in_what_machines_read_it_is_text(client, evil_site):
    show, episode = evil_site
    own = episode.get_absolute_url()

    for path in (f"/{show.slug}/feed.xml", "/sitemap.xml", f"/oembed?format=xml&url=http://testserver{own}"):
        tree = etree.fromstring(client.get(path).content)
        assert [element for element in tree.iter() if "evil" in str(element.tag)] == [], path
    for path in (
        f"{own}chapters.json",
        f"{own}transcript.json",
        f"/oembed?url=http://testserver{own}",
        "/search.json?q=evil",
    ):
        json.loads(client.get(path).content)
    for path in (own, f"/{show.slug}/"):
        [script] = html.fromstring(client.get(path).content.decode()).xpath('//script[@type="application/ld+json"]')
        assert EVIL in json.dumps(json.loads(script.text), ensure_ascii=False).replace('\\"', '"'), path
    cues = client.get(f"{own}transcript.vtt").content.decode()
    assert "<evil" not in cues


def desk_pages() -> list[str]:
    """Lists, forms, histories and deletions of every row the desk knows."""
    pages = [reverse("admin:index"), reverse("admin:downloads_dailydownload_changelist")]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages.append(reverse(f"{name}_changelist"))
        row = model._default_manager.first()
        for page in ("change", "history", "delete", "publish", "preview", "edit", "voices", "revisions"):
            try:
                pages.append(reverse(f"{name}_{page}", args=[row.pk]))
            except (NoReverseMatch, AttributeError):
                continue
    return pages


def test_at_the_desk_it_is_text(admin_client, evil_site):
    pages = {path: admin_client.get(path) for path in desk_pages()}

    opened = {path: page.content.decode() for path, page in pages.items() if page.status_code == 200}
    assert {path: page.status_code for path, page in pages.items() if page.status_code >= 500} == {}
    assert {path: found for path, body in opened.items() if (found := markup_in(body))} == {}
    assert sum("evil" in body for body in opened.values()) >= 15


def test_in_tables_for_spreadsheets_nothing_is_a_formula(admin_client, evil_site, tmp_path):
    show, _ = evil_site
    first = timezone.now().date() - timedelta(days=9)
    page = admin_client.get(reverse("admin:downloads_dailydownload_changelist"))
    names = [
        link.get("href").rpartition("csv=")[2]
        for link in html.fromstring(page.content).xpath("//a[contains(@href, 'csv=')]")
    ]
    texts = [
        admin_client.get(
            reverse("admin:downloads_dailydownload_changelist"), {"csv": name, "first": first}
        ).content.decode()
        for name in names
    ]
    export(tmp_path / "out", [show], lambda sentence: None)
    texts += [path.read_text() for path in (tmp_path / "out").rglob("*.csv")]

    cells = [cell for text in texts for row in csv.reader(text.splitlines()) for cell in row]

    assert len(names) >= 3
    assert any("evil" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_on_exported_pages_it_is_text(evil_site, tmp_path):
    show, _ = evil_site

    export(tmp_path / "out", [show], lambda sentence: None)

    pages = list((tmp_path / "out").rglob("*.html"))
    assert {page.name: found for page in pages if (found := markup_in(page.read_text()))} == {}
    assert len(pages) >= 2
