"""Put the example show into an empty site: one real episode, its transcript, a computer's voice that says so."""

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction

from episodes.audio.id3 import write_id3
from episodes.audio_orders import order_work
from episodes.chapters import parse_lines
from episodes.filing import scratch_file
from episodes.identity import podcast_guid
from episodes.models import Appearance, Episode, Show, ShowHost, Speaker, Topic
from episodes.picture_work import make_sizes
from episodes.production import attach_artwork, attach_audio, publish, replace_chapters
from episodes.tagging import tags_of
from publishing.example_cover import ALT, draw_cover
from transcripts.ingest import ingest_transcript

SHOW_SLUG = "the-power-of-coproduction"
EPISODE_SLUG = "e00-paul-on-coproduction"
FOLDER = Path(__file__).resolve().parent.parent / "episodes" / "example"
DURATION_MS = 698_044
PUBLISHED_AT = datetime(2022, 6, 21, 10, 0, tzinfo=UTC)

DESCRIPTION = """\
There are many ideas and many people to meet in this series, which explores the coproduction of healthcare service.
Healthcare is a service, and to make a service two parties need to work together. What makes everyday experiences in
healthcare go right or go wrong, and what can we learn from the stories that accompany them?

Each episode marries a coproduction concept with a powerful example and story, followed by a discussion of the
implications and the actions possible."""

ABOUT = """\
*The Power of Coproduction* is a series of 30-minute episodes about healthcare as work that people who are sometimes
called patients and people who are sometimes called professionals do together.

More background is at <https://icohn.org/podcasts>.

This site holds the show as an example: the words of its first episode are the real transcript, the voice is a
computer's."""

SUMMARY = (
    "Paul Batalden opens the series: why healthcare is a service and not a product, what coproduction means, and why "
    "it asks for mutual respect between the people who need care and the people who give it."
)

NOTES = """\
Paul Batalden introduces the series and the idea behind it. A service takes two parties who work together; a product is
made by one and sold to another. Much of healthcare is still organised by product-making logic, and good care often
happens in spite of it.

The episode offers two definitions. The basic one:

> two parties working together to create and make something: each party is respected and trusted.

And a more comprehensive one:

> the interdependent work of users and professionals in the design, creation, development, delivery, assessment and
> improvement of the relationships and actions that contribute to the health of individuals and populations.

- More background on the series: <https://icohn.org/podcasts>"""

DISCLOSURE = (
    "The voice you hear is a computer's (flite, voice “rms”) reading the transcript aloud. "
    "The original recording is not part of this site's example."
)

BIO = """\
Paul Batalden hosts *The Power of Coproduction*. In 1991 he helped conceive of and found the Institute for Healthcare
Improvement (IHI), along with his good friend and colleague Don Berwick and their colleagues, and he served on its board
for 25 years.

For the longest time he was certain that the quality improvement movement in healthcare could be and would be
transformative. He still holds its efforts to be crucial, and with many others has gradually expanded his view beyond
the management of disease and illness, toward the goal of achieving optimal health."""

# Drafted from the transcript's paragraphs; each begins where the voice begins its paragraph.
CHAPTERS = """\
0:00 Welcome
0:44.760 A learning journey
1:17.330 Healthcare is a service
2:21.460 Untangling product-making logic
3:07.160 Good care is already coproduced
3:56.910 A working definition
4:35.850 About Paul, and from quality improvement to health
6:38.950 Beyond the four walls
7:49.380 Humility, vulnerability and trust
8:43.990 What the pandemic taught
9:30.160 An invitation to build together"""

TOPICS = (
    (
        "coproduction",
        "Coproduction",
        "Two parties working together to create and make something, each of them respected and trusted.",
    ),
    (
        "quality-improvement",
        "Quality improvement",
        "Designing and testing change, to reduce preventable deaths, infections and errors.",
    ),
    (
        "social-determinants-of-health",
        "Social determinants of health",
        "People's daily lives, and the resources and supports that each person brings to their own health.",
    ),
)


def _flowing(markdown: str) -> str:
    """The texts above are wrapped for reading here; the site would keep each line's end."""
    return re.sub(r"(?<!\n)\n(?:> )?(?![\n>-])", " ", markdown.strip())


@transaction.atomic
def load_example() -> bool:
    """Create the example show and publish its episode; False, and nothing changed, when the show is already here."""
    if Show.objects.filter(slug=SHOW_SLUG).exists():
        return False
    show = _show()
    paul = _host(show)
    episode = Episode.objects.create(
        show=show,
        title="E00 – Paul on Coproduction",
        slug=EPISODE_SLUG,
        summary=SUMMARY,
        show_notes=_flowing(NOTES),
        disclosure=DISCLOSURE,
        published_at=PUBLISHED_AT,
    )
    episode.topics.set([_topic(*topic) for topic in TOPICS])
    Appearance.objects.create(episode=episode, speaker=paul, role="Host")
    replace_chapters(episode, parse_lines(CHAPTERS))
    _attach_voice(episode)
    ingest_transcript(
        episode, (FOLDER / "transcript.txt").read_bytes(), "transcript.txt", language="en", origin="corrected"
    )
    publish(episode, PUBLISHED_AT)
    return True


def _show() -> Show:
    show = Show(
        title="The Power of Coproduction",
        slug=SHOW_SLUG,
        tagline="How patients and professionals make healthcare together",
        description=_flowing(DESCRIPTION),
        about=_flowing(ABOUT),
        author="Paul Batalden",
        owner_name="The Power of Coproduction",
        language="en",
        category="Health & Fitness > Medicine",
        copyright="The Power of Coproduction",
        website="https://icohn.org/podcasts",
        artwork_alt=ALT,
    )
    show.podcast_guid = podcast_guid(settings.SITE_URL + show.get_feed_url())
    show.save()
    attach_artwork(show, ContentFile(draw_cover(Path(settings.STATICFILES_DIRS[0])), "cover.png"))
    make_sizes(str(show.artwork.name))  # at once: whoever looks at a new site sees it as it is meant to be
    show.refresh_from_db()
    return show


def _host(show: Show) -> Speaker:
    paul, _ = Speaker.objects.get_or_create(
        slug="paul-batalden", defaults={"name": "Paul Batalden", "bio": _flowing(BIO)}
    )
    ShowHost.objects.create(show=show, speaker=paul, role="Host")
    return paul


def _topic(slug: str, name: str, description: str) -> Topic:
    return Topic.objects.get_or_create(slug=slug, defaults={"name": name, "description": description})[0]


def _attach_voice(episode: Episode) -> None:
    """The computer's reading, which says what it is in its own tags too; the job then measures and draws it."""
    tagged = BytesIO()
    write_id3(FOLDER / "e00-computer-voice.mp3", tagged, tags_of(episode, DURATION_MS))
    with scratch_file(".mp3") as path:
        path.write_bytes(tagged.getvalue())
        with path.open("rb") as file:
            attach_audio(episode, File(file))
    order_work(episode)
