"""People: a speaker, and the appearance of a speaker in one episode."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from episodes.models.fields import StorableCharField, StorableTextField
from episodes.models.validators import orcid_id
from episodes.roles import GROUP_OF_ROLE, role_choices


class SpeakerQuerySet(models.QuerySet):
    def shown(self):
        """People who may be named in public: consent not withdrawn."""
        return self.filter(hidden=False)


class Speaker(models.Model):
    name = StorableCharField(max_length=128)
    slug = models.SlugField(unique=True)
    bio = StorableTextField(blank=True, help_text="Markdown.")
    affiliation = StorableCharField(max_length=255, blank=True)
    pronouns = StorableCharField(max_length=40, blank=True)
    orcid = models.CharField("ORCID", max_length=19, blank=True, validators=[orcid_id])
    website = models.URLField(blank=True)
    photo = models.FileField(upload_to="people/", max_length=200, blank=True)
    photo_width_px = models.PositiveIntegerField(null=True, blank=True, editable=False)
    photo_alt = StorableCharField(max_length=500, blank=True)
    photo_renditions = models.JSONField(default=list, blank=True, editable=False)
    consent_on = models.DateField(null=True, blank=True, help_text="The day this person agreed to be named here.")
    consent_note = StorableTextField(blank=True, help_text="Where the agreement is kept. Never public.")
    hidden = models.BooleanField(default=False, help_text="Consent withdrawn: the name disappears everywhere at once.")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords(excluded_fields=["photo_width_px", "photo_renditions", "created_at", "changed_at"])
    objects = SpeakerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("publishing:speaker", args=[self.slug])


class SpeakerLink(models.Model):
    speaker = models.ForeignKey(Speaker, models.CASCADE, related_name="links")
    label = StorableCharField(max_length=128)
    url = models.URLField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self):
        return self.label


class FormerSpeakerSlug(models.Model):
    """An address the speaker's page once had; written by a trigger when the slug changes."""

    slug = models.SlugField(unique=True)
    speaker = models.ForeignKey(Speaker, models.CASCADE, related_name="former_slugs")


class Appearance(models.Model):
    """A speaker in one episode, in one role, with the affiliation of that time."""

    episode = models.ForeignKey("episodes.Episode", models.CASCADE, related_name="appearances")
    speaker = models.ForeignKey(Speaker, models.PROTECT, related_name="appearances")
    role = models.CharField(max_length=40, choices=role_choices(), default="Guest")
    affiliation = StorableCharField(
        max_length=255, blank=True, help_text="At the time of the episode, if other than today's."
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "speaker", "role"],
                name="appearance_once_in_role",
                violation_error_message="This person is already listed in this role.",
            ),
            models.CheckConstraint(
                name="appearance_role_known",
                condition=Q(role__in=sorted(GROUP_OF_ROLE)),
                violation_error_message="Choose a role of the list.",
            ),
        ]

    def __str__(self):
        return f"{self.speaker}: {self.role}"

    @property
    def group(self) -> str:
        return GROUP_OF_ROLE[self.role]
