"""Show notes of other hosts become Markdown that shows the same words, links and lists."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from episodes.shownotes import clean_html, plain_text, to_html
from publishing.importing.markdown import to_markdown
from publishing.rss.reader import read_feed

SAMPLES = Path(__file__).parent.parent / "samples" / "feeds"


def links_of(page: str) -> list[tuple[str, str]]:
    if not page.strip():
        return []
    return [
        (" ".join(a.text_content().split()), a.get("href"))
        for a in html.fragment_fromstring(page, create_parent="div").iter("a")
        if a.text_content().strip()
    ]


def words_of(page: str) -> str:
    return " ".join(plain_text(page).split())


@pytest.mark.parametrize(
    ("foreign", "markdown"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("One<br />Two", "One\nTwo"),
        ("line one\nline two", "line one\nline two"),
        ("<p>a <b>bold</b> and <em>soft</em> word</p>", "a **bold** and *soft* word"),
        ("<p><strong>Guest: </strong>Ann</p>", "Guest: Ann"),
        ('<a href="https://a.example/x_y">Site</a>', "[Site](<https://a.example/x_y>)"),
        ('<a href="https://a.example/">https://a.example/</a>', "<https://a.example/>"),
        ("<ul><li>A</li><li>B<ul><li>C</li></ul></li></ul>", "- A\n- B\n\n  - C"),
        ('<ol start="3"><li>A</li><li>B</li></ol>', "3. A\n4. B"),
        ('<ol start="²"><li>A</li></ol>', "1. A"),
        (f'<ol start="{"9" * 5000}"><li>A</li></ol>', "1. A"),
        ("<h2>Links</h2>text", "# Links\n\ntext"),
        ("<p>2 * 3 * 4 and snake_case</p>", "2 \\* 3 \\* 4 and snake\\_case"),
        ("<p># not a heading</p><p>1. not a list</p>", "\\# not a heading\n\n1\\. not a list"),
        ("<script>alert(1)</script><p onclick='x()'>safe</p>", "safe"),
        ('<p><img src="https://a.example/track.gif">text</p>', "text"),
        ("<p>&lt;b&gt; is text</p>", "\\<b\\> is text"),
        ("<blockquote><p>said</p></blockquote>", "> said"),
        ("", ""),
        ("<p> </p>", ""),
    ],
)
def test_notes_become_the_markdown_a_producer_would_write(foreign, markdown):
    assert to_markdown(foreign) == markdown


def everything():
    for path in sorted(SAMPLES.glob("*.xml")):
        for number, item in enumerate(read_feed(path.read_bytes()).items[:12]):
            yield pytest.param(item.content_html or item.description_html, id=f"{path.stem}-{number}")


@pytest.mark.parametrize("foreign", list(everything()))
def test_notes_of_real_feeds_keep_every_word_and_link(foreign):
    before = clean_html(foreign)

    after = to_html(to_markdown(foreign))

    assert words_of(after) == words_of(before)
    assert links_of(after) == links_of(before) or set(links_of(before)) <= set(links_of(after))


TEXT = st.text(alphabet="ab *_`[]()<>#-+=.1|~!\\&;:/\n'\"é", max_size=40)


@given(st.recursive(TEXT.map(lambda t: t.replace("<", "&lt;")), lambda inner: st.builds(
    lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
    st.sampled_from(["p", "b", "em", "ul", "li", "blockquote", "h3", "div", "code"]), st.lists(inner, max_size=3),
), max_leaves=8))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_no_notes_break_out_or_crash(foreign):
    shown = to_html(to_markdown(foreign))

    assert clean_html(shown) == shown
    assert not set(shown) & {"\0"}


@given(TEXT)
@settings(max_examples=500, deadline=None)
def test_plain_words_stay_the_same_words(text):
    foreign = "<p>" + text.replace("&", "&amp;").replace("<", "&lt;") + "</p>"

    shown = to_html(to_markdown(foreign))

    assert words_of(shown) == words_of(foreign)
