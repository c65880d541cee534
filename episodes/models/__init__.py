"""Tables of the ground floor; every model of the room is importable from here."""

from episodes.models.audio_work import AudioWork
from episodes.models.episode import Episode, EpisodeQuerySet
from episodes.models.episode_parts import (
    Chapter,
    EpisodeLink,
    FormerAudio,
    FormerEpisodeSlug,
    Soundbite,
    Waveform,
)
from episodes.models.imports import FeedImport, FeedImportItem
from episodes.models.picture_work import PictureWork
from episodes.models.show import FormerShowSlug, Season, Show, ShowStamp
from episodes.models.show_links import (
    FollowLink,
    FundingLink,
    RecommendedShow,
    ShowHost,
    VerificationText,
)
from episodes.models.site_report import SiteReport
from episodes.models.small_audio import SmallAudio
from episodes.models.speaker import (
    Appearance,
    FormerSpeakerSlug,
    Speaker,
    SpeakerLink,
    SpeakerQuerySet,
)
from episodes.models.start_here import StartHere
from episodes.models.topic import Topic
from episodes.models.upload import Upload

__all__ = [
    "Appearance",
    "AudioWork",
    "Chapter",
    "Episode",
    "EpisodeLink",
    "EpisodeQuerySet",
    "FeedImport",
    "FeedImportItem",
    "FollowLink",
    "FormerAudio",
    "FormerEpisodeSlug",
    "FormerShowSlug",
    "FormerSpeakerSlug",
    "FundingLink",
    "PictureWork",
    "RecommendedShow",
    "Season",
    "Show",
    "ShowHost",
    "ShowStamp",
    "SiteReport",
    "SmallAudio",
    "Soundbite",
    "Speaker",
    "SpeakerLink",
    "SpeakerQuerySet",
    "StartHere",
    "Topic",
    "Upload",
    "VerificationText",
    "Waveform",
]
