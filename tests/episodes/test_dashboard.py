from datetime import timedelta

import lxml.html
import pytest
from django.utils import timezone

from coproduction_site.backup.making import REPORT, back_up
from episodes import dashboard
from episodes.models import AudioWork, SiteReport
from episodes.production import discard
from publishing.feedcheck.reporting import check_all, report_name
from tests.coproduction_site.admin_doors import client_of
from tests.factories import make_chapter, make_draft, make_episode, make_show, make_speaker
from transcripts.ingest import ingest_transcript
from transcripts.models import AlignmentRun


def shown(client) -> dict[str, str]:
    """What the front page says: title of a card or fact → its words."""
    page = lxml.html.fromstring(client.get("/admin/").content.decode())
    found = {}
    for place in page.xpath('//ul[@class="desk-cards"]/li | //dl[@class="desk-facts"]/div'):
        title = place.xpath("h3 | dt")[0].text_content().strip()
        found[title] = " ".join(place.text_content().split()).removeprefix(title).strip()
    return found


def urgent(client) -> list[str]:
    page = lxml.html.fromstring(client.get("/admin/").content.decode())
    return [li.xpath("h3")[0].text_content().strip() for li in page.xpath('//li[@class="desk-urgent"]')]


def report(name, hours=1, **over) -> None:
    SiteReport.objects.create(name=name, made_at=timezone.now() - timedelta(hours=hours), **over)


def begin_here(client) -> list[str]:
    page = lxml.html.fromstring(client.get("/admin/").content.decode())
    return [link.text_content() for link in page.xpath('//section[@aria-labelledby="desk-start"]//a')]


def test_an_empty_site_says_where_to_begin_until_there_is_a_show(admin_client):
    empty = begin_here(admin_client)
    make_show()

    assert empty == ["Make a show", "Move a show here"]
    assert begin_here(admin_client) == []


def test_a_feed_says_how_it_stands_and_when_that_was_found(admin_client, show):
    make_episode(show)
    report(report_name(show.pk), hints=["x"])

    said = shown(admin_client)[f"Feed of “{show.title}”"]

    assert said.startswith("As directories want it, checked an hour ago (")
    assert said.endswith(" UTC). 1 hint.")


def test_a_feed_that_directories_refuse_is_urgent_and_says_why(admin_client, show):
    make_episode(show)
    report(report_name(show.pk), faults=["MUST: The show has no cover.", "MUST: Another."])

    assert urgent(admin_client) == [f"Feed of “{show.title}”"]
    assert "MUST: The show has no cover." in shown(admin_client)[f"Feed of “{show.title}”"]


@pytest.mark.django_db(transaction=True)
def test_the_hourly_check_of_a_real_feed_is_kept(live_server, settings):
    settings.SITE_URL = live_server.url
    show = make_show()
    make_episode(show)

    check_all()

    kept = SiteReport.objects.get(pk=report_name(show.pk))
    assert kept.faults  # an episode of no real audio and a show without a cover
    assert timezone.now() - kept.made_at < timedelta(minutes=1)


def test_a_backup_says_its_age_and_size(admin_client, show, tmp_path):
    back_up(tmp_path / "b.backup", lambda sentence: None)

    assert shown(admin_client)["Backup"].startswith("Made now (")


def test_an_old_backup_is_urgent_and_none_at_all_is_told(admin_client, db):
    none = shown(admin_client)["Backup"]
    report(REPORT, hours=24 * 9, facts={"bytes": 5_000_000})

    assert none.startswith("None has been made here yet.")
    assert urgent(admin_client) == ["Backup is old"]
    assert "1 week, 2 days ago" in shown(admin_client)["Backup is old"].replace("\xa0", " ")


def test_a_backup_with_gaps_is_urgent(admin_client, db):
    report(REPORT, facts={"bytes": 1}, faults=["2 files that episodes name are not in it, because they are gone."])

    assert urgent(admin_client) == ["Backup with gaps"]


def test_everything_that_waits_has_its_card(admin_client, show):
    episode = make_draft(show, artwork="artwork/x.jpg")
    ingest_transcript(episode, b"Somebody: Hello there.\n\nAnother: Hello.", "a.txt")
    make_speaker(photo="people/x.jpg")
    make_chapter(episode, image="chapters/x.jpg")
    AudioWork.objects.create(episode=episode, state="failed", problem="Cut off.", requested_at=timezone.now())

    cards = shown(admin_client)

    assert {"Photos without words", "Covers without words", "Chapter pictures without words"} <= set(cards)
    assert "Voices without a person" in cards
    assert cards[f"Audio of “{episode}” failed"] == "Cut off."
    assert "Disk" in cards


def test_what_was_thrown_away_asks_for_nothing(admin_client, show):
    episode = make_draft(show)
    transcript = ingest_transcript(episode, b"Somebody: Hello there.\n\nAnother: Hello.", "a.txt").transcript
    transcript.segments.update(status="check", start_ms=0)
    AlignmentRun.objects.create(transcript=transcript, state="failed", message="No.")
    AudioWork.objects.create(episode=episode, state="failed", problem="Cut off.", requested_at=timezone.now())

    discard(episode)

    cards = {"Voices without a person", "Times to be checked", "Times that could not be made"}
    assert set(shown(admin_client)) & {f"Audio of “{episode}” failed", *cards} == set()


def test_little_space_is_urgent(admin_client, db, settings, monkeypatch):
    settings.MEDIA_DIR.mkdir(parents=True)
    monkeypatch.setattr(dashboard, "LITTLE_SPACE_BYTES", 10**18)

    assert urgent(admin_client) == ["Disk"]


def test_a_quiet_day_says_so(admin_client, db):
    assert "Nothing waits for you." in admin_client.get("/admin/").content.decode()


def test_who_has_no_role_is_shown_nothing(db):
    assert shown(client_of("nobody")) == {}
