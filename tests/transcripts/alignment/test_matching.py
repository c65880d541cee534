"""The path through heard sounds and text is the best one, whatever is missing on either side."""

import numpy as np
import pytest

from transcripts.alignment import matching

CLASSES = 40


def heard_as(sounds, rng, *, wrong=0.1):
    """Fits of a recogniser that hears these classes, some of them wrongly."""
    fits = np.full((len(sounds), CLASSES), 0.03, np.float32)
    for row, sound in enumerate(sounds):
        fits[row, sound if rng.random() >= wrong else rng.integers(CLASSES)] = 0.9
    return fits


def pairs(sounds, text, rng, **how):
    fits = heard_as(sounds, rng, **how)
    return matching.match(fits, np.ones(len(sounds), np.float32), np.asarray(text, np.intp))


def best_sum_by_hand(fits, text):
    """The same costs, computed cell by cell over gaps of every length."""
    scores = np.log(np.maximum(fits, 0.018)) * 0.5
    rows, columns = len(fits), len(text)

    def gap(length, at_edge):
        return 0.0 if length == 0 else -min(1.0 + 0.9 * length, (0.0 if at_edge else 8.0) + 0.6 * length)

    best = np.full((rows + 1, columns + 1), -np.inf)
    for i in range(rows + 1):
        for j in range(columns + 1):
            options = []
            if i == 0:
                options.append(gap(j, True))
            if i and j:
                options.append(best[i - 1, j - 1] + scores[i - 1, text[j - 1]])
            options += [best[i - k, j] + gap(k, j in (0, columns)) for k in range(1, i + 1)]
            if i:
                options += [best[i, j - k] + gap(k, False) for k in range(1, j + 1)]
            best[i, j] = max(options)
    return max(best[rows, j] - 0.6 * (columns - j) for j in range(columns + 1))


def sum_of(paired, fits, text):
    """What the path of these pairs costs, leaving out being paid as cheaply as the order of steps allows."""
    scores = np.log(np.maximum(fits, 0.018)) * 0.5
    total, heard_before, text_before = 0.0, -1, -1
    found = [(int(paired[j]), j) for j in range(len(text)) if paired[j] >= 0]
    for heard, place in [*found, (len(fits), len(text))]:
        at_start, at_end = text_before < 0, place == len(text)
        left_heard, left_text = heard - heard_before - 1, place - text_before - 1
        if left_heard:
            edge = at_start or at_end
            total -= min(1.0 + 0.9 * left_heard, (0.0 if edge else 8.0) + 0.6 * left_heard)
        if left_text:
            edge = (at_start and heard_before < 0) or at_end
            total -= min(1.0 + 0.9 * left_text, (0.0 if edge else 8.0) + 0.6 * left_text)
        if place < len(text):
            total += scores[heard, text[place]]
        heard_before, text_before = heard, place
    return total


@pytest.mark.parametrize("seed", range(12))
def test_the_path_is_as_good_as_the_best_one_found_by_trying_all(seed):
    rng = np.random.default_rng(seed)
    text = rng.integers(0, 6, 40)
    noise = rng.integers(0, 6, (3, 30))
    before, between, behind = (row[: rng.integers(0, 30)] for row in noise)
    heard = np.concatenate([before, text[:14], between, text[rng.integers(14, 30) :], behind])
    fits = heard_as(heard, rng, wrong=0.2)

    paired = matching.match(fits, np.ones(len(heard), np.float32), text.astype(np.intp))

    assert sum_of(paired, fits, text) == pytest.approx(best_sum_by_hand(fits, text), abs=0.01)


def test_text_and_sounds_that_are_alike_are_paired_one_by_one():
    rng = np.random.default_rng(1)
    text = rng.integers(0, CLASSES, 900)

    paired = pairs(text, text, rng)

    assert np.mean(paired == np.arange(900)) > 0.95


def test_a_jingle_before_and_speech_after_stay_unpaired():
    rng = np.random.default_rng(2)
    text = rng.integers(0, CLASSES, 400)
    noise = rng.integers(0, CLASSES, 300)

    paired = pairs(np.concatenate([noise, text, noise]), text, rng)

    assert np.mean(paired == np.arange(400) + 300) > 0.95


def test_a_passage_cut_from_the_sounds_stays_unpaired_even_over_many_blocks():
    rng = np.random.default_rng(3)
    text = rng.integers(0, CLASSES, 9000)
    heard = np.concatenate([text[:700], text[7900:]])

    paired = pairs(heard, text, rng)

    assert np.mean(paired[:700] == np.arange(700)) > 0.95
    assert np.mean(paired[7900:] == np.arange(700, len(heard))) > 0.95
    assert np.all(paired[710:7890] == -1)


def test_pairs_never_cross():
    rng = np.random.default_rng(4)

    paired = pairs(rng.integers(0, 8, 600), rng.integers(0, 8, 500), rng)

    found = paired[paired >= 0]
    assert len(found) > 50
    assert np.all(np.diff(found) > 0)


@pytest.mark.parametrize(("heard", "text"), [(0, 0), (0, 5), (5, 0)])
def test_nothing_on_one_side_pairs_nothing(heard, text):
    rng = np.random.default_rng(5)

    paired = pairs(rng.integers(0, 8, heard), rng.integers(0, 8, text), rng)

    assert list(paired) == [-1] * text


def test_what_the_tick_raises_ends_the_work():
    rng = np.random.default_rng(6)
    text = rng.integers(0, CLASSES, 2000)

    def stop(share):
        raise TimeoutError(share)

    with pytest.raises(TimeoutError):
        matching.match(heard_as(text, rng), np.ones(2000, np.float32), text.astype(np.intp), stop)
