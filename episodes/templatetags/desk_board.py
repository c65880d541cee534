"""The front page of the producers' desk in a template."""

from django import template

from episodes.dashboard import Board, read_board
from episodes.timecode import format_clock

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_board(context: dict) -> Board:
    return read_board(context["request"].user)


@register.filter
def clock(ms: int) -> str:
    """A moment of the audio as producers write it: 12:34."""
    return format_clock(ms)
