"""Asking other servers: bounded in size, time and hops, and told in words."""

import gzip
import socket
import ssl
import time
import tracemalloc
import zlib
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from publishing import outgoing
from publishing.outgoing import OutgoingError, download, request
from tests.loopback import serving


@contextmanager
def allowed(settings, **answers):
    with serving(**answers) as server:
        settings.OUTGOING_TEST_HOST = server.place
        yield server


def test_an_answer_comes_with_status_headers_and_body(settings):
    with allowed(settings, a=lambda h: h.send(b"hello", Content_Type="text/plain; charset=latin-1")) as server:
        answer = request("GET", f"http://{server.place}/a?b=c", headers={"X-Own": "1"})

    assert (answer.status, answer.body, answer.size, answer.mime, answer.charset) == (
        200, b"hello", 5, "text/plain", "latin-1",
    )  # fmt: skip
    method, path, headers = server.asked[0]
    assert (method, path, headers["X-Own"]) == ("GET", "/a?b=c", "1")
    assert headers["User-Agent"].startswith("coproduction-site/")


def test_an_error_status_is_an_answer_too(settings):
    with allowed(settings, a=lambda h: h.send(b"no", 404)) as server:
        answer = request("GET", f"http://{server.place}/a")

    assert (answer.status, answer.ok) == (404, False)


def test_environment_proxies_are_not_used(settings, monkeypatch):
    with serving() as proxy, allowed(settings, a=lambda h: h.send(b"direct")) as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.place}")
        monkeypatch.setenv("http_proxy", f"http://{proxy.place}")
        answer = request("GET", f"http://{server.place}/a")

    assert (answer.body, proxy.asked) == (b"direct", [])


def test_redirects_are_followed_and_the_last_address_is_told(settings):
    answers = {
        "a": lambda h: h.send(b"", 301, Location="/b?x=1"),
        "b": lambda h: h.send(b"", 307, Location="c"),
        "c": lambda h: h.send(b"end"),
    }
    with allowed(settings, **answers) as server:
        answer = request("GET", f"http://{server.place}/a")

    assert (answer.body, answer.url) == (b"end", f"http://{server.place}/c")


def test_five_redirects_are_enough(settings):
    with (
        allowed(settings, a=lambda h: h.send(b"", 302, Location="/a")) as server,
        pytest.raises(OutgoingError, match="more than 5 redirects"),
    ):
        request("GET", f"http://{server.place}/a")

    assert len(server.asked) == 6


def test_a_password_is_not_carried_to_another_host(settings):
    with serving(b=lambda h: h.send(b"")) as other:
        settings.OUTGOING_TEST_HOST = "unused"
        with serving(a=lambda h: h.send(b"", 302, Location=f"http://{other.place}/b")) as first:
            original = outgoing.may_be_asked
            outgoing.may_be_asked = lambda address: True
            try:
                request("GET", f"http://{first.place}/a", headers={"Authorization": "Basic x", "Cookie": "a=b"})
            finally:
                outgoing.may_be_asked = original

    assert {"Authorization", "Cookie"} <= set(first.asked[0][2])
    assert {"Authorization", "Cookie"} & set(other.asked[0][2]) == set()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://a.example/", "gopher://a.example/", "http://", "//a.example/", "a.example", "",
        "http://user:pw@a.example/", "http://a.example\\@b.example/", "http://a example/", "http://[::1/", "http://a:x/",
        "javascript:alert(1)", "https://a.example/" + "x" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(OutgoingError):
        request("GET", url)


def test_a_redirect_to_a_file_is_refused(settings):
    with (
        allowed(settings, a=lambda h: h.send(b"", 302, Location="file:///etc/passwd")) as server,
        pytest.raises(OutgoingError, match="not a web address"),
    ):
        request("GET", f"http://{server.place}/a")


def test_a_body_past_the_limit_is_refused_before_it_is_read(settings):
    with (
        allowed(settings, a=lambda h: h.send(b"x", Content_Length="5000000000")) as server,
        pytest.raises(OutgoingError, match="more than 1 MB"),
    ):
        request("GET", f"http://{server.place}/a", most_bytes=1_000_000)


@pytest.mark.parametrize("told", ["²", "9" * 5000, "-1", "many"])
def test_a_length_that_is_no_number_is_counted_instead(settings, told):
    with allowed(settings, a=lambda h: h.send(b"12345", Content_Length=told, Connection="close")) as server:
        answer = request("GET", f"http://{server.place}/a", most_bytes=5)

    assert (answer.body, answer.declared_bytes) == (b"12345", None)


def test_a_body_as_large_as_the_limit_is_read(settings):
    with allowed(settings, a=lambda h: h.send(b"12345")) as server:
        answer = request("GET", f"http://{server.place}/a", most_bytes=5)

    assert answer.body == b"12345"


def endless(handler):
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    try:
        for _ in range(100):
            handler.wfile.write(b"x" * 100_000)
    except OSError:
        return


def test_a_body_without_a_length_stops_at_the_limit(settings):
    with allowed(settings, a=endless) as server, pytest.raises(OutgoingError, match="more than 1 MB"):
        request("GET", f"http://{server.place}/a", most_bytes=1_000_000)


def test_a_packed_body_is_unpacked_and_bounded(settings):
    bomb = gzip.compress(b"\0" * 50_000_000)
    answers = {
        "bomb": lambda h: h.send(bomb, Content_Encoding="gzip"),
        "fine": lambda h: h.send(gzip.compress(b"words"), Content_Encoding="gzip"),
    }
    with allowed(settings, **answers) as server:
        assert request("GET", f"http://{server.place}/fine").body == b"words"
        with pytest.raises(OutgoingError, match="more than 1 MB"):
            request("GET", f"http://{server.place}/bomb", most_bytes=1_000_000)


def drip(handler):
    try:
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.05)
    except OSError:
        return


def test_a_server_that_drips_its_headers_does_not_hold_us(settings):
    with allowed(settings, a=drip) as server:
        began = time.monotonic()
        with pytest.raises(OutgoingError, match="within 1 seconds"):
            request("GET", f"http://{server.place}/a", timeout_seconds=1)

    assert time.monotonic() - began < 3


def drip_body(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    drip(handler)


def test_a_server_that_drips_its_body_does_not_hold_us(settings):
    with allowed(settings, a=drip_body) as server:
        began = time.monotonic()
        with pytest.raises(OutgoingError, match="within 1 seconds"):
            request("GET", f"http://{server.place}/a", timeout_seconds=1)

    assert time.monotonic() - began < 3


@pytest.fixture
def certificate(tmp_path):
    """A certificate for this machine that vouches for itself; its file and its key's."""
    key, file = tmp_path / "key.pem", tmp_path / "certificate.pem"
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(private, hashes.SHA256())
    )
    kinds = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    key.write_bytes(private.private_bytes(*kinds))
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return file, key


def test_a_server_that_drips_by_https_does_not_hold_us(settings, certificate, monkeypatch):
    """TLS takes over the connection's own handle: the deadline must still find it."""
    file, key = certificate
    session_as_it_is = outgoing._session

    def trusting(trusted):
        session = session_as_it_is(trusted)
        session.verify = str(file)
        return session

    monkeypatch.setattr(outgoing, "_session", trusting)
    with serving(a=drip) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        settings.OUTGOING_TEST_HOST = f"localhost:{server.server_port}"
        began = time.monotonic()
        with pytest.raises(OutgoingError, match="within 1 seconds"):
            request("GET", f"https://localhost:{server.server_port}/a", timeout_seconds=1)
        took = time.monotonic() - began

    assert took < 3
    assert [path for _, path, _ in server.asked] == ["/a"]


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip,br"])
def test_a_packing_that_was_not_asked_for_is_refused(settings, encoding):
    with (
        allowed(settings, a=lambda h: h.send(b"x", Content_Encoding=encoding)) as server,
        pytest.raises(OutgoingError, match="not asked for"),
    ):
        request("GET", f"http://{server.place}/a")


def test_a_bomb_does_not_fill_the_memory_before_it_is_refused(settings, tmp_path):
    """A gigabyte of nothing in a megabyte: what is held at once stays small."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join([packer.compress(b"\0" * 10_000_000) for _ in range(100)]) + packer.flush()
    with allowed(settings, a=lambda h: h.send(bomb, Content_Encoding="gzip")) as server:
        tracemalloc.start()
        with pytest.raises(OutgoingError, match="more than 100 MB"):
            download(f"http://{server.place}/a", tmp_path / "file", most_bytes=100_000_000)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert len(bomb) < 1_100_000
    assert peak < 20_000_000
    assert (tmp_path / "file").stat().st_size == 0


def test_all_kinds_of_proxies_in_the_environment_are_ignored(settings, monkeypatch):
    with serving() as proxy, allowed(settings, a=lambda h: h.send(b"direct")) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://{proxy.place}")
        monkeypatch.setenv("NO_PROXY", "")
        answer = request("GET", f"http://{server.place}/a")
        with pytest.raises(OutgoingError):
            request("GET", "https://127.0.0.1:1/")

    assert (answer.body, proxy.asked) == (b"direct", [])


def test_a_download_lies_whole_in_its_file(settings, tmp_path):
    content = bytes(range(256)) * 1000
    with allowed(settings, a=lambda h: h.send(content)) as server:
        answer = download(f"http://{server.place}/a", tmp_path / "file", most_bytes=1_000_000)

    assert (answer.size, (tmp_path / "file").read_bytes()) == (len(content), content)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda h: h.send(b"half", Content_Length="8", Connection="close"), "could not be read"),
        (lambda h: h.send(b"Not here", 404), "answered 404"),
        (lambda h: h.send(b""), "empty file"),
    ],
    ids=["cut", "missing", "empty"],
)
def test_a_download_that_is_not_whole_leaves_nothing(settings, tmp_path, answer, sentence):
    with allowed(settings, a=answer) as server, pytest.raises(OutgoingError, match=sentence):
        download(f"http://{server.place}/a", tmp_path / "file", most_bytes=1_000_000)

    assert (tmp_path / "file").read_bytes() == b""


def test_a_name_that_does_not_exist_is_said(monkeypatch):
    def resolve(*args, **kwargs):
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    with pytest.raises(OutgoingError, match=r"no server named nowhere\.example"):
        request("GET", "https://nowhere.example/feed")


def test_a_secret_in_the_query_is_not_shown():
    assert outgoing.shown("https://a.example/feed?token=secret") == "https://a.example/feed"
