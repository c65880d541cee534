"""Search, corrections, moments, and how the words are laid out for reading."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from episodes.models import Episode
from publishing.pages.turns import MOST_SENTENCES, lay_out
from tests.factories import make_appearance, make_episode, make_season, make_speaker
from tests.publishing.reading_pages import give_words, select, texts
from transcripts.models import Correction, SearchMiss
from transcripts.queries import SentenceView, TurnView


def spoken(count: int, *, name: str = "Ann", first: int = 0, paragraphs: int = 1) -> TurnView:
    """A turn of sentences, one each second."""
    sentences = [SentenceView(n, f"Sentence {n}.", n * 1000, n * 1000 + 900, "ok") for n in range(first, first + count)]
    size = -(-count // paragraphs)
    parts = tuple(tuple(sentences[at : at + size]) for at in range(0, count, size))
    return TurnView(name, None, "", first * 1000, parts)


def positions(laid) -> list:
    return [
        (chapter.title, [[[one.position for one in p.sentences] for p in turn.paragraphs] for turn in chapter.turns])
        for chapter in laid
    ]


def test_a_long_paragraph_is_cut_into_equal_ones():
    [(_, [paragraphs])] = positions(lay_out([spoken(2 * MOST_SENTENCES + 1)]))

    assert [len(paragraph) for paragraph in paragraphs] == [4, 4, 5]


def test_a_chapter_begins_inside_a_turn_and_the_name_is_not_said_twice():
    laid = lay_out([spoken(6)], [(0, "One"), (4_100, "Two")])

    assert positions(laid) == [("One", [[[0, 1, 2, 3]]]), ("Two", [[[4, 5]]])]
    assert laid[0].turns[0].continues is False
    assert laid[1].turns[0].continues is True


def test_a_chapter_set_a_little_into_a_paragraph_takes_the_whole_of_it():
    laid = lay_out([spoken(6, paragraphs=2)], [(4_900, "Two")])

    assert positions(laid) == [("", [[[0, 1, 2]]]), ("Two", [[[3, 4, 5]]])]


def test_no_sentence_is_lost_whatever_the_chapters():
    turns = [spoken(7), spoken(5, name="Bo", first=7), spoken(1, first=12)]

    laid = lay_out(turns, [(0, "a"), (0, "b"), (6_500, "c"), (99_000, "never")])

    seen = [one for _, turns in positions(laid) for turn in turns for paragraph in turn for one in paragraph]
    assert seen == list(range(13))
    assert [chapter.title for chapter in laid] == ["b", "c"]


@pytest.mark.django_db
def test_a_search_hit_opens_and_plays_at_its_moment(client, show):
    episode = make_episode(show, title="Maps")
    give_words(episode)

    page = client.get("/search/?q=trust")
    answer = json.loads(client.get("/search.json?q=trust").content)

    [chip] = select(page, ".passage .time-chip")
    [play] = select(page, ".play-here")
    assert chip.get("href") == f"{episode.get_absolute_url()}?t=4&q=trust#s2"
    assert play.get("data-start-ms") == "4000"
    assert texts(page, ".passage mark") == ["Trust"]
    assert texts(page, '[role="status"]')[0] == "1 episode for “trust”"
    assert answer["episodes"][0]["passages"][0]["url"] == f"{episode.get_absolute_url()}?t=4&q=trust#s2"


@pytest.mark.django_db
def test_a_page_of_hits_asks_the_same_of_the_database_however_many(client, show):
    asked = []
    for _ in range(3):
        give_words(make_episode(show, season=make_season(show), number=1))
        with CaptureQueriesContext(connection) as queries:
            client.get("/search/?q=trust")
        asked.append(len(queries))

    assert asked[2] == asked[0]


@pytest.mark.django_db
def test_a_search_that_finds_nothing_offers_a_way_on_and_is_counted(client, show):
    make_episode(show, title="Latest one")

    page = client.get("/search/?q=zyzzyva")

    assert "Latest one" in page.content.decode()
    assert SearchMiss.objects.get().query == "zyzzyva"


@pytest.mark.django_db
def test_a_speaker_page_lists_every_moment_they_speak(client, show):
    speaker = make_speaker(name="Bo Dahl", slug="bo-dahl")
    episode = make_episode(show)
    make_appearance(episode, speaker)
    give_words(episode)

    page = client.get(speaker.get_absolute_url())

    assert texts(page, ".moment-text") == ["0:04 Trust comes first, says the map."]
    assert select(page, ".moment .time-chip")[0].get("href") == f"{episode.get_absolute_url()}?t=4#s2"


@pytest.fixture
def words_of(show):
    episode = make_episode(show)
    give_words(episode)
    return episode


@pytest.mark.django_db
def test_a_correction_is_taken_without_an_account(client, words_of):
    path = f"{words_of.get_absolute_url()}correct/"
    form = client.get(f"{path}?t=5")
    sent = {field.get("name"): field.get("value") for field in select(form, "form input") if field.get("name")}

    answer = client.post(path, {**sent, "website": "", "suggestion": "Trust comes last, says the map."})

    correction = Correction.objects.get()
    assert (correction.position, correction.suggestion) == (2, "Trust comes last, says the map.")
    assert answer["Location"] == f"{path}?s=2&sent=yes"
    assert "Thank you" in client.get(answer["Location"]).content.decode()
    assert not answer.cookies


@pytest.mark.django_db
def test_a_robot_is_thanked_and_not_heard(client, words_of):
    path = f"{words_of.get_absolute_url()}correct/"

    answer = client.post(path, {"position": "2", "original": "x", "suggestion": "y", "website": "http://spam"})

    assert answer.status_code == 302
    assert not Correction.objects.exists()


@pytest.mark.django_db
def test_a_correction_that_cannot_be_taken_says_why_and_keeps_what_was_typed(client, words_of):
    path = f"{words_of.get_absolute_url()}correct/"

    answer = client.post(path, {"position": "2", "original": "Something else.", "suggestion": "My words"})

    assert answer.status_code == 422
    assert "has just been changed" in texts(answer, '[role="alert"]')[0]
    assert select(answer, "textarea")[0].text == "My words"


@pytest.mark.django_db
@pytest.mark.parametrize("sent", [{}, {"position": "x"}, {"position": "99999"}, {"position": "2" * 50}])
def test_a_correction_of_nothing_is_not_there(client, words_of, sent):
    assert client.post(f"{words_of.get_absolute_url()}correct/", sent).status_code == 404


@pytest.mark.django_db
def test_transcript_files_are_those_of_the_words(client, words_of):
    own = words_of.get_absolute_url()

    answers = {ext: client.get(f"{own}transcript.{ext}") for ext in ("vtt", "srt", "txt", "json", "html")}

    assert {ext: answer["Content-Type"].split(";")[0] for ext, answer in answers.items()} == {
        "vtt": "text/vtt",
        "srt": "application/x-subrip",
        "txt": "text/plain",
        "json": "application/json",
        "html": "text/html",
    }
    assert all(b"Trust" in answer.content for answer in answers.values())
    assert {answer["Access-Control-Allow-Origin"] for answer in answers.values()} == {"*"}
    assert client.get(f"{own}transcript.exe").status_code == 404


@pytest.mark.django_db
def test_a_second_language_is_had_by_name(client, words_of):
    give_words(words_of, "WEBVTT\n\n00:01.000 --> 00:02.000\nVård är en tjänst.\n", language="sv")

    swedish = client.get(f"{words_of.get_absolute_url()}transcript.txt?lang=sv")

    assert "Vård är en tjänst." in swedish.content.decode()
    assert "Trust" in client.get(f"{words_of.get_absolute_url()}transcript.txt").content.decode()
    assert client.get(f"{words_of.get_absolute_url()}transcript.txt?lang=fi").status_code == 404
    assert Episode.objects.count() == 1


@pytest.mark.django_db
def test_the_page_has_its_words_in_each_language_with_links_between(client, words_of):
    give_words(words_of, "WEBVTT\n\n00:01.000 --> 00:02.000\nVård är en tjänst.\n", language="sv")
    own = words_of.get_absolute_url()

    first, swedish, finnish = (client.get(f"{own}{asked}") for asked in ("", "?lang=sv", "?lang=fi"))

    assert [link.get("href") for link in select(first, ".words-languages a")] == [
        "?lang=en#transcript",
        "?lang=sv#transcript",
    ]
    assert texts(first, ".words-languages a") == ["English", "Svenska"]
    assert [texts(page, ".words-languages a[aria-current]") for page in (first, swedish)] == [["English"], ["Svenska"]]
    assert select(swedish, ".words")[0].get("lang") == "sv"
    assert texts(swedish, ".said span") == ["Vård är en tjänst."]
    assert select(swedish, ".said .clock")[0].get("href") == f"{own}?lang=sv&t=1#s0"
    assert f"{own}transcript.vtt?lang=sv" in [link.get("href") for link in select(swedish, ".words-files a")]
    assert select(swedish, 'link[rel="canonical"]')[0].get("href") == f"http://testserver{own}"
    assert texts(finnish, ".said span") == texts(first, ".said span")
    assert select(first, ".said .clock")[0].get("href").startswith(f"{own}?t=")


@pytest.mark.django_db
def test_the_printed_page_and_a_correction_speak_of_the_words_that_were_read(client, words_of):
    give_words(words_of, "WEBVTT\n\n00:01.000 --> 00:02.000\nVård är en tjänst.\n", language="sv")
    own = words_of.get_absolute_url()

    printed = client.get(f"{own}transcript/?lang=sv")
    form = client.get(f"{own}correct/?s=0&lang=sv")
    client.post(
        f"{own}correct/",
        {"position": 0, "original": "Vård är en tjänst.", "suggestion": "Vård är en tjänst!", "lang": "sv"},
    )

    assert texts(printed, ".said span") == ["Vård är en tjänst."]
    assert select(form, "input[name='lang']")[0].get("value") == "sv"
    assert Correction.objects.get().transcript.language == "sv"


@pytest.mark.django_db
def test_one_language_needs_no_choice(client, words_of):
    assert select(client.get(words_of.get_absolute_url()), ".words-languages") == []
