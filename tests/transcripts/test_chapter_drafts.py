from itertools import pairwise

import pytest

from episodes.chapters import format_lines, parse_lines
from episodes.desk import proposed_chapters
from episodes.models import Episode
from tests.episodes.desk_browser import change_url
from tests.factories import make_draft
from tests.kept_site import EXAMPLE
from transcripts.chapter_drafts import draft_chapters


@pytest.fixture
def e00(db):
    EXAMPLE.put()
    return Episode.objects.get()


def test_drafts_begin_at_the_paragraphs_of_the_transcript(e00):
    marks = draft_chapters(e00)

    assert marks[0].start_ms == 0
    assert marks[0].title == "Hi, I'm Paul Batalden"
    assert 6 <= len(marks) <= 11
    assert all(later.start_ms - earlier.start_ms >= 60_000 for earlier, later in pairwise(marks))
    assert all(len(mark.title) <= 61 for mark in marks)


def test_drafts_are_lines_the_form_takes(e00):
    marks = draft_chapters(e00)

    assert parse_lines(format_lines(marks), e00.duration_ms) == marks


def test_the_desk_offers_them_with_and_without_scripts(e00, admin_client):
    url = change_url(e00).replace("change", "propose")

    lines = admin_client.get(url, headers={"Accept": "application/json"}).json()["lines"]
    page = admin_client.get(url).content.decode()

    assert lines == format_lines(proposed_chapters(e00))
    assert "0:00 Hi, I&#x27;m Paul Batalden" in page


def test_an_episode_without_words_gets_no_drafts(show):
    assert draft_chapters(make_draft(show)) == []
