"""What a foreign feed says in its own ways, in ours: categories, roles, names, summaries."""

import re
import uuid

from episodes.categories import CATEGORIES, SEPARATOR
from episodes.roles import GROUP_OF_ROLE
from episodes.shownotes import clean_html, cut_at_word, plain_text
from publishing.importing.markdown import to_markdown

MOST_SUMMARY_BYTES = 4000
LONG_SUMMARY = 400
# For a show that names none we know; its team chooses afterwards.
FALLBACK_CATEGORY, FALLBACK_LANGUAGE = "Society & Culture", "en"

# Apple renamed or dropped these in 2019; old feeds still name them. Source: Apple's list before and after.
_FORMER = {
    ("Arts", "Literature"): "Arts > Books",
    ("Business", "Business News"): "News > Business News",
    ("Business", "Management & Marketing"): "Business > Management",
    ("Business", "Shopping"): "Business",
    ("Education", "Education"): "Education",
    ("Education", "Education Technology"): "Education",
    ("Education", "Higher Education"): "Education",
    ("Education", "K-12"): "Education",
    ("Education", "Language Courses"): "Education > Language Learning",
    ("Education", "Training"): "Education > Courses",
    ("Games & Hobbies", ""): "Leisure",
    ("Games & Hobbies", "Automotive"): "Leisure > Automotive",
    ("Games & Hobbies", "Aviation"): "Leisure > Aviation",
    ("Games & Hobbies", "Hobbies"): "Leisure > Hobbies",
    ("Games & Hobbies", "Other Games"): "Leisure > Games",
    ("Games & Hobbies", "Video Games"): "Leisure > Video Games",
    ("Government & Organizations", ""): "Government",
    ("Government & Organizations", "Non-Profit"): "Business > Non-Profit",
    ("Health", ""): "Health & Fitness",
    ("Health", "Alternative Health"): "Health & Fitness > Alternative Health",
    ("Health", "Fitness & Nutrition"): "Health & Fitness > Fitness",
    ("Health", "Self-Help"): "Education > Self-Improvement",
    ("Health", "Sexuality"): "Health & Fitness > Sexuality",
    ("News & Politics", ""): "News > Politics",
    ("Science & Medicine", ""): "Science",
    ("Science & Medicine", "Medicine"): "Health & Fitness > Medicine",
    ("Science & Medicine", "Natural Sciences"): "Science > Natural Sciences",
    ("Science & Medicine", "Social Sciences"): "Science > Social Sciences",
    ("Society & Culture", "History"): "History",
    ("Sports & Recreation", ""): "Sports",
    ("Sports & Recreation", "Outdoor"): "Sports > Wilderness",
    ("Sports & Recreation", "Professional"): "Sports",
    ("Sports & Recreation", "College & High School"): "Sports",
    ("Technology", "Gadgets"): "Technology",
    ("Technology", "Podcasting"): "Technology",
    ("Technology", "Software How-To"): "Technology",
    ("Technology", "Tech News"): "News > Tech News",
}
_BY_LOWER = {
    (category.lower(), sub.lower()): category + (SEPARATOR + sub if sub else "")
    for category, subs in CATEGORIES.items()
    for sub in ("", *subs)
}
_FORMER_BY_LOWER = {(category.lower(), sub.lower()): name for (category, sub), name in _FORMER.items()}
_ROLE_BY_LOWER = {role.lower(): role for role in GROUP_OF_ROLE}
_COPYRIGHT = re.compile(
    r"©|\(c\)|℗|&copy;|\bcopyright\b|\ball rights reserved\b\.?|\b(?:19|20)\d\d(?:\s*[-–,/]\s*(?:(?:19|20)?\d\d))*\b",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"([A-Za-z]{2})((?:[-_][A-Za-z0-9]{2,8})*)")


def categories_of(written: tuple[tuple[str, str], ...]) -> tuple[list[str], list[str]]:
    """Our names of the feed's categories, first one first, and those that Apple's list does not know."""
    known: list[str] = []
    unknown: list[str] = []
    for category, sub in written:
        key = (" ".join(category.split()).lower(), " ".join(sub.split()).lower())
        name = _BY_LOWER.get(key) or _FORMER_BY_LOWER.get(key)
        if name is None:
            unknown.append(f"{category} > {sub}" if sub else category)
            top = (key[0], "")
            name = _BY_LOWER.get(top) or _FORMER_BY_LOWER.get(top)
        if name is not None and name not in known:
            known.append(name)
    return known, unknown


def role_of(role: str, group: str) -> str | None:
    """The taxonomy's role, without regard to case; None for one it does not have."""
    wanted = " ".join(role.replace("_", " ").split()).lower()
    if wanted == "editor" and group.strip().lower().startswith("audio"):
        return "Audio Editor"
    return _ROLE_BY_LOWER.get(wanted) or _ROLE_BY_LOWER.get(wanted.replace("cohost", "co-host"))


def language_of(written: str) -> str | None:
    """The language's code as we keep it ("en", "en-US"); None when there is none to be read."""
    found = _LANGUAGE.fullmatch(written.strip())
    return found[1].lower() + found[2].replace("_", "-") if found else None


def holder_of(copyright_line: str) -> str:
    """The holder alone: without the sign, the word and the years."""
    return " ".join(_COPYRIGHT.sub(" ", copyright_line).split()).strip(" ,.;:-–|")


def guid_of(written: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(written.strip())
    except ValueError:
        return None


def title_of(written: str, summary: str) -> str:
    """One line of at most 255 characters; an untitled item is called by its first words."""
    title = " ".join(plain_text(written).split()) or cut_at_word(" ".join(summary.split()), 80) or "Untitled"
    return title if len(title) <= 255 else title[:254].rstrip() + "…"


def texts_of(description_html: str, content_html: str, summary: str) -> tuple[str, str]:
    """Summary (plain) and show notes (Markdown) of an item, without saying everything twice.

    Feeds give a short text and a long one, or one of them; a long text alone gives its beginning as the summary.
    """
    long_html = content_html or description_html or _as_html(summary)
    short = plain_text(description_html) or plain_text(_as_html(summary))
    long_words = " ".join(plain_text(long_html).split())
    short_words = " ".join(short.split())
    if content_html and short_words and not long_words.startswith(short_words[:200]):
        return cut_at_word(short, MOST_SUMMARY_BYTES), to_markdown(long_html)
    if len(short_words) <= LONG_SUMMARY and len(long_words) <= len(short_words) and "<a" not in clean_html(long_html):
        return short, ""
    beginning = short if 0 < len(short_words) <= LONG_SUMMARY else _beginning(short or plain_text(long_html))
    return beginning, to_markdown(long_html)


def _as_html(text: str) -> str:
    """itunes:summary is plain by its name, though some hosts put HTML there."""
    return text if re.search(r"<[a-zA-Z/]", text) else text.replace("&", "&amp;").replace("<", "&lt;")


def _beginning(text: str) -> str:
    """The first sentences, up to about 300 characters."""
    words = " ".join(text.split())
    found = re.match(r".{80,320}?[.!?…](?=\s)", words)
    return found[0] if found else cut_at_word(words, 300)
