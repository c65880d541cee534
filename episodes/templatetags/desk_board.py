"""The front page of the producers' desk in a template."""

from django import template

from episodes.dashboard import Board, read_board

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_board(context: dict) -> Board:
    return read_board(context["request"].user)
