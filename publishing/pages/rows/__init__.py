"""The rows of each page, read in one or two queries: lists inside a row come as JSON arrays from the database."""

from publishing.pages.rows.archive import ArchivePage, Filters, archive_page, years_of_episodes
from publishing.pages.rows.episode import episode_page, previewed_episode
from publishing.pages.rows.people import episodes_of_speaker, seen_speakers, speaker_page, speakers_page
from publishing.pages.rows.shapes import EpisodeRow, ShowRow, SpeakerRow, TopicRow
from publishing.pages.rows.show import front_episodes, latest_episodes, latest_of_site, show_page
from publishing.pages.rows.topics import episodes_of_topic, topic_page, topics_page

__all__ = [
    "ArchivePage",
    "EpisodeRow",
    "Filters",
    "ShowRow",
    "SpeakerRow",
    "TopicRow",
    "archive_page",
    "episode_page",
    "episodes_of_speaker",
    "episodes_of_topic",
    "front_episodes",
    "latest_episodes",
    "latest_of_site",
    "previewed_episode",
    "seen_speakers",
    "show_page",
    "speaker_page",
    "speakers_page",
    "topic_page",
    "topics_page",
    "years_of_episodes",
]
