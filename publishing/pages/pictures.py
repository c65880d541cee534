"""A stored picture as a page names it: the sizes there are, and words for who cannot see it."""

from dataclasses import dataclass

from django.core.files.storage import default_storage


@dataclass(frozen=True, slots=True)
class Picture:
    """Square; `renditions` are (width in px, "avif" or "jpeg", storage name), smallest first."""

    original_name: str
    alt: str
    renditions: tuple[tuple[int, str, str], ...]

    def srcset(self, kind: str) -> str:
        return ", ".join(f"{default_storage.url(name)} {width}w" for width, own, name in self.renditions if own == kind)

    def _nearest(self, width: int) -> tuple[int | None, str]:
        """Width and name of the smallest JPEG that is wide enough, else the largest, else the original."""
        jpegs = [(own, name) for own, kind, name in self.renditions if kind == "jpeg"]
        return next((one for one in jpegs if one[0] >= width), jpegs[-1] if jpegs else (None, self.original_name))

    @property
    def url(self) -> str:
        """A JPEG of about 640 px, or the original while there are no renditions."""
        return default_storage.url(self._nearest(640)[1])

    @property
    def width(self) -> int:
        return self._nearest(640)[0] or 640

    @property
    def large_name(self) -> str:
        return self._nearest(1400)[1]

    @property
    def large_url(self) -> str:
        return default_storage.url(self.large_name)

    @property
    def chapter_url(self) -> str:
        """The whole picture, in its own shape: what apps show full-screen while a chapter plays."""
        return default_storage.url(self.original_name)

    @property
    def small_url(self) -> str:
        return default_storage.url(self._nearest(96)[1])


def picture_of(row: object, field: str) -> Picture | None:
    """The picture in `field` of a model or a dict ("artwork", "photo" or "image"), None where there is none."""

    def value(name: str) -> object:
        return row.get(name) if isinstance(row, dict) else getattr(row, name, None)

    stored = value(field)
    name = str(getattr(stored, "name", stored) or "")
    if not name:
        return None
    renditions = value(f"{field}_renditions")
    sizes = tuple(
        (int(one["width"]), str(one["format"]), str(one["name"]))
        for one in (renditions if isinstance(renditions, list) else [])
    )
    return Picture(name, str(value(f"{field}_alt") or ""), sizes)
