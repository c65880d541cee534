"""Where a sentence stands: its anchor on the episode's page, its second in the sound."""


class Placed:
    """For shapes with `position` and `start_ms` (None where no time is known)."""

    __slots__ = ()
    position: int
    start_ms: int | None

    @property
    def anchor(self) -> str:
        return f"s{self.position}"

    @property
    def start_seconds(self) -> int | None:
        """For ?t=: whole seconds, cut, so that playing begins before the first word."""
        return None if self.start_ms is None else self.start_ms // 1000
