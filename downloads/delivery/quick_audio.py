"""The short way to audio that this process has just seen to be published: no database, no pages' middleware."""

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.conf import settings

from downloads.delivery.audio_answer import answer_audio
from downloads.delivery.published import recall
from downloads.delivery.transport import as_asked, transport_security

_ADDRESS = re.compile(r"/audio/([-\w]+)/([-\w]+)/([0-9a-f]{8})\.(mp3|m4a|opus)", re.ASCII)
_REASONS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class QuickAudio:
    """WSGI around the site. Players ask for audio in hundreds of small ranges: after the first, each is answered here.

    Whatever is not plainly the published file, at its present address, from disk, goes the whole way.
    """

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        address = _ADDRESS.fullmatch(environ.get("PATH_INFO", ""))
        method = environ.get("REQUEST_METHOD")
        wrap = environ.get("wsgi.file_wrapper")
        if address and wrap and method in ("GET", "HEAD") and settings.AUDIO_DELIVERY == "disk" and as_asked(environ):
            show, slug, sha8, extension = address.groups()
            known = recall(show, slug)
            one = known.at(sha8, extension) if known else None
            if one:
                try:
                    answer = answer_audio(method, environ, one)
                except OSError:
                    return self.application(environ, start_response)
                headers = [*answer.headers.items(), ("X-Content-Type-Options", "nosniff"), *transport_security()]
                start_response(_REASONS[answer.status], headers)
                return wrap(answer.part) if answer.part else []
        return self.application(environ, start_response)
