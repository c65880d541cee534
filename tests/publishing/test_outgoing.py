"""Asking other servers: bounded in size, time and hops, and never into an inner network, by any spelling of it."""

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
from publishing.outgoing import InsideError, OutgoingError, download, may_be_asked, request
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


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1", "[::]",
        "0177.0.0.1", "017700000001", "0x7f000001", "0", "LOCALHOST", "[::ffff:7f00:1]",
    ],
)  # fmt: skip
def test_no_spelling_of_this_machine_is_asked(host):
    with serving(a=lambda h: h.send(b"secret")) as server:
        port = server.server_port
        with pytest.raises(InsideError, match="private network"):
            request("GET", f"http://{host}:{port}/a")

    assert server.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1.", "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "localhost."])
def test_no_disguise_of_this_machine_is_asked(host):
    with serving(a=lambda h: h.send(b"secret")) as server, pytest.raises(OutgoingError):
        request("GET", f"http://{host}:{server.server_port}/a")

    assert server.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "127.8.8.8", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd12:3456::1", "fec0::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "2002:7f00:1::", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "::ffff:0:7f00:1", "2606:4700::5efe:7f00:1", "3fff::1", "5f00::1",
        "100::1", "192.0.0.8", "192.88.99.1", "2001:db8::1", "2001:0:7f00:1::80ff:fffe", "::127.0.0.1",
    ],
)  # fmt: skip
def test_inner_addresses_are_known_in_every_wrapping(address):
    assert may_be_asked(address) is False


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1", "64:ff9b::808:808"])
def test_addresses_of_the_internet_may_be_asked(address):
    assert may_be_asked(address) is True


def test_a_redirect_into_the_inner_network_is_not_followed(settings):
    with serving(b=lambda h: h.send(b"secret")) as inner:
        onward = f"http://127.0.0.1:{inner.server_port}/b"
        with (
            allowed(settings, a=lambda h: h.send(b"", 302, Location=onward)) as outer,
            pytest.raises(InsideError),
        ):
            request("GET", f"http://{outer.place}/a")

    assert (len(outer.asked), inner.asked) == (1, [])


def test_a_name_that_resolves_into_the_inner_network_is_not_asked(monkeypatch):
    real = socket.getaddrinfo

    def resolve(host, *args, **kwargs):
        return real("127.0.0.1" if host == "harmless.example" else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with serving(a=lambda h: h.send(b"secret")) as server, pytest.raises(InsideError):
        request("GET", f"http://harmless.example:{server.server_port}/a")

    assert server.asked == []


def test_a_name_that_changes_its_mind_is_connected_to_what_was_checked(monkeypatch):
    """DNS rebinding: the address that is connected to is the one that was checked, of one single look-up."""
    looked_up = []
    real = socket.getaddrinfo

    def resolve(host, port, *args, **kwargs):
        looked_up.append(host)
        return real("127.0.0.1" if len(looked_up) > 1 else "203.0.114.1", port, *args, **kwargs)

    connected = []

    def connect(self, address):
        connected.append(address[0])
        raise OSError("not here")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(OutgoingError, match="could not be read"):
        request("GET", "http://rebinding.example/")

    assert (looked_up, connected) == (["rebinding.example"], ["203.0.114.1"])


def test_one_inner_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: [*real("203.0.114.1", *a, **k), *real("10.0.0.1", *a, **k)]
    )

    with pytest.raises(InsideError):
        request("GET", "http://both.example/")


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
                request("GET", f"http://{first.place}/a", headers={"Authorization": "Basic x"})
            finally:
                outgoing.may_be_asked = original

    assert "Authorization" in first.asked[0][2]
    assert "Authorization" not in other.asked[0][2]


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


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("into", ["http://127.0.0.1:{port}/b", "http://[::ffff:127.0.0.1]:{port}/b", "//0:{port}/b"])
def test_no_kind_of_redirect_leads_inside(settings, status, into):
    with serving(b=lambda h: h.send(b"secret")) as inner:
        onward = into.format(port=inner.server_port)
        with allowed(settings, a=lambda h: h.send(b"", status, Location=onward)) as outer, pytest.raises(InsideError):
            request("POST", f"http://{outer.place}/a", data=b"x")

    assert inner.asked == []


@pytest.mark.parametrize("host", ["user@", "user:pw@", "127.0.0.1@", "a%40b@"])
def test_a_redirect_to_an_address_with_a_name_in_it_is_refused(settings, host):
    with (
        serving(b=lambda h: h.send(b"secret")) as inner,
        allowed(settings, a=lambda h: h.send(b"", 302, Location=f"http://{host}{inner.place}/b")) as outer,
        pytest.raises(OutgoingError),
    ):
        request("GET", f"http://{outer.place}/a")

    assert inner.asked == []


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
