"""The ways to follow a feed: links that open it in apps, and a QR code for the phone."""

from dataclasses import dataclass
from urllib.parse import quote

from episodes.models import FollowLink

# Apps that take a feed's address in a link of theirs: any show can be opened in them without being listed anywhere.
_BY_ADDRESS = (
    ("apple-app", "Apple Podcasts", "podcast://{bare}"),
    ("antennapod", "AntennaPod", "https://antennapod.org/deeplink/subscribe?url={quoted}"),
    ("pocketcasts", "Pocket Casts", "pktc://subscribe/{bare}"),
    ("overcast", "Overcast", "overcast://x-callback-url/add?url={quoted}"),
    ("castro", "Castro", "castros://subscribe/{bare}"),
    ("podcastaddict", "Podcast Addict", "podcastaddict://{bare}"),
    ("podcastguru", "Podcast Guru", "https://app.podcastguru.io/podcast/{quoted}"),
    ("gpodder", "gPodder", "gpodder://{bare}"),
)


@dataclass(frozen=True, slots=True)
class AppLink:
    """`listed`: the team has given the show's page in this app or directory."""

    name: str
    url: str
    listed: bool


def app_links(feed_url: str, listed: list[dict]) -> list[AppLink]:
    """The team's own links first, then apps that open any feed; no app twice.

    `listed` are rows of label, app, url (FollowLink); "apple" and an address-link of Apple are one app.
    """
    names = dict(FollowLink.App.choices)
    bare = feed_url.split("://", 1)[-1]
    links = [AppLink(row["label"] or names.get(row["app"], row["app"]), row["url"], True) for row in listed]
    taken = {row["app"] for row in listed} | ({"apple-app"} if any(row["app"] == "apple" for row in listed) else set())
    links += [
        AppLink(name, pattern.format(bare=bare, quoted=quote(feed_url, safe="")), False)
        for app, name, pattern in _BY_ADDRESS
        if app not in taken
    ]
    return links


def qr_path(text: str) -> tuple[int, str]:
    """The side of a QR code in modules, and one SVG path of its dark ones, quiet zone included."""
    # For one page of a show alone, and 2 MB of each web process.
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    size = len(matrix)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return size, path
