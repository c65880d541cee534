"""Say what an episode still needs before it is published: one answer for form, list, publish step and feed check."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from episodes.audio.targets import TRUE_PEAK_DBTP, usual_lufs
from episodes.models import Appearance, AudioWork, Episode, Show
from episodes.timecode import format_clock

LOUDNESS_TOLERANCE = 1.5
LONGEST_SHOWN_TITLE = 100


class Level(StrEnum):
    BLOCK = "block"
    ADVICE = "advice"


@dataclass(frozen=True)
class Check:
    """One thing that is missing or doubtful. `text` is a sentence for a producer, `field` the field that mends it."""

    level: Level
    text: str
    field: str = ""

    @property
    def blocks(self) -> bool:
        return self.level == Level.BLOCK


Checker = Callable[[Episode], Iterable[Check]]
_checkers: list[Checker] = []


def register(checker: Checker) -> Checker:
    """Add a question of a room above ours (is there a transcript?), asked whenever readiness is."""
    if checker not in _checkers:
        _checkers.append(checker)
    return checker


def readiness(episode: Episode) -> list[Check]:
    """Everything that stands against publishing, blocking things first; empty = ready without reserve."""
    questions = (_work, _audio, _words, _artwork, _chapters, _people, *_checkers)
    found = [check for checker in questions for check in checker(episode)]
    return sorted(found, key=lambda check: check.level != Level.BLOCK)


def is_ready(checks: list[Check]) -> bool:
    return not any(check.blocks for check in checks)


def summarise(checks: list[Check]) -> str:
    """One sentence: "Ready." · "Ready, except: …" · "Not ready: …"."""
    if not checks:
        return "Ready."
    blocking = [check.text for check in checks if check.blocks]
    if blocking:
        return "Not ready: " + " ".join(blocking)
    return "Ready, except: " + " ".join(check.text for check in checks)


def _work(episode: Episode) -> Iterable[Check]:
    """New audio is whole only when its work is done. What is public keeps its present file, also when its hour comes
    meanwhile, so there it is no more than a hint; work that only renews tags holds up nothing."""
    work: AudioWork | None = getattr(episode, "audio_work", None) if episode.pk else None
    if work is None or work.state == AudioWork.State.DONE:
        return
    kept = " Listeners get the present file." if episode.state == Episode.State.PUBLIC else ""
    if work.state == AudioWork.State.FAILED and not work.source:
        yield Check(Level.ADVICE, f"Title and chapters could not be written into the file: {work.problem}", "audio")
    elif work.state == AudioWork.State.FAILED:
        text = f"The work on the new audio failed: {work.problem}{kept} Try again, or upload another file."
        yield Check(Level.ADVICE if kept else Level.BLOCK, text, "audio")
    elif work.source:
        so_far = f"{work.step or work.get_state_display()}, {work.percent} %"
        text = f"The new audio is still being worked on ({so_far}).{kept or ' Publish when that is done.'}"
        yield Check(Level.ADVICE if kept else Level.BLOCK, text, "audio")


def _audio(episode: Episode) -> Iterable[Check]:
    if not episode.audio or not episode.audio_bytes or not episode.duration_ms:
        yield Check(Level.BLOCK, "There is no audio yet: upload an MP3 or M4A file.", "audio")
        return
    if episode.loudness_lufs is not None:
        wanted = usual_lufs(episode.channels or 2)
        if abs(episode.loudness_lufs - wanted) > LOUDNESS_TOLERANCE:
            compared = "quieter" if episode.loudness_lufs < wanted else "louder"
            found = f"{episode.loudness_lufs:.0f} LUFS, {wanted:.0f} is usual"
            yield Check(
                Level.ADVICE,
                f"The audio is {compared} than other podcasts: {found}.",
                "audio",
            )
    if episode.true_peak_dbtp is not None and episode.true_peak_dbtp > TRUE_PEAK_DBTP + 0.5:
        yield Check(Level.ADVICE, f"The loudest moments may crackle ({episode.true_peak_dbtp:+.1f} dBTP).", "audio")
    if episode.bitrate_bps and episode.bitrate_bps < 48_000:
        yield Check(Level.ADVICE, f"{episode.bitrate_bps // 1000} kbit/s sounds poor; 96 is usual for speech.", "audio")
    if episode.sample_rate_hz and episode.sample_rate_hz not in (44_100, 48_000):
        yield Check(
            Level.ADVICE, f"A sample rate of {episode.sample_rate_hz} Hz is unusual; 44 100 plays everywhere.", "audio"
        )


def _words(episode: Episode) -> Iterable[Check]:
    if not episode.title.strip():
        yield Check(Level.BLOCK, "There is no title.", "title")
    if not episode.summary.strip():
        yield Check(Level.BLOCK, "There is no summary: two or three sentences on what the episode is about.", "summary")
    if len(episode.title) > LONGEST_SHOWN_TITLE:
        yield Check(Level.ADVICE, f"The title has {len(episode.title)} letters; apps cut it after about 60.", "title")
    if episode.show.title.casefold() in episode.title.casefold():
        yield Check(Level.ADVICE, "The title repeats the show's name, which apps show beside it anyway.", "title")
    if episode.show.type == Show.Type.SERIAL and episode.kind == Episode.Kind.FULL and not episode.number:
        yield Check(Level.BLOCK, "The episode has no number, which a serial show needs for its order.", "number")
    if episode.pk and not episode.topics.all():
        yield Check(Level.ADVICE, "No topic is chosen, so listeners do not find it by topic.", "topics")


def _artwork(episode: Episode) -> Iterable[Check]:
    if episode.artwork and not episode.artwork_alt.strip():
        yield Check(Level.BLOCK, "The cover has no words for people who cannot see it.", "artwork_alt")
    if not episode.show.artwork:
        yield Check(Level.ADVICE, "The show has no cover; directories refuse a feed without one.", "artwork")
    elif not episode.show.artwork_alt.strip():
        yield Check(Level.ADVICE, "The show's cover has no words for people who cannot see it.", "artwork_alt")


def _chapters(episode: Episode) -> Iterable[Check]:
    if not episode.pk:
        return
    starts = [chapter.start_ms for chapter in episode.chapters.all()]
    wordless = sum(bool(chapter.image and not chapter.image_alt.strip()) for chapter in episode.chapters.all())
    if wordless:
        pictures = _count(wordless, "chapter picture has", "chapter pictures have")
        yield Check(Level.BLOCK, f"{pictures} no words for people who cannot see it.", "chapters")
    if not starts:
        if (episode.duration_ms or 0) > 10 * 60_000:
            yield Check(Level.ADVICE, "There are no chapters.", "chapters")
        return
    late = [start for start in starts if episode.duration_ms and start >= episode.duration_ms]
    if late:
        yield Check(
            Level.BLOCK,
            f"{_count(len(late), 'chapter begins', 'chapters begin')} after the end of the audio "
            f"({format_clock(episode.duration_ms or 0)}).",
            "chapters",
        )
    if min(starts) > 0:
        yield Check(Level.ADVICE, "The first chapter does not begin at 0:00; some apps then show none.", "chapters")


def _people(episode: Episode) -> Iterable[Check]:
    if not episode.pk:
        return
    speakers = [a.speaker for a in _appearances(episode) if not a.speaker.hidden]
    if not speakers:
        yield Check(Level.ADVICE, "Nobody is named as a speaker.", "appearances")
        return
    without_text = [s for s in speakers if s.photo and not s.photo_alt.strip()]
    if without_text:
        yield Check(
            Level.ADVICE, f"{_count(len(without_text), 'person has', 'people have')} no photo text.", "appearances"
        )
    without_bio = [s.name for s in speakers if not s.bio.strip()]
    if without_bio:
        yield Check(Level.ADVICE, f"{_names(without_bio)} has no biography yet.", "appearances")


def _appearances(episode: Episode) -> list[Appearance]:
    """Those already read for a list, or read now in one query."""
    if "appearances" in getattr(episode, "_prefetched_objects_cache", {}):
        return list(episode.appearances.all())
    return list(episode.appearances.select_related("speaker"))


def _count(number: int, one: str, many: str) -> str:
    return f"1 {one}" if number == 1 else f"{number} {many}"


def _names(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
