"""Whatever is asked, in whatever way: no address of the site fails, shows its inside, or takes long over it."""

import itertools
import json
import random
import socket
import time
from collections import Counter
from contextlib import suppress
from urllib.parse import quote

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.downloads.running import gunicorn
from tests.factories import make_appearance, make_chapter, make_episode, make_speaker, make_topic
from tests.publishing.reading_pages import give_words

MOST_SECONDS = 5
ODD_WORDS = [
    "",
    "0",
    "-1",
    "99999999999999999999",
    "x" * 3000,
    "../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "\x00",
    "a\x00b",
    "\r\nSet-Cookie: a=b",
    "'\";--",
    "{{7*7}}${7*7}",
    "<script>alert(1)</script>",
    "\u202e\ufeff\u0130ıß",
    "\udc80",
    "🎧" * 100,
    "%",
    "%ff%fe",
    "٣",
    "1e309",
    "NaN",
    "null",
    "[]",
    "a,b,c" * 100,
    "=1+1",
]
WORDS_THAT_ARE_TEXT = [word for word in ODD_WORDS if word != "\udc80"]
ODD_HEADERS = [
    {},
    {"Accept": "application/json;q=x, */*;q=nan"},
    {"Accept-Encoding": "br;q=2, gzip;q=-1, \xff"},
    {"Accept-Language": "x" * 5000},
    {"Cookie": 'session="\x01; csrf=\xff; =; a=b=c; ' + "k=v; " * 500},
    {"Host": "evil.example"},
    {"Host": "[::1"},
    {"If-Modified-Since": "Tue, 99 Foo 2026 99:99:99 GMT"},
    {"If-None-Match": '"' * 999},
    {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(500))},
    {"Range": "bytes=99999999999999999999999-"},
    {"Referer": "http://[::1"},
    {"User-Agent": "\x00\xff<script>"},
    {"X-Forwarded-For": "1.2.3.4, ::1%eth0, <b>"},
    {"X-Forwarded-Proto": "gopher"},
    {"X-Request-ID": "\r\nx: y"},
    {"Authorization": "Basic !!!"},
    {"Upload-Length": "-1", "Upload-Offset": "x", "Tus-Resumable": "9"},
]
ODD_BODIES = [
    (b"", "application/x-www-form-urlencoded"),
    (b"%00=%ff&a[b=1&&&=", "application/x-www-form-urlencoded"),
    (b"&".join(b"k%d=v" % n for n in range(1500)), "application/x-www-form-urlencoded"),
    (b'{"a": [1e999, "\\ud800"', "application/json"),
    (b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n', "multipart/form-data; boundary=x"),
    (b"no parts at all", "multipart/form-data; boundary="),
    (b"\x00" * 5000, "text/xml; charset=no-such-charset"),
]


def routes(resolver: URLResolver | None = None, before: str = "", namespace: str = ""):
    """(name, path with {named} and {unnamed} holes, converters) of every address of the site."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from routes(one, before + str(one.pattern), f"{one.namespace}:" if one.namespace else namespace)
        elif isinstance(one, URLPattern):
            yield f"{namespace}{one.name}", before, one


def address(name: str, before: str, one: URLPattern, word: str, known: dict[str, object]) -> str:
    """The path of a route with `word` in its holes, or what exists where `word` is None."""
    path = str(one.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
    for hole in one.pattern.converters:
        kind = type(one.pattern.converters[hole]).__name__
        value = known.get(hole, known["id"]) if word is None else word
        for spelt in (f"<{hole}>", *(f"<{kind}:{hole}>" for kind in ("int", "str", "slug", "path", "uuid"))):
            path = path.replace(
                spelt, quote(str(value), safe="%/" if kind == "PathConverter" else "%", errors="replace")
            )
    for hole in one.pattern.regex.groupindex:
        start = path.find(f"(?P<{hole}>")
        while start >= 0:  # a regular expression's group, to its closing bracket
            depth, end = 0, start
            for end in range(start, len(path)):
                depth += {"(": 1, ")": -1}.get(path[end], 0)
                if depth == 0:
                    break
            value = known.get(hole, "x") if word is None else word
            path = path[:start] + quote(str(value), safe="%", errors="replace") + path[end + 1 :]
            start = path.find(f"(?P<{hole}>")
    return f"/{before}{path}".replace("\\.", ".").replace("^", "").replace("\\Z", "").replace("$", "")


@pytest.fixture
def known(show):
    """What the holes of addresses are called, and something that exists for each."""
    episode = make_episode(show, show_notes="Words")
    speaker, topic = make_speaker(), make_topic()
    make_appearance(episode, speaker)
    make_chapter(episode, 0)
    episode.topics.add(topic)
    give_words(episode)
    return {
        "show_slug": show.slug,
        "show": show.slug,
        "episode_slug": episode.slug,
        "episode": episode.slug,
        "speaker_slug": speaker.slug,
        "topic_slug": topic.slug,
        "sha8": episode.audio_sha256[:8],
        "ext": "mp3",
        "id": episode.pk,
        "object_id": episode.pk,
        "app_label": "episodes",
    }


def requests_to(all_routes, known):
    """Every route, as it is meant and with every odd word in turn, each time asked in another odd way."""
    chance = random.Random(17)
    headers, bodies = itertools.cycle(ODD_HEADERS), itertools.cycle(ODD_BODIES)
    methods = itertools.cycle(["get", "post", "head", "get", "put", "options", "get", "delete", "patch", "post"])
    for name, before, one in all_routes:
        holes = bool(one.pattern.converters or one.pattern.regex.groupindex)
        for word in [None] * 4 + (chance.sample(ODD_WORDS, 4) if holes else []):
            odd = [quote(text, safe="%", errors="surrogatepass") for text in chance.sample(ODD_WORDS, 4)]
            query = "&".join(f"{key}={value}" for key, value in zip(("q", "page", "t", odd[3]), odd, strict=True))
            path = address(name, before, one, word, known)
            yield next(methods), f"{path}?{query}", next(headers), next(bodies)


def failures(client, asked, user=None) -> tuple[list[tuple], Counter[int]]:
    """Requests that ended in a 5xx, a traceback or not in time; and how often each status was answered."""
    client.raise_request_exception = False
    found, statuses = [], Counter()
    for method, path, headers, (body, kind) in asked:
        sent = {} if method in ("get", "head", "options") else {"data": body, "content_type": kind}
        if user is not None and SESSION_KEY not in client.session:
            client.force_login(user)  # some requests sign out
        began = time.monotonic()
        # generic(): the client's own get() and post() would refuse to send half of this.
        answer = client.generic(method.upper(), path, headers=headers, **sent)
        seconds = time.monotonic() - began
        said = answer.getvalue()
        statuses[answer.status_code] += 1
        # 501 is oEmbed's own word for a format it is not given in (oembed.com, section 2.3.4).
        is_oembed = path.startswith("/oembed") and answer.status_code == 501
        if (answer.status_code >= 500 and not is_oembed) or b"Traceback" in said or seconds > MOST_SECONDS:
            found.append((method, path[:300], headers, answer.status_code, round(seconds, 1)))
    return found, statuses


def of_the_desk(name: str, before: str) -> bool:
    return before.startswith("admin/")


def test_no_public_address_fails_whatever_is_asked(client, show, known):
    public = [route for route in routes() if not of_the_desk(*route[:2])]

    found, statuses = failures(client, requests_to(public, known))

    assert found == []
    assert statuses[200] > 25, statuses
    assert statuses[404] > 40, statuses


def test_no_address_of_the_desk_fails_for_a_stranger_or_for_the_team(client, admin_client, admin_user, known):
    desk = [route for route in routes() if of_the_desk(*route[:2]) and "logout" not in route[0]]

    found, statuses = failures(client, itertools.islice(requests_to(desk, known), 0, None, 3))
    found_inside, inside = failures(admin_client, requests_to(desk, known), admin_user)

    assert found + found_inside == []
    assert inside[200] > 100, inside
    assert statuses[302] > 100, statuses


def test_forms_of_the_desk_take_any_words_and_files(admin_client, show, known):
    chance = random.Random(4)
    forms = [name for name, _, _ in routes() if name.startswith("admin:") and name.endswith("_add")]
    asked = []
    for name in forms:
        page = admin_client.get(reverse(name))
        form = getattr(page, "context_data", None) or page.context or {}
        fields = list(form["adminform"].form.fields) if "adminform" in form else []
        for _ in range(4):
            data = {field: chance.choice(WORDS_THAT_ARE_TEXT) for field in fields} | {"_whole": "1"}
            data |= {f"{field}_0": chance.choice(WORDS_THAT_ARE_TEXT) for field in fields}
            data["audio_file"] = SimpleUploadedFile("\u202e.mp3", b"ID3\x04" + chance.randbytes(500))
            data["artwork_file"] = SimpleUploadedFile("x.png", b"\x89PNG\r\n\x1a\n" + chance.randbytes(200))
            asked.append((reverse(name), data))
    admin_client.raise_request_exception = False

    answers = [(url, admin_client.post(url, data).status_code) for url, data in asked]

    assert [(url, status) for url, status in answers if status >= 500] == []
    assert len(forms) >= 5


# --- what no client library would send, over a real connection -------------------------------------------------------

RAW = {
    "a request line without end": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a thousand headers": b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 1000 + b"\r\n",
    "one endless header": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: " + b"b" * 200_000 + b"\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
    "a foreign host": b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "length and chunks": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "a length below zero": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
    "chunks of no size": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "an invented method": b"FETCH / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a method in small letters": b"get / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a version of its own": b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
    "the whole address": b"GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "no address at all": b"GET  HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "bytes of no text": b"GET /\xff\xfe\x80 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a tunnel": b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
    "TLS where none is": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
    "nothing but noise": random.Random(3).randbytes(2000) + b"\r\n\r\n",
    "an empty line first": b"\r\n\r\nGET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a star": b"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
}


def answer_to(sent, port):
    with socket.create_connection(("127.0.0.1", port), timeout=MOST_SECONDS) as wire:
        try:
            wire.sendall(sent)
            with suppress(OSError):  # closed by now
                wire.shutdown(socket.SHUT_WR)
            return wire.recv(65_536)
        except (ConnectionResetError, BrokenPipeError):
            return b""


@pytest.mark.django_db(transaction=True)
def test_a_real_server_takes_whatever_comes_down_the_line(show, tmp_path):
    make_episode(show)
    answers = {}

    with gunicorn(tmp_path) as port:
        for name, sent in RAW.items():
            for _ in range(3):  # a server that closes at once may take its answer with it
                began = time.monotonic()
                answers[name] = answer_to(sent, port)
                assert time.monotonic() - began < MOST_SECONDS, name
                if answers[name]:
                    break
        log = (tmp_path / "gunicorn.log").read_text(errors="replace")

    assert {name: said[:80] for name, said in answers.items() if b" 5" in said[:13] or b"Traceback" in said} == {}
    assert b" 400 " in answers["two lengths"][:20]
    assert "Traceback" not in log, log[-3000:]
    assert json.dumps(sorted(answers)) == json.dumps(sorted(RAW))
