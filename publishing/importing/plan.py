"""The rehearsal: what importing a feed would do here, without doing any of it."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from episodes.identity import podcast_guid
from episodes.models import Episode, FeedImportItem, Show
from publishing.importing.wording import (
    FALLBACK_CATEGORY,
    FALLBACK_LANGUAGE,
    categories_of,
    guid_of,
    language_of,
    title_of,
)
from publishing.rss.feed_shapes import Feed, FeedItem, FeedShow

LONGEST_GUID = 1000


class Action(StrEnum):
    CREATE = "create"
    DRAFT = "draft"
    COMPLETE = "complete"
    PRESENT = "present"
    REFUSE = "refuse"


WORDS = {
    Action.CREATE: "will be created",
    Action.DRAFT: "will be created as drafts",
    Action.COMPLETE: "are here without something, which is fetched again",
    Action.PRESENT: "are here already and stay as they are",
    Action.REFUSE: "cannot be taken over",
}


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """`position` counts from 0 in the feed's order; `notes` are sentences."""

    position: int
    guid: str
    title: str
    action: Action
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Plan:
    """`refusals` stop the import; `notes` are about the show as a whole."""

    show_title: str
    show: Show | None
    refusals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    items: list[PlannedItem] = field(default_factory=list)

    @property
    def counts(self) -> dict[Action, int]:
        found = Counter(item.action for item in self.items)
        return {action: found[action] for action in Action if found[action]}

    def sentences(self) -> list[str]:
        """The whole plan in words, most important things first; when it is refused, only why."""
        if self.refusals:
            return [*self.refusals, *self.notes]
        where = f'into the show "{self.show}", which is here' if self.show else "as a new show"
        lines = [f'"{self.show_title}" would be imported {where}.']
        lines += [f"{count} episodes {WORDS[action]}." for action, count in self.counts.items()]
        return [*lines, *self.notes]


def rehearse(feed: Feed, feed_url: str) -> Plan:
    """Compare the feed with what is here. Reads only."""
    show = find_show(feed, feed_url)
    plan = Plan(title_of(feed.show.title, ""), show)
    _refuse(plan, feed)
    _note_show(plan, feed, feed_url)
    _note_left_out(plan, feed)
    guids = [item.identity for item in feed.items]
    here = {
        guid: (show_id, bool(audio), deleted_at is not None)
        for guid, show_id, audio, deleted_at in Episode.objects.filter(guid__in=guids).values_list(
            "guid", "show_id", "audio", "deleted_at"
        )
    }
    lacking = incomplete_guids(guids)
    seen: set[str] = set()
    for position, item in enumerate(feed.items):
        plan.items.append(_plan_item(position, item, show, here, lacking, seen))
        seen.add(item.identity)
    return plan


def find_show(feed: Feed, feed_url: str) -> Show | None:
    """The show this feed became here earlier: by its podcast:guid, or because its episodes are here."""
    guid = lasting_guid(feed.show, feed_url)
    by_guid = Show.objects.filter(podcast_guid=guid).first() if guid is not None else None
    if by_guid is not None:
        return by_guid
    guids = {item.identity for item in feed.items if item.identity}
    owners = Show.objects.filter(episodes__guid__in=guids).annotate(shared=Count("episodes")).order_by("-shared")[:1]
    # Short GUIDs ("1", "2") may meet by chance: it is the same show only when most of them are its own.
    return owners[0] if owners and owners[0].shared * 2 > len(guids) else None


def lasting_guid(show: FeedShow, feed_url: str) -> UUID | None:
    """The podcast:guid the feed has, or else the one that its address stands for; None without either."""
    address = show.self_url or feed_url
    return guid_of(show.guid) or (UUID(podcast_guid(address)) if address else None)


def incomplete_guids(guids: list[str]) -> set[str]:
    """GUIDs whose last import left something behind that another try may bring."""
    latest: dict[str, str] = {}
    rows = FeedImportItem.objects.filter(guid__in=guids).exclude(state=FeedImportItem.State.WAITING)
    for guid, state in rows.order_by("id").values_list("guid", "state"):
        if state != FeedImportItem.State.PRESENT:
            latest[guid] = state
    return {guid for guid, state in latest.items() if state == FeedImportItem.State.INCOMPLETE}


def _refuse(plan: Plan, feed: Feed) -> None:
    if feed.show.locked:
        owner = f" Its owner is {feed.show.locked_owner}." if feed.show.locked_owner else ""
        plan.refusals.append(
            f"This feed is locked (podcast:locked): its owner asks others not to import it.{owner} "
            "If the show is yours, unlock it at the old host, wait until its feed says so, and try again."
        )
    if not feed.items:
        plan.refusals.append("This feed has no episodes.")
    if not feed.show.title:
        plan.refusals.append("This feed does not name its show, so it is no podcast feed.")


def _note_show(plan: Plan, feed: Feed, feed_url: str) -> None:
    show = feed.show
    plan.notes += feed.mended
    if show.new_feed_url and show.new_feed_url not in (feed_url, show.self_url):
        plan.notes.append(
            f"The feed says that the show moved to {show.new_feed_url}. That address may be the better one."
        )
    if plan.show is not None:
        plan.notes.append("The show's own details stay as they are here.")
        return
    if not show.guid:
        plan.notes.append("The feed has no podcast:guid; the one that belongs to its address is given for life.")
    elif guid_of(show.guid) is None:
        plan.notes.append(f'The podcast:guid "{show.guid[:60]}" is no UUID; the one of the feed\'s address is used.')
    known, unknown = categories_of(show.categories)
    if not known:
        plan.notes.append(f'The feed names no category we know; "{FALLBACK_CATEGORY}" stands in. Choose the right one.')
    plan.notes += [f"The category \"{name}\" is not on Apple's list; check the show's category." for name in unknown]
    if language_of(show.language) is None:
        plan.notes.append(
            f'The language "{show.language}" is no language code; "{FALLBACK_LANGUAGE}" stands in. Set the right one.'
        )
    if not show.owner_email:
        plan.notes.append("The feed names no owner's e-mail, which directories ask for.")
    if not show.image_url:
        plan.notes.append("The feed names no cover.")
    if show.live_items:
        plan.notes.append(f"{show.live_items} live items are left out: they are no episodes.")
    if show.blocked:
        plan.notes.append("The show asks directories to hide it; it will do so here too.")


def _note_left_out(plan: Plan, feed: Feed) -> None:
    if feed.unread:
        told = ", ".join(f"{name} ({count})" for name, count in feed.unread)
        plan.notes.append(f"Left out, since this site has no place for them: {told}.")
    others = sum(1 for item in feed.items if item.alternates)
    if others:
        plan.notes.append(
            f"Episodes with other audio files beside their main one (podcast:alternateEnclosure): {others}. "
            "Only the main file is taken over; a smaller one can be made here, by the show's setting."
        )


def _plan_item(
    position: int,
    item: FeedItem,
    show: Show | None,
    here: dict[str, tuple[int, bool, bool]],
    lacking: set[str],
    seen: set[str],
) -> PlannedItem:
    guid, title = item.identity, title_of(item.title, item.summary)

    def planned(action: Action, *notes: str) -> PlannedItem:
        return PlannedItem(position, guid[:LONGEST_GUID], title, action, notes)

    if not guid:
        return planned(Action.REFUSE, "It has neither a GUID nor audio, so it cannot be told from others.")
    if len(guid) > LONGEST_GUID:
        return planned(Action.REFUSE, f"Its GUID has {len(guid)} characters; {LONGEST_GUID} are the limit.")
    if guid in seen:
        return planned(Action.REFUSE, "Its GUID stands at another item too; apps show only one of them, and so do we.")
    if guid in here:
        show_id, has_audio, deleted = here[guid]
        if show is None or show_id != show.pk:
            return planned(Action.REFUSE, "Another show of this site has an episode with this GUID.")
        if deleted:
            return planned(Action.PRESENT, "It was thrown away here and stays so.")
        return planned(Action.PRESENT if has_audio and guid not in lacking else Action.COMPLETE)
    notes = [] if item.guid else ["It has no GUID; apps know it by its audio's address, which is kept as its GUID."]
    if item.enclosure is None:
        return planned(Action.DRAFT, *notes, "It has no audio in the feed.")
    if item.enclosure.mime.startswith("video/"):
        return planned(Action.DRAFT, *notes, "It is a video; this site holds audio.")
    if item.published_at is None:
        return planned(Action.DRAFT, *notes, f'Its date "{item.published_text[:60]}" cannot be read.')
    if item.blocked:
        return planned(Action.DRAFT, *notes, "The old feed hides it (itunes:block).")
    if item.published_at > timezone.now():
        notes.append("Its date lies ahead: it will be scheduled.")
    return planned(Action.CREATE, *notes)
