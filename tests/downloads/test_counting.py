"""Notes become downloads, totals, and in the end nothing but totals."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from downloads.counting import delivery_notes, intake
from downloads.counting import tally as counting
from downloads.counting.iab import RULES_VERSION, Reason
from downloads.counting.spool import DeliveryNote
from downloads.models import CountedFile, DailyDownload, DailyExclusion, DailyListeners, Request
from tests.factories import make_episode, make_show

NOON = datetime.combine(timezone.now().date() - timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=12)
OVERCAST = "Overcast/3.0 (+http://overcast.fm/; iOS podcast app)"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:120.0) Gecko/20100101 Firefox/120.0"


def note(episode, **over):
    """A whole download at noon of yesterday."""
    after = over.pop("after", timedelta())
    plain = DeliveryNote(
        at_ms=int((NOON + after).timestamp() * 1000),
        episode=episode.id,
        audio="abcd1234",
        audio_bytes=4_804_000,
        needed=484_000,
        client="c" * 32,
        agent=OVERCAST,
        place="",
        method="GET",
        status=200,
        first=0,
        asked_last=None,
        sent=4_804_000,
        data_centre=False,
        source="disk",
    )
    return replace(plain, **over)


def take_in(*notes):
    return intake.take_in((f"test:{number}", one) for number, one in enumerate(notes))


@pytest.fixture
def episode(show):
    return make_episode(show)


def test_a_finished_file_is_counted_once_and_deleted(episode):
    spool = delivery_notes.spool()
    spool.write(note(episode))
    (file,) = spool.folder.glob("*.notes")
    content = file.read_bytes()

    first = intake.take_in_file(file)
    gone = not file.exists()
    file.write_bytes(content)
    again = intake.take_in_file(file)
    counting.count_unjudged()

    assert (first, gone, again) == (1, True, 0)
    assert Request.objects.count() == 1
    assert DailyDownload.objects.get().downloads == 1


def test_a_file_that_is_still_written_to_waits(episode):
    delivery_notes.spool().write(note(episode))

    assert counting.count_new() == 0
    assert Request.objects.count() == 0


def test_downloads_are_added_up_by_day_app_device_and_place(episode):
    take_in(
        note(episode),
        note(episode, client="d" * 32),
        note(episode, client="e" * 32, agent=FIREFOX, place="embed"),
        note(episode, client="e" * 32, agent=FIREFOX, place="embed", after=timedelta(hours=1)),
        note(episode, after=timedelta(hours=-13)),
    )

    counting.count_unjudged()

    rows = DailyDownload.objects.order_by("day", "app").values_list(
        "day", "app", "device", "place", "downloads", "rules"
    )
    today, before = NOON.date(), NOON.date() - timedelta(days=1)
    assert list(rows) == [
        (before, "Overcast", "Apple iPhone", "", 1, RULES_VERSION),
        (today, "Firefox", "Windows Computer", "embed", 1, RULES_VERSION),
        (today, "Overcast", "Apple iPhone", "", 2, RULES_VERSION),
    ]
    assert DailyListeners.objects.get(day=today).listeners == 3


def test_each_request_that_does_not_count_says_why(episode):
    take_in(note(episode), note(episode, after=timedelta(hours=1)), note(episode, agent="curl/8", client="d" * 32))

    counting.count_unjudged()

    assert list(Request.objects.order_by("id").values_list("reason", "rules")) == [
        ("download", RULES_VERSION),
        ("repeat", RULES_VERSION),
        ("bot", RULES_VERSION),
    ]
    assert dict(DailyExclusion.objects.values_list("reason", "requests")) == {"repeat": 1, "bot": 1}


def test_ranges_that_arrive_in_two_batches_make_one_download(episode):
    intake.take_in([("a", note(episode, status=206, asked_last=299_999, sent=300_000))])
    counting.count_unjudged()
    before = DailyDownload.objects.count()

    later = note(episode, status=206, first=300_000, asked_last=599_999, sent=300_000, after=timedelta(minutes=5))
    intake.take_in([("b", later)])
    counting.count_unjudged()

    assert before == 0
    assert DailyDownload.objects.get().downloads == 1
    assert dict(DailyExclusion.objects.values_list("reason", "requests")) == {"part": 1}


def test_a_recount_gives_the_same_and_rights_what_is_wrong(episode, capsys):
    take_in(*(note(episode, client=f"{n:032}", agent=OVERCAST if n % 3 else "curl/8") for n in range(30)))
    counting.count_unjudged()

    same = counting.recount()
    DailyDownload.objects.update(downloads=99)
    Request.objects.filter(reason=Reason.BOT).update(reason=Reason.DOWNLOAD)
    call_command("recount")

    assert same == {NOON.date(): (20, 20)}
    assert DailyDownload.objects.get().downloads == 20
    assert Request.objects.filter(reason=Reason.BOT).count() == 10
    assert f"{NOON.date()}: 99 downloads before, 20 now." in capsys.readouterr().out


def test_old_requests_are_forgotten_and_their_totals_stay(episode, settings):
    settings.DOWNLOAD_REQUEST_DAYS = 5
    take_in(note(episode), note(episode, after=timedelta(days=-3), client="d" * 32))
    counting.count_unjudged()

    gone = counting.forget(today=NOON.date() + timedelta(days=4))

    assert gone == 1
    assert [row.day for row in Request.objects.all()] == [NOON.date()]
    assert sum(DailyDownload.objects.values_list("downloads", flat=True)) == 2
    assert counting.recount() == {NOON.date(): (1, 1)}


def test_notes_of_forgotten_days_and_of_gone_episodes_are_left_out(episode, settings):
    settings.DOWNLOAD_REQUEST_DAYS = 5

    new = take_in(note(episode, after=timedelta(days=-30)), replace(note(episode), episode=episode.id + 1000))

    assert new == 0


def test_the_nightly_job_deletes_yesterdays_key(episode):
    salts = delivery_notes.salts()
    salts.key("192.0.2.1", "A", timezone.now() - timedelta(days=1))

    counting.forget()

    assert list(delivery_notes.spool().folder.glob("salt-*")) == []


def test_a_day_has_one_row_for_an_app_on_a_device(episode):
    row = {"day": date(2026, 1, 1), "episode": episode, "app": "A", "device": "D", "place": "", "downloads": 1}
    DailyDownload.objects.create(**row)

    with pytest.raises(IntegrityError), transaction.atomic():
        DailyDownload.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        DailyDownload.objects.create(**{**row, "app": "B", "downloads": 0})


def test_two_shows_have_their_own_listeners(episode):
    other = make_episode(make_show())
    take_in(note(episode), note(other))

    counting.count_unjudged()

    assert sorted(DailyListeners.objects.values_list("show_id", "listeners")) == sorted(
        [(episode.show_id, 1), (other.show_id, 1)]
    )


def test_the_file_record_and_its_requests_come_together_or_not_at_all(episode, monkeypatch):
    spool = delivery_notes.spool()
    spool.write(note(episode))
    (file,) = spool.folder.glob("*.notes")

    def broken(notes):
        raise OSError("disk")

    with monkeypatch.context() as patched:
        patched.setattr(intake, "take_in", broken)
        with pytest.raises(OSError, match="disk"):
            intake.take_in_file(file)
    left = (CountedFile.objects.count(), file.exists())

    assert left == (0, True)
    assert intake.take_in_file(file) == 1


def test_the_first_day_that_is_kept_is_kept_whole(episode, settings):
    settings.DOWNLOAD_REQUEST_DAYS = 5
    first = intake.first_kept_day()
    days_back = (first - NOON.date()).days

    new = take_in(note(episode, after=timedelta(days=days_back)), note(episode, after=timedelta(days=days_back - 1)))

    assert new == 1
    assert Request.objects.get().day == first
