"""Bootstrap intervals with a fixed seed: the same rows give the same figures."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
SEED = 20_201_110  # the day on which the Pact was launched; any fixed number would do


def interval(values: Sequence[float], *, confidence: float = 0.95) -> tuple[float, float] | None:
    """Percentile bootstrap interval of the mean; None for no values, a single point for one.

    The paired difference of two systems is the interval of the differences case by case.
    """
    if not values:
        return None
    means = np.asarray(values, dtype=np.float64)[_draws(len(values))].mean(axis=1)
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(means, [tail, 1.0 - tail])
    return float(low), float(high)


@lru_cache(maxsize=64)
def _draws(n: int) -> NDArray[np.int64]:
    """(RESAMPLES, n) positions, drawn with replacement."""
    return np.random.default_rng(SEED).integers(0, n, size=(RESAMPLES, n))
