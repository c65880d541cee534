"""Recordings with known sentence starts, and ways to make them harder."""

import json
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transcripts.alignment import sound

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "alignment"


@dataclass(frozen=True)
class Recording:
    """Samples at 16 kHz with the texts spoken in it; starts_s None: the sentence is not in the audio."""

    samples: NDArray[np.float32]
    texts: list[str]
    starts_s: list[float | None]

    def write(self, path: Path) -> Path:
        return write_wav(path, self.samples)


def path_of(name: str) -> Path:
    return SAMPLES / f"{name}.mp3"


def load(name: str) -> Recording:
    rows = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    samples = np.concatenate(list(sound.read_blocks(path_of(name))))
    return Recording(samples, [row["text"] for row in rows], [row["start_s"] for row in rows])


def joined(*recordings: Recording, gap_s: float = 0.5) -> Recording:
    samples: list[NDArray[np.float32]] = []
    starts: list[float | None] = []
    passed = 0.0
    for recording in recordings:
        starts += [None if start is None else start + passed for start in recording.starts_s]
        samples += [recording.samples, np.zeros(int(gap_s * sound.SAMPLE_RATE), np.float32)]
        passed += len(recording.samples) / sound.SAMPLE_RATE + gap_s
    return Recording(np.concatenate(samples), [text for r in recordings for text in r.texts], starts)


def after(seconds: float, recording: Recording) -> Recording:
    """The recording after a jingle of chords, drums and a voice-like buzz."""
    starts = [None if start is None else start + seconds for start in recording.starts_s]
    return Recording(np.concatenate([jingle(seconds), recording.samples]), recording.texts, starts)


def cut_out(recording: Recording, first: int, end: int) -> Recording:
    """The sentences from first to end are cut from the audio and stay in the text."""
    begin_s, end_s = recording.starts_s[first], recording.starts_s[end]
    assert begin_s is not None
    assert end_s is not None
    left = recording.samples[: int(begin_s * sound.SAMPLE_RATE)]
    right = recording.samples[int(end_s * sound.SAMPLE_RATE) :]
    starts: list[float | None] = list(recording.starts_s[:first])
    starts += [None] * (end - first)
    starts += [None if start is None else start - (end_s - begin_s) for start in recording.starts_s[end:]]
    return Recording(np.concatenate([left, right]), recording.texts, starts)


def without_text(recording: Recording, first: int, end: int) -> Recording:
    """The sentences from first to end are spoken and not written."""
    texts, starts = recording.texts, recording.starts_s
    return Recording(recording.samples, texts[:first] + texts[end:], starts[:first] + starts[end:])


def with_wrong_words(recording: Recording, share: float, seed: int = 1) -> Recording:
    """Some words replaced, left out or followed by one too many, as a careless machine transcript has them."""
    rng = np.random.default_rng(seed)
    words = [word for text in recording.texts for word in text.split()]
    texts = []
    for text in recording.texts:
        written: list[str] = []
        for word in text.split():
            luck = rng.random()
            if luck < 0.6 * share:
                written.append(words[rng.integers(len(words))])
            elif luck >= 0.8 * share:
                written.append(word)
                if luck < share:
                    written.append(words[rng.integers(len(words))])
        texts.append(" ".join(written) or "um")
    return Recording(recording.samples, texts, recording.starts_s)


def jingle(seconds: float, seed: int = 1) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    rate = sound.SAMPLE_RATE
    count = int(seconds * rate)
    wave_form = np.zeros(count)
    for beat in range(0, count, rate // 2):
        time = np.arange(min(rate * 6 // 10, count - beat)) / rate
        for tone in rng.choice([220, 262, 294, 330, 392, 440, 523, 587], 3, replace=False):
            for harmonic in (1, 2, 3, 4):
                wave_form[beat : beat + len(time)] += np.sin(2 * np.pi * tone * harmonic * time) * np.exp(-3 * time)
        drum = np.exp(-40 * time)
        wave_form[beat : beat + len(time)] += 2 * rng.standard_normal(len(time)) * drum
    time = np.arange(count) / rate
    phase = np.cumsum(180 + 30 * np.sin(2 * np.pi * 5 * time)) / rate
    buzz = sum(np.sin(2 * np.pi * harmonic * phase) / harmonic for harmonic in range(1, 6))
    wave_form += buzz * (np.sin(2 * np.pi * 1.3 * time) > 0)
    return (wave_form / np.abs(wave_form).max() * 0.5).astype(np.float32)


def write_wav(path: Path, samples: NDArray[np.float32]) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path
