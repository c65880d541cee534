"""What is heard in the audio: a row of sounds with their times, by the phoneme recogniser of the package hama."""

import importlib.util
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transcripts.alignment import phonemes, sound
from transcripts.alignment.contract import Progress
from transcripts.alignment.levels import levels_db

FRAME_MS = 20
_FRAME_SAMPLES = sound.SAMPLE_RATE * FRAME_MS // 1000
# The recogniser silently drops what is beyond 30 s, and is best with some sound on both sides of what counts.
_CORE_SAMPLES = 8 * sound.SAMPLE_RATE
_CONTEXT_SAMPLES = sound.SAMPLE_RATE
# A frame speaks when the recogniser gives at least this to all sounds together, and the rest to "nothing new".
_LEAST_HEARD = 0.15
_SILENCE = 1e-4


@dataclass(frozen=True, slots=True)
class HeardSounds:
    """What was heard, in order; all arrays have one row per sound.

    start_ms, end_ms: first and last frame of the sound; posteriors: (sounds × classes) shares summing to 1;
    weight: how surely anything was said, 0 to 1. loudness_db: level per levels.STEP_MS of the whole audio.
    """

    start_ms: NDArray[np.int64]
    end_ms: NDArray[np.int64]
    posteriors: NDArray[np.float32]
    weight: NDArray[np.float32]
    loudness_db: NDArray[np.float32]
    audio_ms: int


def is_available() -> bool:
    """Whether the recogniser is installed; it is an optional dependency."""
    return importlib.util.find_spec("hama") is not None


def listen(path: Path, progress: Progress) -> HeardSounds:
    """Hear the whole audio; progress is told after every few seconds of audio.

    Raises AlignmentError when the audio cannot be read.
    """
    import hama  # optional, and 20 MB to load: only when something is to be heard

    model = hama.ASRModel()
    fold = _folding(model.decoder_tokens)
    expected = max(sound.duration_ms(path) * sound.SAMPLE_RATE // 1000, 1)
    folded: list[NDArray[np.float16]] = []
    levels: list[NDArray[np.float32]] = []
    heard_samples = 0
    for before, core, after in _windows(sound.read_blocks(path)):
        levels.append(levels_db(core))
        folded.append(_posteriors(model, fold, before, core, after))
        heard_samples += len(core)
        progress(min(1.0, heard_samples / expected))
    frames = np.concatenate(folded) if folded else np.zeros((0, len(phonemes.CLASSES)), np.float16)
    loudness = np.concatenate(levels) if levels else np.zeros(0, np.float32)
    return _runs(frames, loudness, heard_samples * 1000 // sound.SAMPLE_RATE)


def _folding(tokens: list[str]) -> NDArray[np.float32]:
    fold = np.zeros((len(tokens), len(phonemes.CLASSES)), dtype=np.float32)
    for row, token in enumerate(tokens):
        if (number := phonemes.class_of(token)) is not None:
            fold[row, number] = 1.0
    return fold


def _windows(blocks: Iterator[sound.Samples]) -> Iterator[tuple[sound.Samples, sound.Samples, sound.Samples]]:
    """(context before, core, context after), cores in a row being the whole audio; only the last core is shorter."""
    before = np.zeros(0, np.float32)
    held = np.zeros(0, np.float32)
    for block in blocks:
        held = np.concatenate([held, block])
        while len(held) >= _CORE_SAMPLES + _CONTEXT_SAMPLES:
            core = held[:_CORE_SAMPLES]
            yield before, core, held[_CORE_SAMPLES : _CORE_SAMPLES + _CONTEXT_SAMPLES]
            before, held = core[-_CONTEXT_SAMPLES:], held[_CORE_SAMPLES:]
    while len(held):
        core = held[:_CORE_SAMPLES]
        yield before, core, held[_CORE_SAMPLES:]
        before, held = core[-_CONTEXT_SAMPLES:], held[_CORE_SAMPLES:]


def _posteriors(
    model: Any,
    fold: NDArray[np.float32],
    before: sound.Samples,
    core: sound.Samples,
    after: sound.Samples,
) -> NDArray[np.float16]:
    """Class posteriors of the core's frames; what is missing from 1 in a row is "nothing new"."""
    wanted = -(-len(core) // _FRAME_SAMPLES)
    wave = np.concatenate([before, core, after])
    # The recogniser levels what it hears, so in digital silence it would hear its own rounding.
    if not np.any(np.abs(wave) > _SILENCE):
        return np.zeros((wanted, fold.shape[1]), np.float16)
    feeds = {"waveform": wave.reshape(1, -1), "waveform_lengths": np.array([len(wave)], np.int64)}
    log_shares, lengths = model.session.run(["log_probs", "out_lengths"], feeds)
    first = len(before) // _FRAME_SAMPLES
    shares = np.exp(log_shares[0, first : min(first + wanted, int(lengths[0]))]) @ fold
    found = np.zeros((wanted, fold.shape[1]), np.float16)
    found[: len(shares)] = shares
    return found


def _runs(frames: NDArray[np.float16], loudness: NDArray[np.float32], audio_ms: int) -> HeardSounds:
    """Runs of frames with the same likeliest class, as one sound each."""
    total = frames.sum(axis=1, dtype=np.float32)
    best = np.where(total > _LEAST_HEARD, frames.argmax(axis=1), -1)
    changes = np.flatnonzero(np.diff(best, prepend=-2) != 0) if len(best) else np.zeros(0, np.int64)
    ends = np.append(changes[1:], len(best))
    speaking = best[changes] >= 0 if len(changes) else np.zeros(0, bool)
    starts, ends = changes[speaking], ends[speaking]
    sums = np.zeros((len(starts), frames.shape[1]), np.float32)
    weight = np.zeros(len(starts), np.float32)
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        sums[number] = frames[start:end].sum(axis=0, dtype=np.float32)
        weight[number] = total[start:end].max()
    posteriors = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-6)
    return HeardSounds(starts * FRAME_MS, ends * FRAME_MS, posteriors, np.minimum(weight, 1.0), loudness, audio_ms)


class Pronouncer:
    """The sounds of spelled words as the recogniser would write them, from hama's own model, kept in a cache.

    The cache maps "hama1.7:word" to signs with a space between; it may be any mapping, such as one kept in a database.
    """

    def __init__(self, cache: MutableMapping[str, str] | None = None) -> None:
        self._cache: MutableMapping[str, str] = {} if cache is None else cache
        self._model: Any = None

    def classes_of(self, word: str) -> list[int]:
        key = f"hama1.7:{word}"
        signs = self._cache.get(key)
        if signs is None:
            signs = self._cache[key] = " ".join(self._signs_of(word))
        return phonemes.classes_of(signs.split())

    def _signs_of(self, word: str) -> list[str]:
        import hama

        if self._model is None:
            self._model = hama.G2PModel()
            self._model.vocab = self._model.tokenizer.vocab = _QuickVocabulary(self._model.vocab)
        result = self._model.predict(word, split_delimiter=None)
        return [part.phoneme for part in result.alignments if part.phoneme.strip()]


class _QuickVocabulary:
    """hama's vocabulary with its tables made once: hama makes a table of 20,000 entries anew for every letter."""

    def __init__(self, vocabulary: Any) -> None:
        self.encoder, self.decoder = vocabulary.encoder, vocabulary.decoder
        self.encoder_token_to_id = dict(vocabulary.encoder_token_to_id)
        self.decoder_token_to_id = dict(vocabulary.decoder_token_to_id)
        self.pad_id, self.sos_id, self.eos_id = vocabulary.pad_id, vocabulary.sos_id, vocabulary.eos_id
