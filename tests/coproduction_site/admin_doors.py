"""Every address of the admin, read from the URL resolver, so that a new one cannot be forgotten."""

import uuid
from collections.abc import Iterator

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Task
from django_q.tasks import async_task

from downloads.models import DailyDownload, Request
from episodes.models import Episode, FeedImport, PictureWork, Season, Upload
from tests.factories import make_draft, make_speaker, make_topic
from transcripts.ingest import ingest_transcript
from transcripts.models import Correction

ROLES = ("nobody", "Viewer", "Producer", "Publisher", "superuser")


def all_doors() -> list[str]:
    """The name of each address; Django's own leading-on addresses, which have none, are told by their pattern."""
    return sorted(name for name, _ in _walk(admin.site.get_urls()))


def _walk(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        whole = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, whole)
        elif pattern.name:
            yield pattern.name, whole


def client_of(role: str) -> Client:
    user = User.objects.create_user(f"{role}-{uuid.uuid4()}", is_staff=True, is_superuser=role == "superuser")
    if role in ("Viewer", "Producer", "Publisher"):
        user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


class Desk:
    """A row of everything, so that each address leads to something that is there."""

    def __init__(self, show) -> None:
        self.episode = make_draft(show)
        ingest_transcript(self.episode, b"Ann: Hello there. How are you?\n\nBo: Well.", "a.txt")
        transcript = self.episode.transcripts.get()
        correction = Correction.objects.create(
            transcript=transcript, position=0, original="Hello there.", suggestion="Hello."
        )
        self.ids = {
            "episodes_episode": self.episode.pk,
            "episodes_show": show.pk,
            "publishing_feed": show.pk,
            "episodes_season": Season.objects.create(show=show, number=1).pk,
            "episodes_speaker": make_speaker().pk,
            "episodes_topic": make_topic().pk,
            "episodes_picturework": PictureWork.objects.create(name="artwork/x.jpg").pk,
            "episodes_feedimport": FeedImport.objects.create(source="https://example.org/", state="done").pk,
            "transcripts_transcript": transcript.pk,
            "transcripts_correction": correction.pk,
            "auth_user": User.objects.create_user("somebody").pk,
            "auth_group": Group.objects.first().pk,
            **self._of_others(),
        }

    def _of_others(self) -> dict[str, object]:
        """Rows of the packages' own tables, and of the statistics."""
        now, today = timezone.now(), timezone.now().date()
        user = User.objects.get(username="somebody")
        task = {"func": "f", "started": now, "stopped": now}
        day = {"episode": self.episode, "day": today, "rules": "1"}
        one = {"at": now, "audio_bytes": 1, "needed": 1, "status": 200, "first": 0, "sent": 1, "source": "disk"}
        return {
            "django_q_schedule": Schedule.objects.first().pk,
            "django_q_success": Task.objects.create(id="a" * 32, name="a", success=True, **task).pk,
            "django_q_failure": Task.objects.create(id="b" * 32, name="b", success=False, **task).pk,
            "django_q_ormq": self._queued(),
            "account_emailaddress": EmailAddress.objects.create(user=user, email="a@example.org").pk,
            "mfa_authenticator": Authenticator.objects.create(user=user, type="totp", data={"secret": ""}).pk,
            "downloads_dailydownload": DailyDownload.objects.create(downloads=1, **day).pk,
            "downloads_request": Request.objects.create(origin="o", client="c", method="GET", **one, **day).pk,
        }

    def _queued(self) -> int:
        async_task("f")
        return OrmQ.objects.latest("pk").pk

    def url(self, name: str, user: User) -> str:
        plain = {"app_list": ["episodes"], "episodes_upload_piece": [self._upload(user)]}
        if name == "view_on_site":
            return reverse("admin:view_on_site", args=[ContentType.objects.get_for_model(Episode).pk, self.episode.pk])
        if name in plain:
            return reverse(f"admin:{name}", args=plain[name])
        model = next((m for m in sorted(self._models(), key=len, reverse=True) if name.startswith(f"{m}_")), "")
        pattern = next(whole for found, whole in _walk(admin.site.get_urls()) if found == name)
        if "<" not in pattern:
            return reverse(f"admin:{name}")
        pk = self.episode.pk if "<int:episode_id>" in pattern else self.ids.get(model, 1)
        return reverse(f"admin:{name}", args=[pk])

    def _models(self) -> list[str]:
        return [f"{m._meta.app_label}_{m._meta.model_name}" for m in apps.get_models()]

    def _upload(self, user: User) -> uuid.UUID:
        return Upload.objects.create(owner=user, name="a.mp3", length_bytes=3, changed_at=timezone.now()).pk
