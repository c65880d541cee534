"""What rooms above hang into the producers' desk: rows in an episode's form, cards on the front page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Card:
    """Something that waits or went on, for the desk's front page. `count` None = only told, nothing to count."""

    title: str
    text: str
    url: str = ""
    count: int | None = None
    urgent: bool = False


CardMaker = Callable[[Any], Iterable[Card]]

episode_inlines: list[type] = []
card_makers: list[CardMaker] = []


def register_inline(inline: type) -> type:
    """Show this admin inline in an episode's form, behind the desk's own."""
    if inline not in episode_inlines:
        episode_inlines.append(inline)
    return inline


def register_cards(maker: CardMaker) -> CardMaker:
    """Ask this function (of the signed-in user) for cards each time the front page is shown."""
    if maker not in card_makers:
        card_makers.append(maker)
    return maker
