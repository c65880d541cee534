from datetime import UTC, date, datetime, timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused

import pytest
from django.contrib.auth.models import Group, User
from django.core.mail.backends.locmem import EmailBackend as LocmemBackend
from django.core.management import CommandError, call_command
from django.utils import timezone

from downloads.models import DailyDownload
from publishing.weekly_note import last_week, send_weekly_note, write_note
from tests.factories import make_episode, make_speaker
from transcripts.models import SearchMiss

MONDAY = date(2026, 11, 23)


@pytest.fixture
def boss(db):
    return User.objects.create_superuser("boss", "boss@example.org")


def count(episode, day: date, downloads: int) -> None:
    DailyDownload.objects.create(episode=episode, day=day, downloads=downloads, rules="test")


def test_the_week_is_the_seven_days_before_monday():
    assert (last_week(MONDAY).first, last_week(MONDAY).last) == (date(2026, 11, 16), date(2026, 11, 22))


def test_the_note_tells_what_was_heard_sought_and_waits(boss, show):
    one, two = make_episode(show, title="One"), make_episode(show, title="Two")
    count(one, date(2026, 11, 16), 3)
    count(two, date(2026, 11, 22), 500)
    count(two, date(2026, 11, 23), 99)
    count(one, date(2026, 11, 15), 7)
    SearchMiss.objects.create(query="burnout", day=date(2026, 11, 20), count=3)
    SearchMiss.objects.create(query="of next week", day=MONDAY, count=9)
    make_speaker(photo="people/x.jpg")

    note = write_note(boss, MONDAY)

    assert "Monday 16 November to Sunday 22 November" in note
    assert "503 downloads; 7 the week before.\n- 500: Two\n- 3: One" in note
    assert "Searched for and not found:\n- “burnout”, 3 times" in note
    assert "of next week" not in note
    assert "- Photos without words (1): " in note


def test_a_quiet_week_is_said_in_a_sentence(boss):
    note = write_note(boss, MONDAY)

    assert "No downloads were counted this week." in note
    assert "Nothing waits for you." in note


def test_what_is_scheduled_stands_in_the_note(boss, show):
    make_episode(show, title="Soon", published_at=timezone.now() + timedelta(days=365))

    assert "UTC: Soon" in write_note(boss, datetime.now(UTC).date())


def test_the_note_goes_to_the_team_and_to_nobody_else(boss, mailoutbox):
    producer = User.objects.create_user("p", "p@example.org", is_staff=True)
    producer.groups.add(Group.objects.get(name="Producer"))
    viewer = User.objects.create_user("v", "v@example.org", is_staff=True)
    viewer.groups.add(Group.objects.get(name="Viewer"))
    User.objects.create_user("gone", "gone@example.org", is_staff=True, is_active=False)
    out = StringIO()

    call_command("weekly_note", stdout=out)

    assert sorted(mail.to[0] for mail in mailoutbox) == ["boss@example.org", "p@example.org"]
    assert out.getvalue() == "The note went to 2 people.\n"


class RefusesBoss(LocmemBackend):
    """A mail server that knows everybody but one."""

    def send_messages(self, messages):
        if any("boss@example.org" in message.to for message in messages):
            raise SMTPRecipientsRefused({"boss@example.org": (550, b"No such mailbox")})
        return super().send_messages(messages)


def test_a_mailbox_that_refuses_the_note_takes_it_from_nobody_else(boss, mailoutbox, settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusesBoss"
    User.objects.create_superuser("zoe", "zoe@example.org")

    assert send_weekly_note() == 1
    assert [mail.to[0] for mail in mailoutbox] == ["zoe@example.org"]


def test_a_note_that_nobody_gets_is_a_job_that_failed(boss, settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusesBoss"

    with pytest.raises(SMTPRecipientsRefused):
        send_weekly_note()


def test_without_any_address_the_command_fails_and_says_so(db):
    with pytest.raises(CommandError, match="Nobody of the team has a mail address"):
        call_command("weekly_note")


def test_a_dry_run_shows_the_note_and_sends_nothing(boss, mailoutbox):
    out = StringIO()

    call_command("weekly_note", "--dry-run", stdout=out)

    assert "Everything else: http" in out.getvalue()
    assert mailoutbox == []
