"""What rooms above share with the producers' desk: their rows in an episode's form, their cards on the front page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from episodes.chapters import ChapterMark

# The last field of every form of the desk: a body that lacks it was cut off on its way.
LAST_FIELD = "_whole"


def may_change_something(request: HttpRequest) -> bool:
    """Whether what is published may be another after this request: only the desk changes it, whoever else sends."""
    is_sent = request.method not in ("GET", "HEAD", "OPTIONS")
    return is_sent and request.path_info.startswith(f"/{settings.ADMIN_PATH}/")


@dataclass(frozen=True)
class Card:
    """Something that waits or went on, for the desk's front page. `count` None = only told, nothing to count."""

    title: str
    text: str
    url: str = ""
    count: int | None = None
    urgent: bool = False

    @property
    def asks(self) -> bool:
        """Whether somebody should do something, or something is going on; otherwise it is only good to know."""
        return self.urgent or self.count is not None


CardMaker = Callable[[Any], Iterable[Card]]

episode_inlines: list[type] = []
card_makers: list[CardMaker] = []


ChapterProposer = Callable[[Any], list[ChapterMark]]
chapter_proposers: list[ChapterProposer] = []


def register_chapter_proposer(proposer: ChapterProposer) -> ChapterProposer:
    """Ask this function (of an episode) for drafts of chapters when a producer wants some; [] = it knows none."""
    if proposer not in chapter_proposers:
        chapter_proposers.append(proposer)
    return proposer


def proposed_chapters(episode: Any) -> list[ChapterMark]:
    """The drafts of the first that has any."""
    return next((marks for proposer in chapter_proposers if (marks := proposer(episode))), [])


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
