"""A form filled with an item's values says what an element made for them says, and nothing of the item before."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from episodes.plaintext import storable
from publishing.rss.extensions import rfc2822
from publishing.rss.feed import addresses_of, build
from publishing.rss.forms import Form, ListForm, add, inner_bytes, parent_element, write
from publishing.rss.item import item_bytes
from publishing.rss.notes import notes_html
from publishing.rss.rows import read_channel, read_items
from publishing.rss.stationery import Stationery
from tests.factories import make_appearance, make_chapter, make_episode, make_speaker
from tests.publishing.full_show import make_full_episode, make_full_show

NAMES = (
    "title",
    "podcast:person",
    "@role",
    "@href",
    "psc:chapters",
    "/psc:chapter",
    "@start",
    "/psc:chapter",
    "@start",
)
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=30).map(storable)
ROWS = st.lists(st.dictionaries(st.sampled_from(["start", "title", "href"]), ANY_TEXT, max_size=3), max_size=6)


def written(tags):
    parent = parent_element("item")
    write(parent, tags)
    return inner_bytes(parent)


def tagged(values):
    return [part for pair in zip(NAMES, values, strict=True) for part in pair]


def form_of(names):
    parent = parent_element("item")
    write(parent, [part for name in names for part in (name, "-")])
    return Form(parent)


@given(st.lists(st.lists(ANY_TEXT, min_size=len(NAMES), max_size=len(NAMES)), min_size=1, max_size=4))
def test_a_form_filled_again_says_what_new_elements_say(items):
    form = form_of(NAMES)

    filled = [form.filled(values) for values in items]

    assert form.names == NAMES
    assert filled == [written(tagged(values)) for values in items]


@given(st.lists(ROWS, min_size=1, max_size=5))
def test_a_list_of_any_length_says_its_own_rows_only(lists):
    form = ListForm("psc:chapters", "psc:chapter", version="1.2")

    filled = [form.filled(rows) for rows in lists]

    def alone(rows):
        tags = ["psc:chapters", "", "@version", "1.2"]
        for row in rows:
            add(tags, "/psc:chapter")
            tags += [part for name, value in row.items() for part in (f"@{name}", value)]
        return written(tags)

    assert filled == [alone(rows) for rows in lists]


@pytest.mark.parametrize("bad", ["\x00", "\x0b", "\ufffe", "\ud800"], ids=ascii)
def test_a_value_that_xml_cannot_hold_is_refused_and_leaves_nothing_behind(bad):
    form = form_of(("title", "link", "@href"))

    with pytest.raises(ValueError):
        form.filled(["One", f"a{bad}", "b"])

    assert form.filled(["Two", "", "c"]) == written(["title", "Two", "link", "", "@href", "c"])


@pytest.mark.django_db
def test_an_item_has_the_same_bytes_whatever_was_written_before_it():
    show = make_full_show()
    make_full_episode(show)
    make_episode(show, slug="bare", summary="", show_notes="", number=None)
    for number in range(3):
        episode = make_episode(show, slug=f"with-{number}", show_notes=f"Of *{number}* ]]>", number=number)
        make_appearance(episode, make_speaker(name=f"Ann & {number}"), role="Guest")
        for place in range(number):
            make_chapter(episode, place * 1000, title=f"<{place}>", link="https://example.org/?a&b" * (place == number))
    now = timezone.now()
    channel = read_channel(show.pk, now)
    addresses = addresses_of(show.slug)

    together = {item.id: item.content for item in build(show.pk, 1, 1, now).items}

    for row in read_items(show.pk, now):
        html = notes_html(row.item.show_notes).replace("]]>", "]]&gt;")
        assert item_bytes(row.item, html, Stationery(channel.hosts, addresses)) == together[row.id]
    assert len(together) == 5


@given(st.integers(-(10**10), 10**11))
def test_a_date_is_written_as_the_standard_library_writes_it(seconds):
    assert rfc2822(seconds) == format_datetime(datetime.fromtimestamp(seconds, UTC))
