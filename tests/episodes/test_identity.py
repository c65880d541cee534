import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.identity import (
    LONGEST_SLUG,
    SlugError,
    check_slug,
    podcast_guid,
    propose_slug,
)


@pytest.mark.parametrize(
    ("url", "guid"),
    [
        ("https://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("http://podnews.net/rss//", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
    ],
)
def test_a_podcast_guid_is_the_one_the_specification_computes(url, guid):
    assert podcast_guid(url) == guid


def test_case_and_query_of_a_feed_url_change_its_guid():
    guids = {podcast_guid(u) for u in ("https://a.org/Feed", "https://a.org/feed", "https://a.org/feed?x=1")}

    assert len(guids) == 3


@pytest.mark.parametrize("slug", ["e00-paul-on-coproduction", "a", "2024", "x" * LONGEST_SLUG])
def test_a_plain_slug_is_accepted(slug):
    check_slug(slug)


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "A",
        "a_b",
        "a--b",
        "-a",
        "a-",
        "a b",
        "a/b",
        "feed.xml",
        "é",
        "a\n",
        ".well-known",
        "..",
        "a\x00",
    ],
)
def test_a_slug_that_cannot_stand_in_an_address_is_refused_with_a_proposal(slug):
    with pytest.raises(SlugError, match=r"cannot stand in an address.* such as"):
        check_slug(slug)


@pytest.mark.parametrize(
    "slug", ["episodes", "follow", "about", "search", "speakers", "topics", "admin", "audio", "static", "feed"]
)
def test_a_word_the_site_needs_is_refused(slug):
    with pytest.raises(SlugError, match="needs for itself"):
        check_slug(slug)


def test_a_slug_longer_than_its_column_is_refused():
    with pytest.raises(SlugError, match="121 letters"):
        check_slug("x" * 121)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("E00 – Paul on Coproduction", "e00-paul-on-coproduction"),
        ("Ärzte & Pflege: Größe", "arzte-and-pflege-grosse"),
        ("Don't look away", "dont-look-away"),
        ("健康", "untitled"),
        ("", "untitled"),
        ("Search", "search-2"),
    ],
)
def test_a_title_gives_a_readable_slug(title, slug):
    assert propose_slug(title, fallback="untitled") == slug


def test_a_taken_slug_is_counted_on():
    assert propose_slug("Trust", {"trust", "trust-2"}) == "trust-3"


@given(st.text(max_size=200))
def test_every_title_gives_a_valid_slug(title):
    check_slug(propose_slug(title, fallback="chapter"))
