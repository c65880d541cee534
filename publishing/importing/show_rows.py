"""The channel of a foreign feed, made a show of ours: its row, funding, people, picture."""

from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import URLValidator
from django.db import models, transaction

from episodes.artwork import ArtworkError
from episodes.filing import FilingError
from episodes.identity import propose_slug
from episodes.models import FundingLink, RecommendedShow, Show, ShowHost, Speaker, VerificationText
from episodes.people import LONGEST_NAME, person_named
from episodes.production import attach_artwork, attach_photo
from episodes.shownotes import plain_text
from publishing.importing.fetching import Fetcher
from publishing.importing.markdown import to_markdown
from publishing.importing.wording import (
    FALLBACK_CATEGORY,
    FALLBACK_LANGUAGE,
    categories_of,
    guid_of,
    holder_of,
    language_of,
    role_of,
    title_of,
)
from publishing.outgoing import OutgoingError
from publishing.rss.feed_shapes import FeedChat, FeedPerson, FeedPlace, FeedShow


@transaction.atomic
def create_show(feed: FeedShow, guid: UUID | None) -> tuple[Show, list[str]]:
    """The show with everything its channel says but pictures, and sentences on what was not taken over.

    What stands in for a missing category, language or guid was said by the rehearsal.
    `guid` is the show's podcast:guid for life, as plan.lasting_guid knows it.
    """
    notes: list[str] = []
    known, _ = categories_of(feed.categories)
    known = known or [FALLBACK_CATEGORY]
    title = title_of(feed.title, plain_text(feed.description_html))
    show = Show(
        title=title,
        slug=propose_slug(title, set(Show.objects.values_list("slug", flat=True)), fallback="show"),
        tagline=_line(plain_text(feed.summary), 255) if len(feed.summary) <= 255 else "",
        description=to_markdown(feed.description_html) or title,
        author=_line(feed.author or feed.owner_name or title, 255),
        owner_name=_line(feed.owner_name, 255),
        owner_email=feed.owner_email,
        language=language_of(feed.language) or FALLBACK_LANGUAGE,
        category=known[0],
        second_category=known[1] if len(known) > 1 else "",
        explicit=bool(feed.explicit),
        type=Show.Type.SERIAL if feed.type == "serial" else Show.Type.EPISODIC,
        medium=feed.medium if feed.medium in Show.Medium.values else Show.Medium.PODCAST,
        copyright=_line(holder_of(feed.copyright), 255),
        licence=_line(feed.licence, 128),
        licence_url=feed.licence_url,
        website=feed.link,
        podcast_guid=guid or uuid4(),
        complete=feed.complete,
        blocked=feed.blocked,
        update_rule=feed.update_rule if feed.update_label else "",
        update_label=_line(feed.update_label, 128),
        uses_podping=feed.uses_podping,
        publisher_guid=guid_of(feed.publisher.label) if feed.publisher else None,
        publisher_feed=feed.publisher.url if feed.publisher else "",
        artwork_alt=_line(feed.image_alt, 500),
        **place_fields(feed.place),
    )
    if feed.chat:
        notes += _add_chat(show, feed.chat)
    notes += drop_invalid(
        show,
        ("owner_email", "licence_url", "website", "publisher_feed", "update_rule", "location_geo", "location_osm",
         "location_country"),
    )  # fmt: skip
    show.save()
    notes += _add_links(show, feed)
    for position, person in enumerate(feed.persons):
        speaker = speaker_of(person)
        role = role_of(person.role, person.group) or "Host"
        ShowHost.objects.get_or_create(show=show, speaker=speaker, defaults={"role": role, "position": position})
    return show, notes


def add_show_pictures(show: Show, feed: FeedShow, fetcher: Fetcher) -> list[str]:
    """The cover and the photos of the show's people, where they are missing yet; sentences on those that failed."""
    notes: list[str] = []
    if not show.artwork and feed.image_url:
        try:
            attach_artwork(show, ContentFile(fetcher.picture(feed.image_url), "cover"))
        except (OutgoingError, ArtworkError, FilingError) as error:
            notes.append(f"The show's cover was not taken over: {error}")
    for person in feed.persons:
        notes += add_photo(person, fetcher)
    return notes


def add_photo(person: FeedPerson, fetcher: Fetcher) -> list[str]:
    """The person's photo, if there is none yet."""
    if not person.image_url:
        return []
    speaker = Speaker.objects.filter(name__iexact=_line(person.name, 128)).first()
    if speaker is None or speaker.photo:
        return []
    try:
        attach_photo(speaker, ContentFile(fetcher.picture(person.image_url), "photo"))
    except (OutgoingError, ArtworkError, FilingError) as error:
        return [f"The photo of {speaker.name} was not taken over: {error}"]
    return []


def speaker_of(person: FeedPerson) -> Speaker:
    """The person of that name, new if nobody here has it yet."""
    return person_named(_line(person.name, LONGEST_NAME), person.href if valid_url(person.href) else "")


def place_fields(place: FeedPlace | None) -> dict[str, str]:
    if place is None:
        return {}
    return {
        "location_name": _line(place.name, 128),
        "location_geo": place.geo[:60],
        "location_osm": place.osm[:20],
        "location_country": place.country[:2],
    }


def _add_chat(show: Show, chat: FeedChat) -> list[str]:
    """A chat is all or nothing: without its server and a way to talk to it nobody gets there."""
    protocols = [value for value, _ in Show._meta.get_field("chat_protocol").choices or ()]
    values = {"chat_server": chat.server, "chat_account": chat.account, "chat_space": chat.space}
    if chat.protocol not in protocols or any(len(value) > 255 for value in values.values()):
        return [f'The chat at "{chat.server[:80]}" ({chat.protocol[:20]}) cannot be kept here and was left out.']
    for name, value in values.items():
        setattr(show, name, value)
    show.chat_protocol = chat.protocol
    return []


def drop_invalid(row: models.Model, names: tuple[str, ...]) -> list[str]:
    """Empty these optional fields where the feed's value cannot be kept; a sentence for each."""
    notes = []
    for name in names:
        field = row._meta.get_field(name)
        assert isinstance(field, models.Field)
        value = getattr(row, name)
        if value in ("", None):
            continue
        try:
            field.clean(value, row)
        except ValidationError:
            setattr(row, name, None if field.null else "")
            notes.append(f'The {field.verbose_name} "{str(value)[:80]}" cannot be kept here and was left out.')
    return notes


def valid_url(url: str, longest: int = 200) -> bool:
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return False
    return len(url) <= longest


def _add_links(show: Show, feed: FeedShow) -> list[str]:
    notes = []
    for position, link in enumerate(feed.funding):
        if valid_url(link.url):
            label = _line(link.label, 128) or "Support the show"
            FundingLink.objects.create(show=show, url=link.url, label=label, position=position)
        else:
            notes.append(f'The funding link "{link.url[:80]}" is no address we can keep.')
    for text in feed.texts:
        # Codes that prove ownership to directories move along; what was said of the old host does not matter here.
        if text.url:
            VerificationText.objects.create(show=show, purpose=_line(text.label, 128), text=text.url[:4000])
    for position, other in enumerate(feed.podroll):
        if (other_guid := guid_of(other.label)) is not None:
            url = other.url if valid_url(other.url) else ""
            RecommendedShow.objects.create(show=show, feed_guid=other_guid, feed_url=url, position=position)
    return notes


def _line(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
