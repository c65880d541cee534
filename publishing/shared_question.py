"""One question to the database, asked once for all threads of this process that want its answer at the same time.

Whoever comes while a question is on its way may not use its answer, which may be older than what was published just
before they came; but all of them can use the next one's. So there are never two of one kind on their way in a process,
and each answer is of a question asked after the request for it came.
"""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from downloads.delivery.patience import Silent

Found = TypeVar("Found")


class _Round(Generic[Found]):
    """A question several threads wait for. The first of them asks it, once it holds `turn`."""

    __slots__ = ("answer", "done", "is_answered", "turn")

    def __init__(self) -> None:
        self.answer: Found
        self.is_answered = False
        self.turn, self.done = Lock(), Lock()
        self.turn.acquire()
        self.done.acquire()


class SharedQuestion(Generic[Found]):
    """The threads that want one thing. `_next` is the question to be asked after the one on its way."""

    __slots__ = ("_is_asking", "_lock", "_next")

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_asking = False
        self._next: _Round[Found] | None = None

    def ask(self, question: Callable[[], Found]) -> Found:
        """The answer to `question`, or to the same one of another thread. Raises Silent, as the question does."""
        with self._lock:
            joined, own = self._next, None
            if not self._is_asking:
                self._is_asking = True
            elif joined is None:
                own = self._next = _Round()
        if joined is not None:
            return _answer_of(joined)
        if own is not None:
            own.turn.acquire()
        try:
            answer = question()
            if own is not None:
                own.answer, own.is_answered = answer, True
            return answer
        finally:
            with self._lock:
                following, self._next = self._next, None
                self._is_asking = following is not None
            if following is not None:
                following.turn.release()
            if own is not None:
                own.done.release()


def _answer_of(joined: _Round[Found]) -> Found:
    with joined.done:  # and so it goes on from one that waits to the next
        if not joined.is_answered:
            raise Silent
        return joined.answer
