"""How loud a sound is, step by step."""

import numpy as np

from transcripts.alignment.sound import SAMPLE_RATE, Samples

STEP_MS = 10
_STEP_SAMPLES = SAMPLE_RATE * STEP_MS // 1000


def levels_db(samples: Samples) -> Samples:
    """Level in dB below full scale of each whole STEP_MS of the samples; digital silence is -100."""
    steps = samples[: len(samples) // _STEP_SAMPLES * _STEP_SAMPLES].reshape(-1, _STEP_SAMPLES)
    power = np.einsum("ij,ij->i", steps, steps, dtype=np.float32) / _STEP_SAMPLES
    return (10 * np.log10(np.maximum(power, 1e-10))).astype(np.float32)
