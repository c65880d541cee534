"""What a move takes over: every item once, identities to the letter, words cleaned, compared at the end."""

import pytest
from django.forms.models import model_to_dict

from episodes.audio.id3 import EpisodeTags, TagChapter, write_id3
from episodes.models import Episode, FeedImport, FeedImportItem, Show, Speaker
from publishing.importing.plan import rehearse
from publishing.importing.running import MoveError, open_move, start
from publishing.importing.sources import file_pages
from publishing.rss.reader import read_feed
from tests.episodes.audio_samples import write_tone
from tests.factories import make_episode, make_show
from tests.loopback import serving
from tests.publishing.foreign_host import host, sample
from tests.publishing.moving_in import feed_with, item_with, move_in
from transcripts.models import Transcript


def everything() -> list[dict]:
    """All rows of all episodes, as values."""
    return [
        {**model_to_dict(episode), "topics": [], "changed_at": episode.changed_at, "published_at": episode.published_at}
        for episode in Episode.objects.order_by("guid")
    ]


@pytest.mark.parametrize(
    ("name", "items"),
    [("podcasting20-all-tags.xml", 3), ("libsyn.xml", 6), ("wordpress-powerpress.xml", 6), ("podbean.xml", 8),
     ("anchor-m4a.xml", 1), ("latin1-catalan.xml", 350)],
)  # fmt: skip
def test_a_real_feed_moves_in_whole_and_a_second_run_changes_nothing(settings, tmp_path, db, name, items):
    with host(settings, tmp_path) as old:
        data = sample(name, old.place)
        feed = read_feed(data)
        move = move_in(data)
        first = everything()
        asked = len(old.asked)
        again = move_in(data)

    assert {row.state for row in move.items.all()} == {FeedImportItem.State.CREATED}
    assert [(e.guid, e.published_at, e.state) for e in move.show.episodes.order_by("guid")] == sorted(
        (item.identity, item.published_at, "public") for item in feed.items
    )
    assert len(first) == items
    assert everything() == first
    assert len(old.asked) == asked, "nothing is fetched again"
    assert {row.state for row in again.items.all()} == {FeedImportItem.State.PRESENT}
    assert Show.objects.count() == 1


def test_all_that_an_item_points_to_is_taken_over(settings, tmp_path, db):
    with host(settings, tmp_path) as old:
        move = move_in(sample("podcasting20-all-tags.xml", old.place))

    episode = Episode.objects.get(guid="https://example.com/ep0003")
    assert (episode.guid_is_permalink, episode.number, episode.season.number, episode.season.name) == (
        True, 3, 1, "Podcasting 2.0",
    )  # fmt: skip
    assert (episode.audio_mime, round(episode.duration_ms / 1000), len(episode.audio_sha256)) == ("audio/mpeg", 3, 64)
    assert episode.artwork.name.startswith("artwork/")
    assert [(c.start_ms, c.title) for c in episode.chapters.all()] == [(0, "Start"), (1500, "End")]
    assert [(a.speaker.name, a.role) for a in episode.appearances.all()] == [
        ("Adam Curry", "Host"), ("Dave Jones", "Guest"), ("Becky Smith", "Cover Art Designer"),
    ]  # fmt: skip
    assert [(s.start_ms, s.duration_ms) for s in episode.soundbites.all()] == [(33_833, 60_000)]
    assert sorted(Transcript.objects.filter(episode=episode).values_list("language", flat=True)) == ["en-us", "es"]
    assert (episode.location_name, episode.location_osm) == ("Birmingham Civil Rights Museum", "R6930627")
    assert (episode.social_protocol, episode.summary) == (
        "activitypub", "A look into the future of podcasting and how we get to Podcasting 2.0!",
    )  # fmt: skip
    show = move.show
    assert (show.title, show.language, show.category, show.second_category) == (
        "Podcasting 2.0 Namespace Example", "en-US", "Technology", "News > Tech News",
    )  # fmt: skip
    assert (show.owner_email, show.copyright, show.blocked) == ("johndoe@example.com", "Podcast Index LLC", True)
    assert [link.label for link in show.funding_links.all()] == ["Support the show!"]
    assert [str(r.feed_guid)[:8] for r in show.recommended_shows.all()] == ["917393e3", "396d9ae0"]
    assert show.artwork_width_px == 1400
    assert Speaker.objects.get(name="Adam Curry").photo
    assert (show.chat_server, show.chat_protocol, show.chat_account, show.chat_space) == (
        "example.com", "matrix", "@bob:example.com", "#general:example.com",
    )  # fmt: skip
    assert any("is no UUID" in note for note in move.report)


def test_a_chat_that_this_site_cannot_offer_is_left_out_and_said(settings, tmp_path, db):
    chat = "<podcast:chat server='chat.example' protocol='telepathy' space='a'/>"
    with host(settings, tmp_path) as old:
        move = move_in(feed_with(item_with("a", old.place), chat))

    assert (move.show.chat_server, move.show.chat_protocol, move.show.chat_space) == ("", "", "")
    assert any('The chat at "chat.example" (telepathy) cannot be kept here' in note for note in move.report)


def test_the_chat_and_the_other_files_of_an_episode_are_left_out_and_said(settings, tmp_path, db):
    with host(settings, tmp_path) as old:
        chat = "<podcast:chat server='chat.example' protocol='irc' space='#one'/>"
        other = (
            "<podcast:alternateEnclosure type='audio/ogg'>"
            f"<podcast:source uri='http://{old.place}/a.opus'/></podcast:alternateEnclosure>"
        )
        move = move_in(feed_with(item_with("a", old.place, chat + other)))
        again = move_in(feed_with(item_with("a", old.place, other) + item_with("b", old.place, other)))

    assert "Left out, since this site has no place for them: podcast:chat of an episode (1)." in move.report
    assert [note for note in move.report if "podcast:alternateEnclosure" in note] == [
        "Episodes with other audio files beside their main one (podcast:alternateEnclosure): 1. "
        "Only the main file is taken over; a smaller one can be made here, by the show's setting."
    ]
    assert any("(podcast:alternateEnclosure): 2." in note for note in again.report)


def test_the_report_compares_our_feed_with_the_old_one(settings, tmp_path, db):
    with host(settings, tmp_path) as old:
        move = move_in(feed_with(item_with("one", old.place) + item_with("Two Words", old.place)))

    assert move.parity[0] == "2 of 2 episodes are the same in both feeds."
    assert all("the old feed said 1 bytes" in line or "first category" in line for line in move.parity[1:])
    assert move.state == FeedImport.State.DONE


def test_identities_are_kept_to_the_letter(settings, tmp_path, db):
    guid = "9b024349-ccf0-5f69-a609-6b82873eab3c"
    guids = ["MixedCASE", "two  words", "http://A.example/?p=1#", "relative/path.mp3"]
    with host(settings, tmp_path) as old:
        items = "".join(item_with(guid, old.place) for guid in guids)
        move = move_in(feed_with(items, f"<podcast:guid>{guid}</podcast:guid>"))

    assert sorted(Episode.objects.values_list("guid", flat=True)) == sorted(guids)
    assert str(move.show.podcast_guid) == guid


def test_a_feed_without_podcast_guid_gets_the_one_of_its_address(settings, tmp_path, db):
    with host(settings, tmp_path) as old:
        move = move_in(feed_with(item_with("a", old.place)), url="https://podnews.net/rss")

    assert str(move.show.podcast_guid) == "9b024349-ccf0-5f69-a609-6b82873eab3c"


def test_what_was_missing_is_fetched_by_the_next_run(settings, tmp_path, db):
    with host(settings, tmp_path) as old:
        data = feed_with(item_with("a", old.place) + item_with("b", old.place, audio="later.mp3"))
        old.missing.add("later.mp3")
        first = move_in(data)
        states = dict(Episode.objects.values_list("guid", "state"))
        old.missing.clear()
        second = move_in(data)

    assert states == {"a": "public", "b": "draft"}
    assert [row.state for row in first.items.all()] == ["created", "incomplete"]
    assert "later.mp3 answered 404" in first.items.get(guid="b").notes[0]
    assert [row.state for row in second.items.all()] == ["present", "created"]
    assert dict(Episode.objects.values_list("guid", "state")) == {"a": "public", "b": "public"}


def test_what_producers_changed_since_stays(settings, tmp_path, db):
    with host(settings, tmp_path) as old:
        data = feed_with(item_with("a", old.place))
        move_in(data)
        Episode.objects.update(title="Better title", state=Episode.State.WITHDRAWN)
        move_in(data)

    assert Episode.objects.values_list("title", "state").get() == ("Better title", "withdrawn")


def test_a_locked_feed_is_refused_and_nothing_of_it_is_fetched(settings, tmp_path, db):
    with host(settings, tmp_path) as old:
        move, plan = open_move("feed.xml", file_pages(sample("podcasting20-all-tags.xml", old.place, unlocked=False)))
        with pytest.raises(MoveError, match=r"locked.*podcastowner@example\.com"):
            start(move)

    assert "This feed is locked" in plan.refusals[0]
    assert (Show.objects.count(), old.asked) == (0, [])


def test_the_rehearsal_tells_what_would_happen_and_changes_nothing(db):
    other = make_show()
    make_episode(other, guid="taken")
    items = (
        item_with("fine", "a.example")
        + item_with("taken", "a.example")
        + item_with("fine", "a.example")
        + "<item><title>No audio</title><guid>x</guid><pubDate>Wed, 15 Jan 2025 19:00:00 GMT</pubDate></item>"
        + "<item><title>Nothing</title></item>"
        + item_with("future", "a.example").replace("2025", "2093").replace("Wed", "Thu")
        + item_with("hidden", "a.example", "<itunes:block>Yes</itunes:block>")
    )
    before = everything()

    plan = rehearse(read_feed(feed_with(items)), "https://a.example/feed")

    assert [(item.guid, item.action.value) for item in plan.items] == [
        ("fine", "create"), ("taken", "refuse"), ("fine", "refuse"), ("x", "draft"), ("", "refuse"),
        ("future", "create"), ("hidden", "draft"),
    ]  # fmt: skip
    assert plan.sentences()[:4] == [
        '"A show" would be imported as a new show.',
        "2 episodes will be created.",
        "2 episodes will be created as drafts.",
        "3 episodes cannot be taken over.",
    ]
    assert (everything(), Show.objects.count(), FeedImport.objects.count()) == (before, 1, 0)


def test_a_hidden_and_an_undated_episode_come_as_drafts_a_future_one_scheduled(settings, tmp_path, db):
    with host(settings, tmp_path) as old:
        items = (
            item_with("hidden", old.place, "<itunes:block>Yes</itunes:block>")
            + item_with("undated", old.place).replace("Wed, 15 Jan 2025 19:00:00 +0000", "soon")
            + item_with("future", old.place).replace("2025", "2093").replace("Wed", "Thu")
        )
        move_in(feed_with(items))

    assert dict(Episode.objects.values_list("guid", "state")) == {
        "hidden": "draft", "undated": "draft", "future": "public",
    }  # fmt: skip
    assert [e.guid for e in Episode.objects.published()] == []
    assert [e.guid for e in Episode.objects.scheduled()] == ["future"]


def test_hostile_words_are_cleaned(settings, tmp_path, db):
    nasty = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;bold&lt;/b&gt; &lt;img src=x onerror=y()&gt;"
    with host(settings, tmp_path) as old:
        items = item_with("a", old.place).replace("What a is about.", nasty).replace("Item a", nasty)
        move = move_in(feed_with(items, f"<copyright>{nasty}</copyright>").replace(b"About.", nasty.encode()))

    episode = Episode.objects.get()
    assert (episode.title, episode.summary, episode.show_notes) == ("bold", "bold", "")
    assert move.show.description == "**bold**"


def test_every_kind_of_address_that_leads_inside_is_refused_unasked(settings, tmp_path, db):
    with serving() as inner, host(settings, tmp_path) as old:
        inside = f"http://127.0.0.1:{inner.server_port}"
        old.answers["/redirect.mp3"] = lambda handler: handler.send(b"", 302, Location=f"{inside}/audio.mp3")
        extra = (
            f"<itunes:image href='{inside}/cover.jpg'/><podcast:transcript url='{inside}/t.vtt' type='text/vtt'/>"
            f"<podcast:chapters url='{inside}/c.json' type='application/json'/>"
            f"<podcast:person img='{inside}/p.jpg'>Ann</podcast:person>"
        )
        items = item_with("a", old.place, extra, audio="redirect.mp3") + item_with("b", inside[7:])
        move = move_in(feed_with(items, f"<itunes:image href='{inside}/show.jpg'/>"))

    assert inner.asked == []
    notes = [note for row in move.items.all() for note in row.notes]
    assert len([note for note in notes if "private network" in note]) == 6
    assert any("private network" in note for note in move.report)
    assert {e.state for e in Episode.objects.all()} == {"draft"}


def test_a_short_guid_met_by_chance_does_not_mix_two_shows(settings, tmp_path, db):
    make_episode(make_show(), guid="1")
    with host(settings, tmp_path) as old:
        items = "".join(item_with(guid, old.place) for guid in ("1", "2", "3"))
        move = move_in(feed_with(items))

    assert Show.objects.count() == 2
    assert sorted(move.items.values_list("guid", "state")) == [("1", "refused"), ("2", "created"), ("3", "created")]


def test_chapters_inside_the_audio_are_taken_where_the_feed_names_none(settings, tmp_path, db):
    plain, tagged = write_tone(tmp_path / "plain.mp3", seconds=5), tmp_path / "tagged.mp3"
    marks = [
        TagChapter(0, 2000, "Welcome"),
        TagChapter(2000, 4000, "", "https://a.example/"),
        TagChapter(3000, 4000, "z" * 300, "javascript:alert(1)"),
        TagChapter(9000, 9900, "Cut"),
    ]
    with tagged.open("wb") as out:
        write_id3(plain, out, EpisodeTags(title="x", chapters=marks))

    with host(settings, tmp_path) as old:
        old.answers["/a.mp3"] = lambda handler: handler.send(tagged.read_bytes())
        move = move_in(feed_with(item_with("a", old.place)))

    (episode,) = Episode.objects.all()
    chapters = list(episode.chapters.order_by("start_ms").values_list("start_ms", "title", "link"))
    assert chapters == [(0, "Welcome", ""), (2000, "Chapter 2", "https://a.example/"), (3000, "z" * 255, "")]
    assert "1 chapters begin after the end of the audio." in " ".join(move.items.get().notes)


def test_a_season_that_no_column_holds_is_left_out_and_the_episode_comes(settings, tmp_path, db):
    with host(settings, tmp_path) as old:
        move_in(feed_with(item_with("a", old.place, extra="<itunes:season>99999999999</itunes:season>")))

    (episode,) = Episode.objects.all()
    assert (episode.season, bool(episode.audio)) == (None, True)
