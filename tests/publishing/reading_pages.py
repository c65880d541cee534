"""Pages as another program reads them: parsed by lxml, their JSON-LD expanded by PyLD."""

import json
import re

from lxml import html
from pyld import jsonld

from episodes.models import Episode
from transcripts.ingest import ingest_transcript

VTT = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Ann Bell>Care is a service. It is made together.

00:00:04.000 --> 00:00:08.000
<v Bo Dahl>Trust comes first, says the map.

00:00:09.000 --> 00:00:12.000
<v Ann Bell>And the map is the patient’s.
"""


def give_words(episode: Episode, text: str = VTT, language: str = "en") -> None:
    ingest_transcript(episode, text.encode(), "words.vtt", language=language)


def tree(response) -> html.HtmlElement:
    return html.fromstring(response.content.decode())


_PART = re.compile(r"(?P<tag>[a-z0-9]*)(?P<rest>(?:\.[\w-]+|\[[^\]]+\])*)$")


def select(response, selector: str) -> list[html.HtmlElement]:
    """Elements by a simple CSS selector: tags, classes, [attributes], descendants."""
    path = ""
    for part in selector.split():
        match = _PART.match(part)
        assert match, f"a selector this simple reader does not know: {part}"
        path += f"//{match['tag'] or '*'}"
        for piece in re.findall(r"\.[\w-]+|\[[^\]]+\]", match["rest"]):
            if piece[0] == ".":
                path += f"[contains(concat(' ', normalize-space(@class), ' '), ' {piece[1:]} ')]"
            else:
                path += f"[@{piece[1:-1]}]"
    return tree(response).xpath(path)


def texts(response, selector: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in select(response, selector)]


def json_ld(response) -> list[dict]:
    """The nodes of the page, as an independent processor expands them; schema.org's context is given, not fetched."""
    [script] = select(response, 'script[type="application/ld+json"]')
    document = json.loads(script.text)

    def schema_org(url, options):
        assert url == "https://schema.org"
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": {"@context": {"@vocab": "http://schema.org/", "url": {"@type": "@id"}}},
        }

    [graph] = [jsonld.expand(document, {"documentLoader": schema_org})]
    return graph


def nodes(response, kind: str) -> list[dict]:
    return [node for node in json_ld(response) if f"http://schema.org/{kind}" in node.get("@type", [])]
