"""The sound of a file, sent through a chain of FFmpeg's filters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import cast

from episodes.audio.ffmpeg import av

Progress = Callable[[float], None]


def filtered(
    container: av.container.InputContainer, filters: Sequence[tuple[str, str]], progress: Progress
) -> Iterator[av.AudioFrame]:
    """The frames that come out of filters given by name and options; `progress` gets the share read, 0 to 1."""
    stream = container.streams.audio[0]
    total = float((stream.duration or 0) * (stream.time_base or 0))
    graph = av.filter.Graph()
    chain = [
        graph.add_abuffer(template=stream),
        *(graph.add(name, options) for name, options in filters),
        graph.add("abuffersink"),
    ]
    for one, next_one in pairwise(chain):
        one.link_to(next_one)
    graph.configure()
    for count, frame in enumerate(container.decode(stream)):
        graph.push(frame)
        yield from _ready(graph)
        if count % 100 == 0 and total and frame.time is not None:
            progress(min(frame.time / total, 1.0))
    graph.push(None)
    yield from _ready(graph)


def _ready(graph: av.filter.Graph) -> Iterator[av.AudioFrame]:
    while True:
        try:
            yield cast(av.AudioFrame, graph.pull())
        except (av.error.BlockingIOError, av.error.EOFError):
            return
