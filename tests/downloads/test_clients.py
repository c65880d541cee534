"""Clients are named as the lists' own examples say."""

import json

import pytest

from downloads.counting.clients import LISTS, AgentClass, Client, identify, web_player

_CLASSES = {"bots": "bot", "apps": "app", "libraries": "library", "browsers": "browser"}
EXAMPLES = [
    (example, "bot" if entry.get("category") == "bot" else agent_class, entry["name"])
    for file, agent_class in _CLASSES.items()
    for entry in json.loads((LISTS / f"{file}.json").read_text(encoding="utf-8"))["entries"]
    if entry["name"] != "Apple Podcasts (Watch)"
    for example in entry.get("examples", [])
]
REFERRERS = [
    (example, entry["name"])
    for entry in json.loads((LISTS / "referrers.json").read_text(encoding="utf-8"))["entries"]
    for example in entry.get("examples", [])
]


def test_every_example_of_the_lists_is_found():
    wrong = [
        (agent, name)
        for agent, agent_class, name in EXAMPLES
        if (identify(agent).agent_class, identify(agent).name) != (agent_class, name)
    ]

    assert len(EXAMPLES) > 1400
    assert wrong == []


def test_every_example_of_a_web_player_is_found():
    assert [(referrer, name) for referrer, name in REFERRERS if web_player(referrer) != name] == []


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("", AgentClass.NONE),
        ("   ", AgentClass.NONE),
        ("curl/8.14.1", AgentClass.BOT),
        ("python-requests/2.34.2", AgentClass.BOT),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", AgentClass.BOT),
        ("NewThing-Crawler/1.0", AgentClass.BOT),
        ("coproduction-site/0.1 (feed check)", AgentClass.OWN),
        ("atc/1.0 watchOS/9.0 model/Watch6,1", AgentClass.WATCH),
        ("AppleCoreMedia/1.0.0.20R361 (Apple Watch; U; CPU OS 9_0 like Mac OS X; en_us)", AgentClass.WATCH),
        ("Overcast (+http://overcast.fm/; Apple Watch podcast app)", AgentClass.APP),
        ("SomeNewPodcastApp/2.0", AgentClass.UNKNOWN),
        ("x" * 100_000, AgentClass.UNKNOWN),
    ],
)
def test_a_client_is_put_in_its_class(agent, expected):
    assert identify(agent).agent_class is expected


def test_an_app_on_a_phone_has_its_name_and_device():
    agent = "AppleCoreMedia/1.0.0.20B101 (iPhone; U; CPU OS 16_1_1 like Mac OS X; en_us)"

    assert identify(agent) == Client(AgentClass.LIBRARY, "AppleCoreMedia", "Apple iPhone")
