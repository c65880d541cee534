"""An episode: what apps know as an item of a feed."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from episodes.models.artwork import WithArtwork
from episodes.models.fields import StorableCharField, StorableTextField, private_storage
from episodes.models.show import Season, Show
from episodes.models.topic import Topic
from episodes.models.validators import country_code, geo_uri, osm_id
from episodes.reserved import SHOW_WORDS

# What is measured of the audio whenever the file changes.
AUDIO_FACTS = (
    "audio_bytes",
    "audio_mime",
    "audio_tag_bytes",
    "audio_changed_at",
    "duration_ms",
    "bitrate_bps",
    "channels",
    "sample_rate_hz",
)


class EpisodeQuerySet(models.QuerySet):
    def published(self):
        """Episodes a listener may see now: public, not deleted, and their hour has come."""
        return self.kept().filter(state=Episode.State.PUBLIC, published_at__lte=timezone.now())

    def scheduled(self):
        """Episodes that will appear by themselves when their hour comes."""
        return self.kept().filter(state=Episode.State.PUBLIC, published_at__gt=timezone.now())

    def kept(self):
        """Episodes that nobody has thrown away."""
        return self.filter(deleted_at__isnull=True)

    def newest_first(self):
        return self.order_by("-published_at", "-id")


def new_guid() -> str:
    """The permanent identity of an episode that starts its life here."""
    return str(uuid.uuid4())


class Episode(WithArtwork):
    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLIC = "public", "Public (from its date on)"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Kind(models.TextChoices):
        FULL = "full", "Full episode"
        TRAILER = "trailer", "Trailer"
        BONUS = "bonus", "Bonus"

    show = models.ForeignKey(Show, models.PROTECT, related_name="episodes")
    season = models.ForeignKey(Season, models.SET_NULL, null=True, blank=True, related_name="episodes")
    number = models.PositiveIntegerField(null=True, blank=True)
    display_number = StorableCharField(
        max_length=32, blank=True, help_text='How the number is shown, if otherwise: "E00".'
    )
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.FULL)
    title = StorableCharField(max_length=255, help_text="Without the show's name or the number.")
    slug = models.SlugField(max_length=120)
    guid = StorableCharField(
        "GUID",
        max_length=1000,
        default=new_guid,
        help_text="The episode's permanent identity in apps. Never changes; imported ones are kept.",
    )
    guid_is_permalink = models.BooleanField(default=False, editable=False)
    summary = StorableTextField(
        blank=True, max_length=4000, help_text="Plain text: what the episode is about, in 2 or 3 sentences."
    )
    show_notes = StorableTextField(blank=True, help_text="Markdown: everything else, with links.")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    published_at = models.DateTimeField(
        "publication date", null=True, blank=True, help_text="A future date schedules the episode."
    )
    explicit = models.BooleanField(default=False)
    topics = models.ManyToManyField(Topic, blank=True, related_name="episodes")
    location_name = StorableCharField(max_length=128, blank=True)
    location_geo = models.CharField(max_length=60, blank=True, validators=[geo_uri])
    location_osm = models.CharField(max_length=20, blank=True, validators=[osm_id])
    location_country = models.CharField(max_length=2, blank=True, validators=[country_code])
    licence = StorableCharField(max_length=128, blank=True, help_text="If other than the show's.")
    licence_url = models.URLField(blank=True)
    disclosure = StorableTextField(
        blank=True, help_text="Funding, interests, or that a voice is a computer's: shown beside the player."
    )
    social_uri = models.CharField(
        max_length=500, blank=True, help_text="The post under which listeners discuss the episode."
    )
    social_protocol = models.CharField(
        max_length=12,
        blank=True,
        choices=[
            (p, p) for p in ("activitypub", "atproto", "twitter", "lightning", "matrix", "nostr", "hive", "disabled")
        ],
    )

    audio = models.FileField(upload_to="audio/", storage=private_storage, max_length=200, blank=True, editable=False)
    audio_bytes = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    audio_mime = models.CharField(max_length=40, blank=True, editable=False)
    audio_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    audio_tag_bytes = models.PositiveIntegerField(
        default=0, editable=False, help_text="Bytes before the first audio frame (ID3 and cover)."
    )
    audio_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    duration_ms = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    bitrate_bps = models.PositiveIntegerField(null=True, blank=True, editable=False)
    channels = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    sample_rate_hz = models.PositiveIntegerField(null=True, blank=True, editable=False)
    loudness_lufs = models.FloatField(null=True, blank=True, editable=False)
    true_peak_dbtp = models.FloatField(null=True, blank=True, editable=False)
    original_audio = models.FileField(
        upload_to="originals/",
        storage=private_storage,
        max_length=200,
        blank=True,
        editable=False,
        help_text="The file as uploaded, when the served one was made from it.",
    )

    version = models.PositiveIntegerField(default=1, editable=False)
    preview_serial = models.PositiveIntegerField(
        default=1, db_default=1, editable=False, help_text="Preview links of an earlier number show nothing any more."
    )
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    # What producers write is kept with who wrote it; what was measured can be measured again.
    history = HistoricalRecords(
        m2m_fields=[topics],
        excluded_fields=[
            "artwork_width_px",
            "artwork_bytes",
            "artwork_mime",
            "artwork_renditions",
            *AUDIO_FACTS,
            "loudness_lufs",
            "true_peak_dbtp",
            "version",
            "preview_serial",
            "created_at",
            "changed_at",
        ],
    )
    objects = EpisodeQuerySet.as_manager()

    class Meta:
        permissions = [("publish_episode", "Can publish, schedule and withdraw episodes")]
        ordering = [F("published_at").desc(nulls_first=True), "-id"]
        indexes = [
            models.Index(
                fields=["show", "-published_at"],
                name="episode_public_by_date",
                condition=Q(state="public", deleted_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "slug"],
                name="episode_slug_once_in_show",
                violation_error_message="Another episode of this show has this address. Choose another.",
            ),
            models.UniqueConstraint(
                fields=["guid"],
                name="episode_guid_unique",
                violation_error_message="Another episode already has this GUID.",
            ),
            models.CheckConstraint(
                name="episode_guid_not_empty",
                condition=~Q(guid=""),
                violation_error_message="An episode needs a GUID.",
            ),
            models.CheckConstraint(
                name="episode_slug_not_reserved",
                condition=~Q(slug__in=sorted(SHOW_WORDS)),
                violation_error_message="The site needs this word for its own addresses. Choose another.",
            ),
            models.CheckConstraint(
                name="episode_public_has_date_and_audio",
                condition=~Q(state="public")
                | Q(
                    published_at__isnull=False,
                    audio_bytes__isnull=False,
                    audio_bytes__gt=0,
                    duration_ms__isnull=False,
                )
                & ~Q(audio="")
                & ~Q(audio_mime="")
                & ~Q(audio_sha256=""),
                violation_error_message="A public episode needs a publication date and an audio file.",
            ),
            models.CheckConstraint(
                name="episode_number_above_zero_unless_special",
                condition=Q(number__isnull=True) | Q(number__gte=0),
                violation_error_message="An episode's number is a whole number.",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_published(self) -> bool:
        """The same question as EpisodeQuerySet.published(), of a row already read."""
        return (
            self.state == self.State.PUBLIC
            and self.deleted_at is None
            and self.published_at is not None
            and self.published_at <= timezone.now()
        )

    @property
    def audio_extension(self) -> str:
        """The enclosure's ending, by its type: "mp3" or "m4a"."""
        return "mp3" if self.audio_mime == "audio/mpeg" else "m4a"

    def get_absolute_url(self):
        return reverse("publishing:episode", args=[self.show.slug, self.slug])

    def get_enclosure_url(self):
        """The path apps fetch; it names the content, so other bytes have another path."""
        return reverse(
            "downloads:audio",
            args=[self.show.slug, self.slug, self.audio_sha256[:8], self.audio_extension],
        )
