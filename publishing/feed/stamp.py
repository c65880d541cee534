"""The show's stamp at this moment: the one question of most requests for a feed, shared by all that wait for it.

Many apps ask at once. Whoever comes while a question is on its way may not use its answer, which may be older than what
was published just before they came; but all of them can use the next one's. So there are never two questions on their
way for one show in one process, and each answer is of a question asked after the request for it came.
"""

from threading import Lock

from downloads.delivery.patience import Silent, breaker

_STAMP = "SELECT stamp FROM episodes_showstamp WHERE show_id = %s"


class _Round:
    """A question several threads wait for. The first of them asks it, once it holds `turn`."""

    __slots__ = ("answer", "done", "is_answered", "turn")

    def __init__(self) -> None:
        self.answer: int | None = None
        self.is_answered = False
        self.turn, self.done = Lock(), Lock()
        self.turn.acquire()
        self.done.acquire()


class _Line:
    """The threads that want one show's stamp. `next` is the question to be asked after the one on its way."""

    __slots__ = ("is_asking", "lock", "next")

    def __init__(self) -> None:
        self.lock = Lock()
        self.is_asking = False
        self.next: _Round | None = None


_lines: dict[int, _Line] = {}


def read_stamp(show_id: int, *, begins: bool = False) -> int | None:
    """The show's stamp; None when the show is gone. Raises Silent. `begins`: see Breaker.row()."""
    line = _lines.get(show_id) or _lines.setdefault(show_id, _Line())
    with line.lock:
        joined, own = line.next, None
        if not line.is_asking:
            line.is_asking = True
        elif joined is None:
            own = line.next = _Round()
    if joined is not None:
        return _answer_of(joined)
    if own is not None:
        own.turn.acquire()
    try:
        row = breaker.row(_STAMP, (show_id,), begins=begins)
        answer = row[0] if row else None
        if own is not None:
            own.answer, own.is_answered = answer, True
        return answer
    finally:
        with line.lock:
            following, line.next = line.next, None
            line.is_asking = following is not None
        if following is not None:
            following.turn.release()
        if own is not None:
            own.done.release()


def _answer_of(joined: _Round) -> int | None:
    with joined.done:  # and so it goes on from one that waits to the next
        if not joined.is_answered:
            raise Silent
        return joined.answer
