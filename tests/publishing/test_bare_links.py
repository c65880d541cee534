"""Links that are their own address are marked; all other HTML stays as it is."""

import pytest

from episodes.shownotes import to_html
from publishing.pages.bare_links import mark_bare_links


@pytest.mark.parametrize(
    "markdown",
    [
        "See https://example.org/a_(b)?x=1&y=2.",
        "See <https://example.org/>.",
        "See [example.org/paper](https://example.org/paper/).",
        "See https://example.org/vård.",
    ],
)
def test_a_link_that_shows_its_address_is_marked(markdown):
    assert ' class="bare">' in mark_bare_links(to_html(markdown))


@pytest.mark.parametrize("markdown", ["", "No link, 1 < 2 & 3.", "Read [the paper](https://example.org/paper)."])
def test_other_notes_stay_letter_by_letter(markdown):
    assert mark_bare_links(to_html(markdown)) == to_html(markdown)


def test_around_a_marked_link_every_word_and_tag_stays():
    markdown = "# Head\n\n> a **b** <script>\n\n- https://example.org\n- [c](https://example.org/c \"d & 'e'\")"

    marked = mark_bare_links(to_html(markdown))

    assert marked.replace(' class="bare"', "") == to_html(markdown)
