"""The name under which a browser saves the audio, as a Content-Disposition header."""

import unicodedata
from urllib.parse import quote


def disposition(title: str, slug: str, extension: str) -> str:
    """Old clients read the name in ASCII, the others the one as it is (RFC 6266); the slug where a title has none."""
    name = "".join(" " if ord(char) < 32 or char in '/\\:*?"<>|' else char for char in title)
    name = " ".join(name.split())[:120].strip(" .") or slug
    plain = " ".join(unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().split()) or slug
    if plain == name:
        return f'inline; filename="{plain}.{extension}"'
    return f"inline; filename=\"{plain}.{extension}\"; filename*=UTF-8''{quote(f'{name}.{extension}', safe='')}"
