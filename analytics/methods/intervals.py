"""Intervals: how sure a figure from few observations is."""

from __future__ import annotations

from math import sqrt

Z95 = 1.959964


def proportion(hits: int, trials: int, z: float = Z95) -> tuple[float, float]:
    """The interval of a proportion, 95 % by default; (0, 1) where nothing was tried.

    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference. JASA 22.
    """
    if trials <= 0:
        return 0.0, 1.0
    share = hits / trials
    middle = share + z * z / (2 * trials)
    half = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
