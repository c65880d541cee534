"""Search over everything said and written, from a listener's side."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import (
    in_one_hour,
    make_appearance,
    make_draft,
    make_episode,
    make_show,
    make_speaker,
    make_topic,
)
from transcripts.ingest import ingest_transcript
from transcripts.models import Transcript, VoiceLabel
from transcripts.search.query import search
from transcripts.search.results import SearchQuery
from transcripts.search.vocabulary import learn_all_words

TALK = b"""Ann Lee  0:05
Welcome to the talk. This work is done through mutual respect and partnership. It notices every person.

Bo Ek  0:40
Partnership needs trust. Caf\xc3\xa9 workers know it.
"""


@pytest.fixture
def episode(show):
    episode = make_episode(
        show, title="Working together", summary="About kindness.", show_notes="Read *more* on burnout."
    )
    make_appearance(episode, make_speaker(name="Ann Lee", slug="ann-lee"))
    make_appearance(episode, make_speaker(name="Bo Ek", slug="bo-ek"))
    ingest_transcript(episode, TALK)
    learn_all_words()
    return episode


def ask(text, **over):
    return search(SearchQuery(text, **over))


def found(results):
    return [hit.slug for hit in results.hits]


def test_a_phrase_opens_the_episode_at_its_sentence(episode):
    results = ask('"respect and partnership"')

    passage = results.hits[0].passages[0]
    assert (results.total, results.hits[0].title, results.hits[0].more_passages) == (1, "Working together", 0)
    assert (passage.anchor, passage.start_seconds, passage.speaker_name) == ("s1", passage.start_ms // 1000, "Ann Lee")
    assert passage.text == "This work is done through mutual respect and partnership."
    assert [text for text, is_match in passage.marked if is_match] == ["respect", "partnership"]
    assert (passage.before, passage.after) == ("Welcome to the talk.", "It notices every person.")


@pytest.mark.parametrize(
    "text",
    [
        "cafe worker",
        "CAFÉ WORKERS",
        "partnership",
        "trust partnership",
        "trust OR nothing",
        "partnership -money",
        "ann lee",
        "kindness",
        "burnout",
    ],
)
def test_words_are_found_wherever_they_stand_without_case_accents_or_endings(episode, text):
    assert found(ask(text)) == [episode.slug]


@pytest.mark.parametrize("text", ["money", "partnership -trust", '"partnership and respect"', "trust money"])
def test_what_is_not_there_is_not_found(episode, text):
    assert found(ask(text)) == []


def test_words_that_stand_in_different_sentences_show_a_sentence_for_each(episode):
    assert [p.position for p in ask("mutual café").hits[0].passages] == [1, 4]


def test_an_excluded_word_is_not_marked_or_shown(episode):
    assert [p.position for p in ask("mutual -money").hits[0].passages] == [1]


def test_at_most_three_passages_are_shown_and_the_rest_counted(show):
    ingest_transcript(make_episode(show), b"Trust. " * 9)

    hit = ask("trust").hits[0]

    assert (len(hit.passages), hit.passages_in_all, hit.more_passages) == (3, 9, 6)


def test_words_in_title_and_notes_are_marked_there(episode):
    hit = ask("together burnout").hits[0]

    assert [text for text, is_match in hit.title_marked if is_match] == ["together"]
    assert [text for text, is_match in hit.about if is_match] == ["burnout"]
    assert "*" not in "".join(text for text, _ in hit.about)


def test_a_piece_of_the_notes_has_dots_where_they_go_on(show):
    words = "Nothing to be seen here at all. " * 12
    make_episode(show, title="Whole", slug="whole", summary="Only about gardens.", show_notes="")
    make_episode(show, title="Cut", slug="cut", summary=f"{words}Only about gardens. {words}", show_notes="")

    found = {hit.title: "".join(text for text, _ in hit.about) for hit in ask("gardens").hits}

    assert found["Whole"] == "Only about gardens."
    assert found["Cut"].startswith("… ")
    assert found["Cut"].endswith(" …")
    assert "gardens" in found["Cut"]


def test_people_and_topics_are_found_by_name(episode):
    episode.topics.add(make_topic(name="Éléments of trust", slug="elements"))

    results = ask("elements")

    assert [(hit.name, hit.slug) for hit in results.topics] == [("Éléments of trust", "elements")]
    assert [hit.slug for hit in ask("bo").people] == ["bo-ek"]


def test_a_misspelt_word_gets_a_suggestion_that_finds_something(episode):
    assert (ask("partnersip trust").total, ask("partnersip trust").suggestion) == (0, "partnership trust")


def test_nonsense_gets_no_suggestion(episode):
    assert ask("xqzxqzxqz").suggestion == ""


@pytest.mark.parametrize("state", ["draft", "scheduled", "hidden transcript", "deleted"])
def test_what_is_not_public_is_neither_found_nor_suggested(show, state):
    episode = make_draft(show) if state == "draft" else make_episode(show)
    ingest_transcript(episode, b"The unmistakable words.\n")
    learn_all_words()
    if state == "scheduled":
        episode.published_at = in_one_hour()
    if state == "deleted":
        episode.deleted_at = episode.created_at
    episode.save()
    if state == "hidden transcript":
        Transcript.objects.update(state="hidden")

    results = ask("unmistakable"), ask('"unmistakable words"'), ask("unmistakeable")

    assert [(r.total, r.hits, r.suggestion) for r in results] == [(0, (), "")] * 3


def test_a_hidden_speaker_is_gone_from_search_at_once(episode):
    speaker = episode.appearances.first().speaker
    speaker.hidden = True
    speaker.save()

    assert found(ask("ann lee")) == []
    assert ask("ann").people == ()
    assert found(ask("mutual", speaker_slug="ann-lee")) == []
    for label in (speaker.name, "Speaker 1"):
        VoiceLabel.objects.filter(speaker=speaker).update(label=label)
        passage = ask("mutual").hits[0].passages[0]
        assert (passage.speaker_name, passage.speaker_slug) == ("", "")


def test_filters_narrow_the_answer(episode, show):
    other = make_episode(make_show(slug="other"), title="Partnership")
    topic = make_topic(slug="trust")
    other.topics.add(topic)

    year = episode.published_at.year
    assert set(found(ask("partnership"))) == {episode.slug, other.slug}
    assert found(ask("partnership", show_slug="other")) == [other.slug]
    assert found(ask("partnership", topic_slug="trust")) == [other.slug]
    assert found(ask("partnership", year=year - 1)) == []
    assert set(found(ask("partnership", year=year))) == {episode.slug, other.slug}
    assert found(ask("partnership", year=99_999)) == []


def test_the_speaker_filter_finds_only_what_that_person_says(episode):
    hit = ask("partnership", speaker_slug="bo-ek").hits[0]

    assert [passage.speaker_slug for passage in hit.passages] == ["bo-ek"]
    assert found(ask("mutual", speaker_slug="bo-ek")) == []


def test_a_word_in_the_title_goes_before_one_in_the_talk(show):
    titled = make_episode(show, title="On burnout among those who care for others, and what may help against it")
    spoken = make_episode(show, title="Other")
    ingest_transcript(spoken, b"Burnout is what burnout does. Burnout, then. Burnout and burnout again.\n")

    assert found(ask("burnout")) == [titled.slug, spoken.slug]


def test_a_phrase_that_is_said_often_goes_before_one_that_is_said_once(show):
    often, once = (make_episode(show, slug=slug) for slug in ("often", "once"))
    ingest_transcript(often, b"Mutual respect matters. It is mutual respect. Always mutual respect.\n")
    ingest_transcript(once, b"Mutual respect is new to me.\n")

    assert found(ask('"mutual respect"')) == ["often", "once"]


def test_a_phrase_in_the_title_goes_before_one_that_is_said_often(show):
    titled = make_episode(show, title="Mutual respect")
    said = make_episode(show, slug="said")
    ingest_transcript(said, b"Mutual respect matters. It is mutual respect. Always mutual respect.\n" * 3)

    assert found(ask('"mutual respect"')) == [titled.slug, "said"]


def test_answers_come_by_pages_of_ten_newest_first(show):
    for n in range(12):
        make_episode(show, title="Morning", slug=f"morning-{n}")

    first, second, beyond = ask("morning"), ask("morning", page=2), ask("morning", page=5)

    assert (first.total, first.pages, found(first)[0], len(first.hits)) == (12, 2, "morning-11", 10)
    assert (found(second), beyond.hits, beyond.total) == (["morning-1", "morning-0"], (), 12)


def test_each_language_is_searched_by_its_own_rules(show):
    swedish = make_episode(make_show(language="sv"))
    ingest_transcript(swedish, "Sjuksköterskorna arbetade tillsammans.\n".encode(), language="sv")
    ingest_transcript(make_episode(show), b"Nurses worked together.\n")

    assert found(ask("sjuksköterska arbeta")) == [swedish.slug]
    assert len(found(ask("working nurse"))) == 1


def test_only_common_words_say_so(episode):
    assert ask("the of").only_common_words is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "a\x00b",
        "&",
        "'",
        "''",
        '"',
        '"""',
        "!",
        "! & |",
        "(((",
        "<->",
        "a:*",
        "OR",
        "-",
        "--",
        "- -a",
        "OR OR",
        "x" * 10_000,
        "word " * 2_000,
        "é" * 10_000,
        "\ud800",
        "日本語",
        "%",
        "%s",
        "\\",
        "$$",
        "a" * 59 + "㎢" * 250,
        "a & b | !c <-> d",
        "'; DROP TABLE x; --",
    ],
)
def test_no_question_fails(episode, text):
    assert ask(text).total >= 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(text=st.text(max_size=80) | st.text(alphabet="trust \"'-|&!()<>:*\\OR", max_size=40))
def test_no_question_fails_whatever_is_typed(episode, text):
    results = ask(text)

    assert results.total >= len(results.hits)


def test_an_answer_takes_the_same_number_of_queries_with_one_hit_and_with_three(show, django_assert_max_num_queries):
    for _ in range(3):
        ingest_transcript(make_episode(show, title="Trust"), TALK)

    with django_assert_max_num_queries(10):
        ask("trust")


def test_a_word_of_ligatures_that_grows_without_them_is_learnt_cut_short(show):
    ingest_transcript(make_episode(show), f"Hello {'æ' * 40} there.\n".encode())

    assert learn_all_words() == 3
