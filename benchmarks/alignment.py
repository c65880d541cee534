"""How well, how fast and in how much memory sentences are found: python benchmarks/alignment.py [--hour] [FOLDER]

Aligns the recordings of FOLDER (NAME.mp3 with NAME.json: [{"start_s", "text"}]; default tests/samples/alignment) as
they are, then all of them joined with a 30 s jingle before, a passage cut from the audio, one missing in the text and
one word in ten wrong, three times with other wrong words. --hour: also the joined recordings over and over for an
hour. Prints one table; every row runs in a process of its own, so that its peak of memory is its own. Sentences
without a time count as wrong; "not heard" is of those that are not in the audio; "wrong ok" are sentences called sure
that are more than five seconds off or nowhere.
"""

import json
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from benchmarks.goals import note
from tests.transcripts.alignment import recordings
from transcripts.alignment import SentenceIn, SentenceStatus, align

HEADING = "| recording | sentences | median s | p90 s | ≤ 0.5 s | ≤ 1 s | ok | not heard | wrong ok | CPU s/min | MB |"


@dataclass(frozen=True)
class Job:
    """Audio with one or more texts for it; starts_s belong to each of them."""

    label: str
    path: Path
    texts: list[list[str]]
    starts_s: list[float | None]
    snap: bool = True


def main(folder: Path, with_hour: bool) -> None:
    names = sorted(path.stem for path in folder.glob("*.json"))
    print(HEADING + "\n|" + "---|" * HEADING.count(" | ") + "---|", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        tasks = [(clip, (folder, name)) for name in names] + [(hard, (folder, names, Path(scratch)))]
        if with_hour:
            tasks.append((hour, (folder, names, Path(scratch))))
        for make, arguments in tasks:
            for job in in_new_process(make, *arguments):
                print(in_new_process(measure, job), flush=True)


def in_new_process(work, *arguments):
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def clip(folder: Path, name: str) -> list[Job]:
    rows = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    texts, starts = [[row["text"] for row in rows]], [row["start_s"] for row in rows]
    path = folder / f"{name}.mp3"
    return [Job(f"{name}, without snapping", path, texts, starts, snap=False), Job(name, path, texts, starts)]


def hard(folder: Path, names: list[str], scratch: Path) -> list[Job]:
    whole = joined(folder, names)
    count = len(whole.texts)
    whole = recordings.cut_out(whole, count // 2, count // 2 + max(1, count // 8))
    whole = recordings.without_text(whole, count // 4, count // 4 + max(1, count // 10))
    whole = recordings.after(30, whole)
    path = whole.write(scratch / "hard.wav")
    texts = [recordings.with_wrong_words(whole, 0.1, seed).texts for seed in (1, 2, 3)]
    return [
        Job("all, everything wrong, without snapping", path, texts, whole.starts_s, snap=False),
        Job("all, everything wrong", path, texts, whole.starts_s),
    ]


def hour(folder: Path, names: list[str], scratch: Path) -> list[Job]:
    whole = joined(folder, names)
    times = -(-3600 * recordings.sound.SAMPLE_RATE // len(whole.samples))
    whole = recordings.joined(*[whole] * times)
    return [Job("all, for an hour", whole.write(scratch / "hour.wav"), [whole.texts], whole.starts_s)]


def joined(folder: Path, names: list[str]) -> recordings.Recording:
    recordings.SAMPLES = folder
    return recordings.joined(*[recordings.load(name) for name in names])


def measure(job: Job) -> str:
    began, audio_ms = time.process_time(), 0
    found = []
    for texts in job.texts:
        result = align(job.path, [SentenceIn(text) for text in texts], "en", snap=job.snap)
        audio_ms += result.audio_ms
        found += zip(result.sentences, job.starts_s, strict=True)
    seconds = time.process_time() - began
    present = [(sentence, start) for sentence, start in found if start is not None]
    absent = [sentence.status for sentence, start in found if start is None]
    errors = np.array([np.inf if s.start_ms is None else abs(s.start_ms / 1000 - start) for s, start in present])
    sure = np.array([sentence.status == SentenceStatus.OK for sentence, _ in present])
    cells = [
        job.label,
        str(len(present)),
        f"{np.median(errors):.3f}",
        f"{np.quantile(errors, 0.9, method='lower'):.2f}",
        f"{100 * np.mean(errors <= 0.5):.1f} %",
        f"{100 * np.mean(errors <= 1):.1f} %",
        f"{100 * sure.mean():.0f} %",
        f"{absent.count(SentenceStatus.NOT_HEARD)} of {len(absent)}",
        str(int((errors[sure] > 5).sum()) + absent.count(SentenceStatus.OK)),
        f"{seconds / audio_ms * 60_000:.1f}",
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}",
    ]
    _note(job, errors, seconds / audio_ms * 60_000, int(cells[8]), float(cells[10]))
    return "| " + " | ".join(cells) + " |"


def _note(job: Job, errors: np.ndarray, cost_s_min: float, wrong_ok: int, memory_mb: float) -> None:
    hard, long = "everything wrong" in job.label, "hour" in job.label
    if not job.snap and not hard:
        note(f"alignment, {job.label}: median", float(np.median(errors)), "s", most=0.1)
    note(f"alignment, {job.label}: within 1 s", 100 * float(np.mean(errors <= 1)), "%", least=95 if hard else 98)
    note(f"alignment, {job.label}: sure, but more than 5 s off", wrong_ok, "", most=0)
    if long:
        note("alignment, an hour: CPU a minute of sound", cost_s_min, "s", most=8)
        note("alignment, an hour: memory", memory_mb, "MB", most=500)


if __name__ == "__main__":
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    main(folders[0] if folders else recordings.SAMPLES, "--hour" in sys.argv)
