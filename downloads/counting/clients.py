"""Who asks for the audio, told from the User-Agent and Referer headers."""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

LISTS = Path(__file__).parent.parent / "data" / "opawg"
# Headers are hostile text: no more than this of them is matched or kept.
LONGEST_AGENT = 400

# Monitors and importers of this software name themselves so; they are never listeners.
OWN_AGENT = "coproduction-site"
_BOT_WORDS = re.compile(r"bot\b|crawler|spider|slurp|monitor(ing)?\b|uptime|headless", re.IGNORECASE)
# Libraries and tools that the lists do not have, and that no listener hears audio with.
_TOOL_WORDS = re.compile(
    r"^(curl|wget|httpie|python-requests|python-urllib|libwww-perl|php|node|postmanruntime)\b",
    re.IGNORECASE,
)
_WATCH = re.compile(r"^atc/|watchOS|Apple Watch")


class AgentClass(StrEnum):
    APP = "app"
    BROWSER = "browser"
    LIBRARY = "library"
    UNKNOWN = "unknown"
    BOT = "bot"
    WATCH = "watch"  # Apple Podcasts on a watch fetches what the phone fetches too
    OWN = "own"
    NONE = "none"


@dataclass(frozen=True)
class Client:
    """What asked: its class, its name ("Overcast", "" when unknown), and the device if the agent tells."""

    agent_class: AgentClass
    name: str = ""
    device: str = ""


@dataclass(frozen=True)
class _Entry:
    name: str
    pattern: re.Pattern[str]
    category: str


def identify(user_agent: str) -> Client:
    """Name the client behind a User-Agent header; only its first 400 characters are looked at."""
    return _identify(user_agent[:LONGEST_AGENT].strip())


@lru_cache(maxsize=20_000)
def _identify(agent: str) -> Client:
    if not agent:
        return Client(AgentClass.NONE)
    if agent.lower().startswith(OWN_AGENT):
        return Client(AgentClass.OWN, "This site")
    found, agent_class = _first_match(agent)
    name = found.name if found else ""
    device = _match("devices", agent)
    if _WATCH.search(agent) and name in (
        "",
        "Apple Podcasts",
        "Apple Podcasts (Watch)",
        "AppleCoreMedia",
    ):
        return Client(AgentClass.WATCH, "Apple Podcasts", "Apple Watch")
    if agent_class is AgentClass.BOT:
        return Client(AgentClass.BOT, name)
    if found is None and _TOOL_WORDS.search(agent):
        return Client(AgentClass.BOT, agent.split("/")[0][:60])
    if agent_class not in (AgentClass.APP, AgentClass.BROWSER) and _BOT_WORDS.search(agent):
        return Client(AgentClass.BOT, name)
    return Client(
        agent_class,
        name,
        device.name if device else "",
    )


def web_player(referrer: str) -> str:
    """Name the web player or site a Referer header belongs to; "" when the lists do not know it."""
    found = _match("referrers", referrer[:LONGEST_AGENT])
    return found.name if found else ""


def _first_match(agent: str) -> tuple[_Entry | None, AgentClass]:
    for file, agent_class in (
        ("bots", AgentClass.BOT),
        ("apps", AgentClass.APP),
        ("libraries", AgentClass.LIBRARY),
        ("browsers", AgentClass.BROWSER),
    ):
        found = _match(file, agent)
        if found:
            return found, AgentClass.BOT if found.category == "bot" else agent_class
    return None, AgentClass.UNKNOWN


def _match(file: str, text: str) -> _Entry | None:
    return next((entry for entry in _entries(file) if entry.pattern.search(text)), None)


@lru_cache
def _entries(file: str) -> tuple[_Entry, ...]:
    data = json.loads((LISTS / f"{file}.json").read_text(encoding="utf-8"))
    return tuple(
        _Entry(entry["name"], re.compile(entry["pattern"]), entry.get("category", "")) for entry in data["entries"]
    )
