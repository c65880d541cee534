"""What other programs are told about a page: structured data, previews, players, citations, maps, fixed files."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import pytest
from lxml import etree, html
from PIL import Image

from downloads.delivery.patience import breaker
from episodes.models import EpisodeLink
from publishing.pages.citations import Cited, apa, bibtex, ris, split_name, vancouver
from publishing.pages.share_image import draw_share_image
from tests.factories import make_appearance, make_chapter, make_episode, make_show, make_speaker
from tests.publishing.reading_pages import give_words, nodes, select

pytestmark = pytest.mark.django_db
SCHEMA = "http://schema.org/"


def value(node: dict, name: str):
    [found] = node[SCHEMA + name]
    return found.get("@value", found.get("@id"))


def test_the_episode_tells_machines_what_it_is(client, show):
    episode = make_episode(show, title="On trust", number=7, duration_ms=754_000)
    make_appearance(episode, make_speaker(name="Ann Bell", slug="ann", orcid="0000-0002-1825-0097"))
    make_chapter(episode, 0, title="Welcome")
    make_chapter(episode, 60_000, title="The map")
    EpisodeLink.objects.create(episode=episode, title="A paper", url="https://example.org/paper")
    give_words(episode)
    page = client.get(episode.get_absolute_url())

    [node] = nodes(page, "PodcastEpisode")
    [audio] = node[f"{SCHEMA}associatedMedia"]
    [person] = node[f"{SCHEMA}actor"]
    clips = node[f"{SCHEMA}hasPart"]

    assert value(node, "name") == "On trust"
    assert value(node, "duration") == "PT12M34S"
    assert value(node, "episodeNumber") == 7
    assert datetime.fromisoformat(value(node, "datePublished")) == episode.published_at
    assert value(audio, "contentUrl") == f"http://testserver{episode.get_enclosure_url()}"
    assert value(audio, "contentSize") == str(episode.audio_bytes)
    assert value(audio, "transcript") == f"http://testserver{episode.get_absolute_url()}transcript.txt"
    assert value(person, "sameAs") == "https://orcid.org/0000-0002-1825-0097"
    assert [(value(clip, "startOffset"), value(clip, "endOffset")) for clip in clips] == [(0, 60), (60, 754)]
    assert [value(series, "name") for series in nodes(page, "PodcastSeries") if f"{SCHEMA}name" in series] == [
        show.title
    ]
    assert len(nodes(page, "BreadcrumbList")) == 1


def test_clips_lead_to_their_moment_and_the_way_up_is_told(client, show):
    episode = make_episode(show, title="On trust", duration_ms=600_000)
    make_chapter(episode, 0, title="Welcome")
    make_chapter(episode, 90_500, title="The map")
    own = f"http://testserver{episode.get_absolute_url()}"
    page = client.get(episode.get_absolute_url())

    [node] = nodes(page, "PodcastEpisode")
    [crumbs] = nodes(page, "BreadcrumbList")

    assert [(value(clip, "name"), value(clip, "url")) for clip in node[f"{SCHEMA}hasPart"]] == [
        ("Welcome", f"{own}?t=0"),
        ("The map", f"{own}?t=90"),
    ]
    assert [
        (value(step, "position"), value(step, "name"), value(step, "item"))
        for step in crumbs[f"{SCHEMA}itemListElement"]
    ] == [(1, show.title, f"http://testserver{show.get_absolute_url()}"), (2, "On trust", own)]


def test_show_and_person_tell_machines_what_they_are(client, show):
    episode = make_episode(show)
    speaker = make_speaker(name="Ann Bell", website="https://example.org/ann")
    make_appearance(episode, speaker)

    [series] = nodes(client.get("/"), "PodcastSeries")
    [person] = nodes(client.get(speaker.get_absolute_url()), "Person")

    assert value(series, "webFeed") == f"http://testserver{show.get_feed_url()}"
    assert value(person, "name") == "Ann Bell"
    assert value(person, "sameAs") == "https://example.org/ann"


def test_the_page_has_what_link_previews_read(client, show):
    episode = make_episode(show, title="On trust", summary="Two\nlines.")
    page = client.get(episode.get_absolute_url())

    found = {tag.get("property") or tag.get("name"): tag.get("content") for tag in select(page, "meta")}

    assert found["description"] == "Two lines."
    assert found["og:title"] == "On trust"
    assert found["og:image"] == f"http://testserver{episode.get_absolute_url()}share.jpg"
    assert found["og:audio"] == f"http://testserver{episode.get_enclosure_url()}"
    assert found["twitter:card"] == "player"
    assert found["twitter:player"] == f"http://testserver{episode.get_absolute_url()}embed/"
    assert found["twitter:image"] == found["og:image"]
    assert select(page, 'link[rel="canonical"]')[0].get("href") == f"http://testserver{episode.get_absolute_url()}"
    assert select(page, 'link[type="application/rss+xml"]')[0].get("href") == show.get_feed_url()


def test_a_page_without_a_sound_of_its_own_is_shared_as_a_picture(client, show):
    make_episode(show)

    for path in ("/", f"{show.get_absolute_url()}"):
        found = {tag.get("name"): tag.get("content") for tag in select(client.get(path), "meta")}
        assert found["twitter:card"] == "summary_large_image"
        assert "twitter:player" not in found


def test_the_share_image_is_a_jpeg_of_the_size_the_page_promises(client, show):
    episode = make_episode(show, title="A title so long that it must be set smaller, in several lines " * 4)

    answer = client.get(f"{episode.get_absolute_url()}share.jpg")

    assert answer["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert answer.content == client.get(f"{episode.get_absolute_url()}share.jpg").content


@pytest.mark.parametrize("title", ["", "W" * 400, "एक शीर्षक", "\u202e\U0001f399"])
def test_a_share_image_is_drawn_for_any_words_and_a_broken_cover(title, tmp_path):
    assert Image.open(io.BytesIO(draw_share_image(title, title, title, b"not a picture", tmp_path))).size == (1200, 630)


def test_oembed_gives_the_player_in_json_and_xml(client, show):
    episode = make_episode(show, title='"On" <trust> & more')
    url = quote(f"http://testserver{episode.get_absolute_url()}")

    as_json = json.loads(client.get(f"/oembed?url={url}&maxwidth=400").content)
    as_xml = etree.fromstring(client.get(f"/oembed?url={url}&format=xml&maxwidth=400").content)
    frame = html.fragment_fromstring(as_json["html"])

    assert {child.tag: child.text for child in as_xml} == {name: str(text) for name, text in as_json.items()}
    assert (as_json["type"], as_json["version"], as_json["width"]) == ("rich", "1.0", 400)
    assert as_json["title"] == episode.title
    assert frame.tag == "iframe"
    assert frame.get("src") == f"http://testserver{episode.get_absolute_url()}embed/"
    assert frame.get("title") == f"{episode.title} – {show.title}"


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/x/",
        "http://testserver/",
        "http://testserver/admin/",
        "javascript:1",
        "http://[",
        "//",
    ],
)
def test_oembed_speaks_for_episodes_of_this_site_only(client, show, url):
    assert client.get("/oembed", {"url": url}).status_code == 404


def test_oembed_knows_two_formats(client, show):
    assert client.get("/oembed?url=x&format=yaml").status_code == 501


def test_the_embed_player_starts_where_asked_in_the_colours_asked(client, show):
    episode = make_episode(show)

    page = client.get(f"{episode.get_absolute_url()}embed/?t=65&theme=dark")

    assert select(page, "audio")[0].get("src") == f"{episode.get_enclosure_url()}#t=65"
    assert select(page, "html")[0].get("data-theme") == "dark"
    assert select(page, "script") == []


def test_the_sitemap_lists_public_pages_with_their_last_change(client, show):
    episode = make_episode(show)

    urls = {
        found.findtext("{*}loc"): found.findtext("{*}lastmod")
        for found in etree.fromstring(client.get("/sitemap.xml").content).findall("{*}url")
    }

    assert urls[f"http://testserver{episode.get_absolute_url()}"] == episode.changed_at.date().isoformat()
    assert f"http://testserver/{show.slug}/episodes/" in urls


def test_fixed_files_name_the_site(client, show):
    make_show()
    robots = client.get("/robots.txt").content.decode()
    security = dict(
        line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().splitlines()
    )
    manifest = json.loads(client.get("/manifest.webmanifest").content)

    expires = datetime.fromisoformat(security["Expires"])

    assert "Sitemap: http://testserver/sitemap.xml" in robots
    assert "Disallow: /search/?\n" in robots
    assert "admin" not in robots
    assert timedelta(days=290) < expires - datetime.now(UTC) < timedelta(days=366)
    assert security["Contact"].startswith("http://testserver/")
    assert manifest["start_url"] == "/"


CITED = Cited(
    title="On trust",
    show="The Power of Coproduction",
    publisher="ICoHN",
    people=(("Paul B. Batalden", "Host"), ("Ludwig van Beethoven", "Guest")),
    published_on=date(2022, 6, 21),
    url="https://example.org/show/on-trust/?t=754",
    duration="11:38",
    number="7",
    moment="12:34",
)


def test_apa_names_people_with_their_roles_and_the_moment():
    assert apa(CITED) == (
        "Batalden, P. B. (Host), & van Beethoven, L. (Guest). (2022, June 21). On trust (No. 7) [Audio podcast "
        "episode] (12:34). In The Power of Coproduction. ICoHN. https://example.org/show/on-trust/?t=754"
    )


def test_vancouver_is_written_as_libraries_do():
    assert vancouver(CITED) == (
        "Batalden PB, host; van Beethoven L, guest. On trust [audio podcast episode]. The Power of Coproduction. "
        "ICoHN; 2022 Jun 21 [11:38]. At 12:34. Available from: https://example.org/show/on-trust/?t=754"
    )


def test_bibtex_escapes_what_tex_would_read():
    entry = bibtex(Cited("50 % {of} A_B & more", "S", "P", (), date(2022, 1, 2), "https://e.org/a_b"), "key{}2022")

    assert "@misc{key2022,\n" in entry
    assert r"title = {{50 \% \{of\} A\_B \& more}}" in entry
    assert "url = {https://e.org/a_b}" in entry


def test_ris_has_a_line_for_each_fact():
    assert ris(CITED).split("\r\n") == [
        "TY  - SOUND",
        "TI  - On trust",
        "T2  - The Power of Coproduction",
        "AU  - Batalden, Paul B.",
        "AU  - van Beethoven, Ludwig",
        "PB  - ICoHN",
        "PY  - 2022",
        "DA  - 2022/06/21",
        "M3  - Audio podcast episode",
        "LA  - en",
        "SP  - 12:34",
        "UR  - https://example.org/show/on-trust/?t=754",
        "ER  - ",
        "",
    ]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Paul Batalden", ("Paul", "Batalden")),
        ("Plato", ("", "Plato")),
        ("Ludwig van Beethoven", ("Ludwig", "van Beethoven")),
        ("María del Mar", ("María", "del Mar")),
        ("", ("", "")),
    ],
)
def test_a_name_is_split_into_given_and_family(name, parts):
    assert split_name(name) == parts


def test_a_citation_file_names_the_moment_asked_for(client, show):
    episode = make_episode(show, duration_ms=900_000)
    make_appearance(episode, make_speaker(name="Ann Bell"))

    answer = client.get(f"{episode.get_absolute_url()}cite.ris?t=754")

    assert answer["Content-Disposition"] == f'attachment; filename="{episode.slug}.ris"'
    assert "SP  - 12:34\r\n" in answer.content.decode()
    assert f"UR  - http://testserver{episode.get_absolute_url()}?t=754\r\n" in answer.content.decode()


def test_a_picture_for_sharing_needs_no_disk_and_takes_nothing_from_other_pages(client, show, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "a file"
    settings.VAR_DIR.write_text("and so no folder")
    episode = make_episode(show)

    answer = client.get(f"{episode.get_absolute_url()}share.jpg")

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert not breaker.is_open
    assert client.get(episode.get_absolute_url()).status_code == 200
