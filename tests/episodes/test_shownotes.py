import html.parser
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.shownotes import clean_html, cut_at_word, plain_text, to_html


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("Hello **world**", "<p>Hello <strong>world</strong></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("# Links\n\n- a\n- b", "<h3>Links</h3>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("### A\n\n##### B\n\n### C", "<h3>A</h3>\n<h4>B</h4>\n<h3>C</h3>"),
        (
            "See https://example.org/a_b?x=1&y=2.",
            '<p>See <a href="https://example.org/a_b?x=1&amp;y=2" rel="noopener noreferrer">'
            "https://example.org/a_b?x=1&amp;y=2</a>.</p>",
        ),
        (
            "(https://example.org)",
            '<p>(<a href="https://example.org" rel="noopener noreferrer">https://example.org</a>)</p>',
        ),
        ("`https://example.org`", "<p><code>https://example.org</code></p>"),
        (
            "[write](mailto:a@example.org)",
            '<p><a href="mailto:a@example.org" rel="noopener noreferrer">write</a></p>',
        ),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("a\x00b\x1b\ud800c", "<p>abc</p>"),
        ("", ""),
    ],
)
def test_markdown_becomes_plain_html(markdown, html):
    assert to_html(markdown) == html


class Elements(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>1</script>">x</a>',
    '<iframe src="https://example.org"></iframe>',
    "<style>body{display:none}</style>",
    '<p style="position:fixed" onclick="x()" id="main">x</p>',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "[x](javascript:alert(1))",
    "![x](https://tracker.example/p.gif)",
    '[x](https://a.example "\\" onmouseover=alert(1) ")',
    '<https://a.example/"onmouseover=alert(1)>',
    "<form action=/admin><input name=x></form>",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("make", [to_html, clean_html, lambda text: clean_html(to_html(text))])
def test_nothing_hostile_survives(make, text):
    elements = Elements(make(text)).found

    assert {tag for tag, _ in elements} <= {"p", "a", "table", "br", "em"}
    for _, attributes in elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "id", "src")]
        assert attributes.get("href", "https:").split(":")[0] in ("https", "mailto")


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text):
    once = to_html(text)

    assert clean_html(once) == once


def test_plain_text_keeps_paragraphs_and_knows_no_entities():
    assert plain_text(
        "<h3>A &amp; B</h3><p>one&nbsp;two<br>three</p><ul><li>x</li><li>y</li></ul><script>z</script>"
    ) == ("A & B\none two\nthree\nx\ny")


def test_text_is_cut_at_a_word_in_bytes():
    assert cut_at_word("Größe zählt immer", 15) == "Größe…"
    assert cut_at_word("Größe zählt immer", 17) == "Größe zählt…"
    assert cut_at_word("kurz", 4) == "kurz"
    assert cut_at_word("ohneleerzeichen", 9) == "ohnele…"


@given(st.text(), st.integers(min_value=0, max_value=60))
def test_a_cut_never_exceeds_its_bytes(text, most):
    assert len(cut_at_word(text, most).encode("utf-8", "surrogatepass")) <= most


@pytest.mark.parametrize("text", ["[" * 50_000, "*" * 50_000, "> " * 5_000, "https://" * 10_000, "<" * 50_000])
def test_notes_made_to_be_slow_are_not(text):
    started = time.monotonic()

    to_html(text)

    assert time.monotonic() - started < 5
