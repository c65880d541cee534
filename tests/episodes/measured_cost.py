"""What a step costs this process: the most memory it held at once, and time."""

import re
import time
from pathlib import Path


class Cost:
    """The most memory this process held at once, above what it had, and the time that passed."""

    def __enter__(self) -> "Cost":
        Path("/proc/self/clear_refs").write_text("5")  # the kernel begins to note the most anew
        self._before, self._began = self._kilobytes("VmRSS"), time.monotonic()
        return self

    def __exit__(self, *exc: object) -> None:
        self.seconds = time.monotonic() - self._began
        self.memory_bytes = (self._kilobytes("VmHWM") - self._before) * 1024

    @staticmethod
    def _kilobytes(name: str) -> int:
        return int(re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())[1])
