"""A stored picture as a page names it: the sizes there are, and words for who cannot see it."""

from dataclasses import dataclass

from django.core.files.storage import default_storage


@dataclass(frozen=True, slots=True)
class Picture:
    """Square; `renditions` are (width in px, "avif" or "jpeg", URL), smallest first."""

    original_url: str
    alt: str
    renditions: tuple[tuple[int, str, str], ...]

    def srcset(self, kind: str) -> str:
        return ", ".join(f"{url} {width}w" for width, name, url in self.renditions if name == kind)

    def _nearest(self, width: int) -> tuple[int, str] | None:
        jpegs = [(own, url) for own, kind, url in self.renditions if kind == "jpeg"]
        return next(((own, url) for own, url in jpegs if own >= width), jpegs[-1] if jpegs else None)

    @property
    def url(self) -> str:
        """A JPEG of about 640 px, or the original while there are no renditions."""
        found = self._nearest(640)
        return found[1] if found else self.original_url

    @property
    def width(self) -> int:
        found = self._nearest(640)
        return found[0] if found else 640

    @property
    def large_url(self) -> str:
        found = self._nearest(1400)
        return found[1] if found else self.original_url

    @property
    def small_url(self) -> str:
        found = self._nearest(160)
        return found[1] if found else self.original_url


def picture_of(row: object, field: str) -> Picture | None:
    """The picture in `field` of a model or a dict ("artwork" or "photo"), None where there is none."""

    def value(name: str) -> object:
        return row.get(name) if isinstance(row, dict) else getattr(row, name, None)

    stored = value(field)
    name = str(getattr(stored, "name", stored) or "")
    if not name:
        return None
    renditions = value(f"{field}_renditions")
    sizes = tuple(
        (int(one["width"]), str(one["format"]), default_storage.url(str(one["name"])))
        for one in (renditions if isinstance(renditions, list) else [])
    )
    return Picture(default_storage.url(name), str(value(f"{field}_alt") or ""), sizes)
