"""The report after a move: old feed against ours, item by item."""

from dataclasses import dataclass

from publishing.rss.feed_shapes import Feed, FeedItem

# Hosts round lengths up, down or not at all; apps show minutes.
DURATION_TOLERANCE_MS = 2_000


@dataclass(frozen=True, slots=True)
class Difference:
    """`guid` is "" for the show itself. `matters`: listeners or apps would notice."""

    guid: str
    title: str
    text: str
    matters: bool = True


def compare(old: Feed, ours: Feed) -> list[Difference]:
    """What the two feeds do not say alike; GUIDs, dates and titles exactly, lengths within two seconds.

    Enclosure addresses, picture addresses and wording of notes differ by design and are not compared.
    """
    found = [
        Difference("", old.show.title, f"{name}: {was!r} became {now!r}.", matters)
        for name, was, now, matters in _of_show(old, ours)
        if was != now
    ]
    there = {item.guid: item for item in ours.items}
    seen: set[str] = set()
    for item in old.items:
        if item.identity in seen:
            continue
        seen.add(item.identity)
        other = there.get(item.identity)
        if other is None:
            found.append(Difference(item.identity, item.title, "It is not in our feed."))
            continue
        found += [Difference(item.identity, item.title, text, matters) for text, matters in _of_item(item, other)]
    for item in ours.items:
        if item.guid not in seen:
            found.append(Difference(item.guid, item.title, "It is only in our feed.", matters=False))
    return found


def sentences(differences: list[Difference], count: int) -> list[str]:
    """The report in words: first what matters, each with its episode."""
    if not differences:
        return [f"All {count} episodes are the same in both feeds: GUIDs, dates, titles, numbers, lengths."]
    grave = [d for d in differences if d.matters]
    touched = {d.guid for d in grave if d.guid}
    lines = [f"{count - len(touched)} of {count} episodes are the same in both feeds."]
    for difference in sorted(differences, key=lambda d: not d.matters):
        name = f'"{difference.title}": ' if difference.guid else "The show: "
        lines.append(name + difference.text)
    return lines


def _of_show(old: Feed, ours: Feed) -> list[tuple[str, object, object, bool]]:
    a, b = old.show, ours.show
    return [
        ("title", " ".join(a.title.split()), b.title, True),
        ("language", a.language.lower(), b.language.lower(), True),
        ("explicit", bool(a.explicit), b.explicit, True),
        ("type", a.type or "episodic", b.type or "episodic", True),
        ("podcast:guid", a.guid or b.guid, b.guid, True),
        ("author", a.author or b.author, b.author, False),
        ("first category", a.categories[0] if a.categories else b.categories[0], b.categories[0], False),
    ]


def _of_item(old: FeedItem, ours: FeedItem) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = []
    if old.published_at != ours.published_at:
        found.append((f"date: {old.published_at} became {ours.published_at}.", True))
    title = " ".join(old.title.split())
    if title and title != ours.title:
        found.append((f"title: {title!r} became {ours.title!r}.", True))
    for name, was, now in (
        ("season", old.season_number, ours.season_number),
        ("number", old.number, ours.number),
        ("kind", old.kind or "full", ours.kind or "full"),
    ):
        if was != now:
            found.append((f"{name}: {was!r} became {now!r}.", True))
    if old.explicit is not None and old.explicit != ours.explicit:
        found.append((f"explicit: {old.explicit} became {ours.explicit}.", True))
    if old.enclosure and ours.enclosure and old.enclosure.length not in (None, 0, ours.enclosure.length):
        found.append(
            (f"audio: the old feed said {old.enclosure.length} bytes, the file has {ours.enclosure.length}.", False)
        )
    if old.duration_ms and ours.duration_ms and abs(old.duration_ms - ours.duration_ms) > DURATION_TOLERANCE_MS:
        said, has = round(old.duration_ms / 1000), round(ours.duration_ms / 1000)
        found.append((f"length: the old feed said {said} seconds, the audio has {has}.", False))
    if len(old.persons) > len(ours.persons):
        found.append((f"people: {len(old.persons)} became {len(ours.persons)}.", True))
    if old.transcripts and not ours.transcripts:
        found.append(("its transcript is missing.", True))
    if (old.chapters_url or old.chapters) and not ours.chapters_url:
        found.append(("its chapters are missing.", True))
    return found
