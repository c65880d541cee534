"""The pages in a second language, complete."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from episodes.preview import make_token, withdraw_links
from tests.factories import make_appearance, make_draft, make_episode, make_show, make_speaker
from tests.publishing.reading_pages import give_words, select, texts

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale" / "sv" / "LC_MESSAGES" / "django.po"


@pytest.mark.django_db
def test_a_swedish_show_speaks_swedish_all_round(client):
    show = make_show(language="sv", title="Kraften i samskapande")
    episode = make_episode(show, number=2, duration_ms=754_000)
    make_appearance(episode, make_speaker(), role="Host")
    give_words(episode, "WEBVTT\n\n00:01.000 --> 00:02.000\nVård är en tjänst.\n", language="sv")

    page = client.get(episode.get_absolute_url())

    assert select(page, "html")[0].get("lang") == "sv"
    assert {"Utskrift", "Personer"} <= set(texts(page, "h2"))
    assert texts(page, ".kicker") == ["Avsnitt 2"]
    assert "12 minuter 34 sekunder" in texts(page, "time")
    assert texts(page, ".people-side .muted") == ["Värd"]
    assert "Sök" in texts(page, ".nav a")


@pytest.mark.django_db
def test_a_show_in_a_language_the_interface_lacks_keeps_its_own_for_its_words(client):
    show = make_show(language="fi", title="Yhdessä")
    episode = make_episode(show)

    page = client.get(episode.get_absolute_url())

    assert select(page, "html")[0].get("lang") == "en"
    assert select(page, "article")[0].get("lang") == "fi"


@pytest.mark.django_db
def test_a_preview_that_has_ended_says_so_in_the_sites_language(client):
    draft = make_draft(make_show(language="sv"))
    url = reverse("publishing:preview", args=[make_token(draft)])
    withdraw_links(draft)

    page = client.get(url)

    assert texts(page, ".lead") == ["Länken till förhandsvisningen har dragits tillbaka. Be redaktionen om en ny."]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "heading"), [("en", "The form was not taken"), ("sv", "Formuläret togs inte emot")]
)
def test_a_form_whose_page_stood_open_too_long_is_told_so_in_our_words(language, heading):
    make_episode(make_show(language=language))
    stale = Client(enforce_csrf_checks=True)

    page = stale.post(reverse("account_login"), {"login": "ann", "password": "x"})

    assert page.status_code == 403
    assert texts(page, "h1") == [heading]


def entries() -> dict[str, str]:
    """msgid → everything after msgstr, of the catalogue as it stands in the repository."""
    found = {}
    for block in CATALOGUE.read_text(encoding="utf-8").split("\n\n")[1:]:
        msgid = re.search(r'^msgid ((?:".*"\n?)+)', block, re.MULTILINE)
        found["".join(re.findall(r'"(.*)"', msgid[1]))] = block[block.index("msgstr") :]
    return found


def test_every_phrase_of_the_pages_has_a_swedish_one():
    pattern = re.compile(r"""\{% translate (?:"([^"]+)"|'([^']+)')""")
    templates = [*(ROOT / "templates" / "publishing").glob("*.html"), *(ROOT / "templates").glob("*.html")]
    asked = {a or b for path in templates for a, b in pattern.findall(path.read_text(encoding="utf-8"))}

    known = entries()

    assert sorted(asked - set(known)) == []
    assert [msgid for msgid, text in known.items() if '""' in text.split("\n")[0] and text.count('"') < 3] == []


def test_the_compiled_catalogue_is_that_of_the_text():
    import gettext

    with CATALOGUE.with_suffix(".mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)

    simple = {
        msgid: text
        for msgid, text in entries().items()
        if "msgstr[" not in text and "%" not in msgid and "\\" not in msgid
    }
    different = [
        m for m, text in simple.items() if catalogue.gettext(m) != "".join(re.findall(r'"(.*)"', text)) and m != "Show"
    ]
    assert different == []


@pytest.mark.django_db
def test_a_show_that_is_read_from_right_to_left_turns_its_pages_round(client):
    hebrew, english = make_show(language="he", slug="kol"), make_show(language="en", slug="voice")
    there, here = make_episode(hebrew, title="אמון"), make_episode(english)
    give_words(there, "WEBVTT\n\n00:01.000 --> 00:02.000\nשלום.\n", language="he")
    give_words(here, "WEBVTT\n\n00:01.000 --> 00:02.000\nשלום.\n", language="ar-EG")

    turned, straight = client.get(there.get_absolute_url()), client.get(here.get_absolute_url())

    assert [select(page, "html")[0].get("dir") for page in (turned, straight)] == ["rtl", "ltr"]
    assert [select(page, ".words")[0].get("dir") for page in (turned, straight)] == ["rtl", "rtl"]
    assert select(client.get(f"{there.get_absolute_url()}embed/"), "html")[0].get("dir") == "rtl"
