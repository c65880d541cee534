"""Files that a foreign feed points to, fetched within limits and kept for the moment they are needed."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import File

from episodes.artwork import MOST_FILE_BYTES
from episodes.filing import scratch_file
from publishing import outgoing
from publishing.outgoing import OutgoingError

MOST_TEXT_BYTES = 20_000_000
MOST_FEED_BYTES = 60_000_000
_REMEMBERED_PICTURES = 6


class FileOnDisk(File):
    """A file whose steps may read, link or move it by its path instead of copying it."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(path.open("rb"), name)
        self._path = path

    def temporary_file_path(self) -> str:
        return str(self._path)


class Fetcher:
    """Fetches for one import; the last pictures are remembered, since items often share one."""

    def __init__(self) -> None:
        self._pictures: OrderedDict[str, bytes | OutgoingError] = OrderedDict()

    @contextmanager
    def audio(self, url: str) -> Iterator[FileOnDisk]:
        """The enclosure as a file that is gone afterwards. Raises OutgoingError."""
        with scratch_file() as path:
            outgoing.download(url, path, most_bytes=settings.AUDIO_MAX_MB * 1_000_000)
            file = FileOnDisk(path, "audio")
            try:
                yield file
            finally:
                file.close()

    def picture(self, url: str) -> bytes:
        """Raises OutgoingError; the same address is asked once only."""
        if url in self._pictures:
            self._pictures.move_to_end(url)
        else:
            try:
                self._pictures[url] = self.text(url, MOST_FILE_BYTES)
            except OutgoingError as error:
                self._pictures[url] = error
            while len(self._pictures) > _REMEMBERED_PICTURES:
                self._pictures.popitem(last=False)
        found = self._pictures[url]
        if isinstance(found, OutgoingError):
            raise found
        return found

    def text(self, url: str, most_bytes: int = MOST_TEXT_BYTES) -> bytes:
        """Raises OutgoingError when the answer is no success."""
        answer = outgoing.request("GET", url, most_bytes=most_bytes, timeout_seconds=120)
        if not answer.ok:
            raise OutgoingError(f"{outgoing.shown(url)} answered {answer.status} instead of the file.")
        return answer.body
