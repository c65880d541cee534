"""Every tag of the feed that a person decides has its field at the desk."""

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import RequestFactory

from episodes.models import (
    Appearance,
    Episode,
    FundingLink,
    RecommendedShow,
    Season,
    Show,
    ShowHost,
    Soundbite,
    Speaker,
    VerificationText,
)

pytestmark = pytest.mark.django_db

# Tag → where it is decided. Tags of the audio, the dates of publishing and the GUIDs are nobody's to type.
DECIDED_IN = {
    "itunes:title": (Show, "title"),
    "description": (Show, "description"),
    "language": (Show, "language"),
    "copyright": (Show, "copyright"),
    "itunes:author": (Show, "author"),
    "itunes:owner name": (Show, "owner_name"),
    "itunes:owner email, podcast:locked owner": (Show, "owner_email"),
    "itunes:category": (Show, "category"),
    "second itunes:category": (Show, "second_category"),
    "itunes:explicit": (Show, "explicit"),
    "itunes:type": (Show, "type"),
    "itunes:image, podcast:image": (Show, "artwork_file"),
    "podcast:image alt": (Show, "artwork_alt"),
    "itunes:block, podcast:block": (Show, "blocked"),
    "itunes:complete, podcast:updateFrequency complete": (Show, "complete"),
    "itunes:new-feed-url": (Show, "moved_to"),
    "podcast:locked": (Show, "locked"),
    "podcast:medium": (Show, "medium"),
    "podcast:location": (Show, "location_name"),
    "podcast:location geo": (Show, "location_geo"),
    "podcast:location osm": (Show, "location_osm"),
    "podcast:location country": (Show, "location_country"),
    "podcast:license": (Show, "licence"),
    "podcast:license url": (Show, "licence_url"),
    "podcast:publisher feedGuid": (Show, "publisher_guid"),
    "podcast:publisher feedUrl": (Show, "publisher_feed"),
    "podcast:updateFrequency": (Show, "update_label"),
    "podcast:updateFrequency rrule": (Show, "update_rule"),
    "podcast:updateFrequency dtstart": (Show, "update_starts_at"),
    "podcast:podping": (Show, "uses_podping"),
    "podcast:chat server": (Show, "chat_server"),
    "podcast:chat protocol": (Show, "chat_protocol"),
    "podcast:chat accountId": (Show, "chat_account"),
    "podcast:chat space": (Show, "chat_space"),
    "podcast:alternateEnclosure": (Show, "offer_small_audio"),
    "atom:link next (RFC 5005)": (Show, "feed_limit"),
    "podcast:funding url": (FundingLink, "url"),
    "podcast:funding": (FundingLink, "label"),
    "podcast:person of the show": (ShowHost, "speaker"),
    "podcast:person role of the show": (ShowHost, "role"),
    "podcast:txt": (VerificationText, "text"),
    "podcast:txt purpose": (VerificationText, "purpose"),
    "podcast:podroll feedGuid": (RecommendedShow, "feed_guid"),
    "podcast:podroll feedUrl": (RecommendedShow, "feed_url"),
    "podcast:podroll title": (RecommendedShow, "title"),
    "podcast:season": (Season, "number"),
    "podcast:season name": (Season, "name"),
    "podcast:person": (Speaker, "name"),
    "podcast:person img": (Speaker, "photo_file"),
    "podcast:person href": (Speaker, "slug"),
    "item title": (Episode, "title"),
    "item description": (Episode, "summary"),
    "item content:encoded": (Episode, "show_notes"),
    "item category": (Episode, "topics"),
    "item itunes:explicit": (Episode, "explicit"),
    "item itunes:episodeType, podcast:trailer": (Episode, "kind"),
    "item itunes:season": (Episode, "season"),
    "item itunes:episode, podcast:episode": (Episode, "number"),
    "item podcast:episode display": (Episode, "display_number"),
    "item itunes:image, podcast:image": (Episode, "artwork_file"),
    "item podcast:image alt": (Episode, "artwork_alt"),
    "item enclosure": (Episode, "audio_file"),
    "item podcast:chapters, psc:chapters": (Episode, "chapters_text"),
    "item podcast:location": (Episode, "location_name"),
    "item podcast:location geo": (Episode, "location_geo"),
    "item podcast:location osm": (Episode, "location_osm"),
    "item podcast:location country": (Episode, "location_country"),
    "item podcast:license": (Episode, "licence"),
    "item podcast:license url": (Episode, "licence_url"),
    "item podcast:socialInteract protocol": (Episode, "social_protocol"),
    "item podcast:socialInteract uri": (Episode, "social_uri"),
    "item podcast:soundbite startTime": (Soundbite, "start_ms"),
    "item podcast:soundbite duration": (Soundbite, "duration_ms"),
    "item podcast:soundbite": (Soundbite, "title"),
    "item podcast:person": (Appearance, "speaker"),
    "item podcast:person role, group": (Appearance, "role"),
    "item podcast:transcript": ("transcript", "file"),
    "item podcast:transcript language": ("transcript", "language"),
}


def fields_at_the_desk():
    """(model, field) of every field that a producer finds in a form of the desk, rows under it included."""
    request = RequestFactory().get("/")
    request.user = get_user_model().objects.create_superuser("p", "p@example.org", "x")
    found = set()
    for model, desk in admin.site._registry.items():
        try:
            form = desk.get_form(request, None)
        except Exception:  # tables that are only looked at have no form
            continue
        shown = {name for _, box in desk.get_fieldsets(request, None) for name in box["fields"]}
        found.update((model, name) for name in shown & set(form.base_fields))
        for inline in desk.get_inline_instances(request, None):
            names = inline.get_formset(request, None).form.base_fields
            found.update((inline.model, name) for name in names)
    return found


@pytest.fixture
def desk(db):
    return {(model._meta.model_name, name) for model, name in fields_at_the_desk()}


@pytest.mark.parametrize(("model", "field"), DECIDED_IN.values(), ids=DECIDED_IN)
def test_it_is_decided_at_the_desk(desk, model, field):
    name = model if isinstance(model, str) else model._meta.model_name

    assert (name, field) in desk
