"""A show: what apps know as the channel of a feed."""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from episodes.categories import category_choices
from episodes.models.artwork import WithArtwork
from episodes.models.fields import StorableCharField, StorableTextField
from episodes.models.validators import (
    country_code,
    geo_uri,
    language_code,
    osm_id,
    recurrence_rule,
)
from episodes.reserved import SITE_WORDS


class Show(WithArtwork):
    class Type(models.TextChoices):
        EPISODIC = "episodic", "Episodic: newest first"
        SERIAL = "serial", "Serial: oldest first, episodes numbered"

    class Medium(models.TextChoices):
        PODCAST = "podcast"
        AUDIOBOOK = "audiobook"
        COURSE = "course"
        NEWSLETTER = "newsletter"
        BLOG = "blog"

    title = StorableCharField(max_length=255, help_text="The show's name only, as apps show it.")
    slug = models.SlugField(unique=True, help_text="The show's part of every address: /slug/.")
    tagline = StorableCharField(max_length=255, blank=True, help_text="What it is, for whom, in one line.")
    description = StorableTextField(help_text="Markdown. Apps show at most 4000 bytes of it.")
    about = StorableTextField(blank=True, help_text="Markdown for the about page: purpose, method, funding, policies.")
    author = StorableCharField(max_length=255, help_text="People or organisation, as apps show it.")
    owner_name = StorableCharField(max_length=255, blank=True)
    owner_email = models.EmailField(
        blank=True, help_text="In the feed only, for directories to prove ownership; never on a page."
    )
    language = models.CharField(max_length=20, default="en", validators=[language_code])
    category = models.CharField(max_length=80, choices=category_choices())
    second_category = models.CharField(max_length=80, choices=category_choices(), blank=True)
    explicit = models.BooleanField(default=False)
    type = models.CharField(max_length=10, choices=Type, default=Type.EPISODIC)
    medium = models.CharField(max_length=12, choices=Medium, default=Medium.PODCAST)
    copyright = StorableCharField(
        max_length=255, blank=True, help_text="The holder, without the sign, the word or a year."
    )
    licence = StorableCharField(
        max_length=128, blank=True, help_text='A licence of the namespace\'s list, such as "cc-by-4.0", or a name.'
    )
    licence_url = models.URLField(blank=True)
    website = models.URLField(blank=True, help_text="The show's page elsewhere, if it has one.")
    podcast_guid = models.UUIDField(
        unique=True,
        default=uuid.uuid4,
        help_text="The show's permanent identity. Made once; a show that moved in keeps its own.",
    )
    locked = models.BooleanField(default=True, help_text="Ask other hosts to refuse an import of this feed.")
    moved_to = models.URLField(
        blank=True, help_text="The feed's new address. Apps follow it and the old one answers 301."
    )
    complete = models.BooleanField(default=False, help_text="No more episodes will come.")
    blocked = models.BooleanField(default=False, help_text="Ask directories to hide the show.")
    publisher_guid = models.UUIDField(null=True, blank=True)
    publisher_feed = models.URLField(blank=True)
    location_name = StorableCharField(max_length=128, blank=True)
    location_geo = models.CharField(max_length=60, blank=True, validators=[geo_uri])
    location_osm = models.CharField(max_length=20, blank=True, validators=[osm_id])
    location_country = models.CharField(max_length=2, blank=True, validators=[country_code])
    update_rule = models.CharField(
        max_length=128, blank=True, validators=[recurrence_rule], help_text="FREQ=WEEKLY;INTERVAL=2"
    )
    update_label = StorableCharField(max_length=128, blank=True, help_text='In words: "every second Monday".')
    update_starts_at = models.DateTimeField(null=True, blank=True)
    uses_podping = models.BooleanField(default=False)
    feed_limit = models.PositiveIntegerField(
        null=True, blank=True, help_text="Episodes a feed page holds. Empty: all, as long as they fit in 1 MB."
    )
    encode_audio = models.BooleanField(
        default=False, help_text="Convert uploads to levelled MP3 (−16 LUFS); the original is kept."
    )
    # What came after a version was given out has its default in the database too: that version goes on making shows
    # while the tables are already these.
    offer_small_audio = models.BooleanField(
        "offer a smaller file too",
        default=False,
        db_default=False,
        help_text="For slow or costly connections: beside each episode's audio, the same sound in about a quarter "
        "of the size (Opus, 24 kbit/s mono), made here.",
    )
    chat_server = StorableCharField(
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text='Where listeners talk, as a host name: "irc.libera.chat".',
    )
    chat_protocol = models.CharField(
        max_length=8,
        blank=True,
        default="",
        db_default="",
        choices=[(p, p) for p in ("irc", "xmpp", "nostr", "matrix")],
    )
    chat_account = StorableCharField(
        max_length=255, blank=True, default="", db_default="", help_text='The host\'s name there: "@paul:matrix.org".'
    )
    chat_space = StorableCharField(
        max_length=255, blank=True, default="", db_default="", help_text='The room: "#coproduction:matrix.org".'
    )
    time_zone = models.CharField(
        max_length=64, default="UTC", help_text='Where the team sits, such as "Europe/Stockholm".'
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords(
        excluded_fields=[
            "artwork_width_px",
            "artwork_bytes",
            "artwork_mime",
            "artwork_renditions",
            "created_at",
            "changed_at",
        ]
    )

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                name="show_slug_not_reserved",
                condition=~Q(slug__in=sorted(SITE_WORDS)),
                violation_error_message="The site needs this word for its own addresses. Choose another.",
            ),
            models.CheckConstraint(
                name="show_update_rule_has_label",
                condition=Q(update_rule="") | ~Q(update_label=""),
                violation_error_message="Say in words how often episodes come, beside the rule.",
            ),
            models.CheckConstraint(
                name="show_chat_has_server_and_protocol",
                condition=(Q(chat_server="") & Q(chat_protocol="") & Q(chat_account="") & Q(chat_space=""))
                | (~Q(chat_server="") & ~Q(chat_protocol="")),
                violation_error_message="A chat needs the server's name and its protocol. Fill in both, or none.",
            ),
            models.CheckConstraint(
                name="show_feed_limit_above_zero",
                condition=Q(feed_limit__isnull=True) | Q(feed_limit__gt=0),
                violation_error_message="A feed page holds at least one episode.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("publishing:show", args=[self.slug])

    def get_feed_url(self):
        return reverse("publishing:feed", args=[self.slug])


class ShowStamp(models.Model):
    """When anything the feed shows last changed; written by database triggers only.

    `stamp` is microseconds since 1970 (UTC) of the last change, always larger than the one before. `shown_stamp` is the
    last such stamp whose change listeners could see: of the show, or of an episode that is public.
    """

    show = models.OneToOneField(
        Show, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="stamp_row"
    )
    stamp = models.BigIntegerField()
    shown_stamp = models.BigIntegerField(default=0)


class FormerShowSlug(models.Model):
    """An address the show once had; written by a trigger when the slug changes."""

    slug = models.SlugField(unique=True)
    show = models.ForeignKey(Show, models.CASCADE, related_name="former_slugs")


class Season(models.Model):
    show = models.ForeignKey(Show, models.CASCADE, related_name="seasons")
    number = models.PositiveIntegerField()
    name = StorableCharField(max_length=128, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["show", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "number"],
                name="season_number_once_in_show",
                violation_error_message="This show already has a season with this number.",
            ),
            models.CheckConstraint(
                name="season_number_above_zero",
                condition=Q(number__gt=0),
                violation_error_message="Seasons are counted from 1.",
            ),
        ]

    def __str__(self):
        return f"Season {self.number}: {self.name}" if self.name else f"Season {self.number}"
