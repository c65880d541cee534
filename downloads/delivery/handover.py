"""Taking a large audio answer off the web server's thread, so that slow readers hold none."""

import os
import socket
from collections.abc import Callable, Iterable
from typing import Any

from downloads.delivery.bounded_file import BoundedFile
from downloads.delivery.sender import Sender, sender

# What a connection's own buffer takes at once needs no hand-over, and keeps the connection alive for the next range.
SMALL_BYTES = 128 * 1024


class HandOver:
    """WSGI around the site: under gunicorn, the body of a large audio answer is sent by the process's sender thread.

    gunicorn writes the headers and keeps a dead socket in the place of the listener's; so its thread is free at once,
    and its own closing (which would end the sending) touches nobody. Under other servers and for other answers nothing
    is changed: the server sends the file that the answer wraps.
    """

    def __init__(self, application: Callable[..., Any], to: Sender = sender) -> None:
        self.application = application
        self.sender = to

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        writers: list[Any] = []

        def start(*args: Any) -> Any:
            writers.append(start_response(*args))
            return writers[-1]

        body = self.application(environ, start)
        part = getattr(body, "filelike", None)
        if isinstance(part, BoundedFile) and part.part.length > SMALL_BYTES and writers:
            wire = environ.get("gunicorn.socket")
            answer = getattr(writers[-1], "__self__", None)
            if type(wire) is socket.socket and _is_plain_http(answer) and self.sender.has_room():
                return self._hand_over(body, part, wire, answer)
        return body

    def _hand_over(self, body: Any, part: BoundedFile, wire: socket.socket, answer: Any) -> Iterable[bytes]:
        answer.force_close()
        try:
            answer.send_headers()
            taken = wire.dup()
        except OSError:
            body.close()  # the listener has left
            raise
        file, on_close = part.detach()
        body.close()
        self.sender.send(taken, file, part.part, on_close)
        # gunicorn's closing is a shutdown, which ends the connection for every holder: let it shut another one.
        dead, other_end = socket.socketpair()
        other_end.close()
        os.dup2(dead.fileno(), wire.fileno())
        dead.close()
        return []


def _is_plain_http(answer: Any) -> bool:
    """Whether this is gunicorn's HTTP/1 answer over plain TCP, whose bytes are the file's bytes."""
    return (
        type(answer).__module__ == "gunicorn.http.wsgi"
        and not answer.cfg.is_ssl
        and answer.cfg.sendfile is not False
        and not answer.chunked
    )
