"""The show's stamp at this moment: the one question of most requests for a feed, shared by all that wait for it."""

from downloads.delivery.patience import breaker
from publishing.shared_question import SharedQuestion

_STAMP = "SELECT stamp FROM episodes_showstamp WHERE show_id = %s"

_of_show: dict[int, SharedQuestion[int | None]] = {}


def read_stamp(show_id: int, *, begins: bool = False) -> int | None:
    """The show's stamp; None when the show is gone. Raises Silent. `begins`: see Breaker.row()."""
    shared = _of_show.get(show_id) or _of_show.setdefault(show_id, SharedQuestion())

    def ask() -> int | None:
        row = breaker.row(_STAMP, (show_id,), begins=begins)
        return row[0] if row else None

    return shared.ask(ask)
