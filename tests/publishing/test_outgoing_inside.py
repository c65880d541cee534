"""No request leads into an inner network, by whatever spelling, name, redirect or wrapping."""

import socket
from contextlib import contextmanager

import pytest

from publishing.outgoing import InsideError, OutgoingError, may_be_asked, request
from tests.loopback import serving


@contextmanager
def allowed(settings, **answers):
    with serving(**answers) as server:
        settings.OUTGOING_TEST_HOST = server.place
        yield server


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
