"""Search latency over 1,000 transcripts of 4,500 words: python benchmarks/search.py [transcripts]

Makes a database of its own beside the test database, fills it with text of Zipf-distributed invented words (names,
notes and spoken sentences, all published), asks common, middling and rare words, phrases, misspellings and filters,
and prints the median and 95th percentile of the whole search step, and of the database's share in it.
"""

import bisect
import io
import itertools
import os
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coproduction_site.settings_test")

from benchmarks.goals import note

WORDS_EACH = 4500
VOCABULARY = 30_000
ROUNDS = 40


def main(transcripts: int) -> None:
    import django

    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        _fill(transcripts)
        _measure()
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def _vocabulary(rng: random.Random) -> list[str]:
    """Pronounceable words, commonest first; short ones are common, as in speech."""
    syllables = [
        "co",
        "pro",
        "duc",
        "tion",
        "ca",
        "re",
        "pa",
        "tient",
        "sa",
        "fe",
        "ty",
        "le",
        "arn",
        "ing",
        "mo",
        "ve",
    ]
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        length = 2 + min(len(found) // 300, 3)
        found["".join(rng.choice(syllables) for _ in range(rng.randint(2, length + 1)))] = None
    return list(found)


def _fill(transcripts: int) -> None:
    from django.db import connection

    from tests.factories import make_appearance, make_episode, make_show, make_speaker
    from transcripts.models import Transcript, VoiceLabel
    from transcripts.search.vocabulary import learn_all_words

    started = time.perf_counter()
    rng = random.Random(7)
    words = _vocabulary(rng)
    weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(words))))

    def speech(count: int) -> list[str]:
        return [words[bisect.bisect(weights, rng.random() * weights[-1])] for _ in range(count)]

    show = make_show()
    speakers = [make_speaker(name=f"Person {n}") for n in range(20)]
    for number in range(transcripts):
        episode = make_episode(
            show,
            title=" ".join(speech(6)),
            summary=" ".join(speech(40)),
            show_notes=" ".join(speech(200)),
            audio="audio/none.mp3",
        )
        speaker = speakers[number % len(speakers)]
        make_appearance(episode, speaker)
        transcript = Transcript.objects.create(episode=episode, language="en")
        voice = VoiceLabel.objects.create(transcript=transcript, label="A", speaker=speaker)
        rows = io.StringIO()
        said, position = 0, 0
        while said < WORDS_EACH:
            sentence = speech(rng.randint(6, 24))
            rows.write(
                f"{transcript.pk}\t{position}\t{voice.pk}\tf\t{' '.join(sentence)}.\t{position * 5000}\tok\t[]\t\n"
            )
            said, position = said + len(sentence), position + 1
        rows.seek(0)
        with connection.cursor() as cursor:
            cursor.cursor.copy_expert(
                "COPY transcripts_segment (transcript_id, position, voice_id, starts_paragraph, text, start_ms, "
                "status, words, language) FROM STDIN",
                rows,
            )
    learn_all_words()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"{transcripts} transcripts of {WORDS_EACH} words filled in {time.perf_counter() - started:.0f} s")


def _measure() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from transcripts.search.query import search
    from transcripts.search.results import SearchQuery

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, ndoc FROM ts_stat('SELECT search FROM transcripts_episodesearch') ORDER BY ndoc DESC, word"
        )
        counts = cursor.fetchall()
        cursor.execute("SELECT text FROM transcripts_segment ORDER BY id LIMIT 5000")
        sentences = [text.rstrip(".").split() for (text,) in cursor.fetchall()]
    episodes = counts[0][1]
    mid = [word for word, ndoc in counts if episodes // 20 <= ndoc <= episodes // 5]
    rare = [word for word, _ in counts[-500:]]
    rng = random.Random(11)

    def phrase() -> str:
        sentence = rng.choice([s for s in sentences if len(s) > 8])
        at = rng.randrange(len(sentence) - 3)
        return f'"{" ".join(sentence[at : at + 3])}"'

    kinds = {
        "common word": lambda: SearchQuery(rng.choice(counts[:60])[0]),
        "two common": lambda: SearchQuery(" ".join(word for word, _ in rng.sample(counts[:60], 2))),
        "middling word": lambda: SearchQuery(rng.choice(mid)),
        "two middling": lambda: SearchQuery(" ".join(rng.sample(mid, 2))),
        "rare word": lambda: SearchQuery(rng.choice(rare)),
        "phrase": lambda: SearchQuery(phrase()),
        "common, by speaker": lambda: SearchQuery(
            rng.choice(counts[:60])[0], speaker_slug=f"speaker-{rng.randint(3, 20)}"
        ),
        "misspelt": lambda: SearchQuery("x" + rng.choice(mid) + "q"),
    }
    print(f"{'kind':<20}{'step median':>12}{'step p95':>10}{'db median':>11}{'db p95':>9}{'hits':>8}   (ms)")
    for name, make in kinds.items():
        steps, database, totals = [], [], []
        for number in range(ROUNDS + 3):
            query = make()
            with CaptureQueriesContext(connection) as captured:
                started = time.perf_counter()
                results = search(query)
                elapsed = time.perf_counter() - started
            if number >= 3:  # the first ones warm the cache
                steps.append(elapsed * 1000)
                database.append(sum(float(q["time"]) for q in captured.captured_queries) * 1000)
                totals.append(results.total)
        print(
            f"{name:<20}{statistics.median(steps):>12.1f}{_p95(steps):>10.1f}"
            f"{statistics.median(database):>11.1f}{_p95(database):>9.1f}{statistics.median(totals):>8.0f}"
        )
        note(f"search, {name}: database, p95", _p95(database), "ms", most=50)


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
