"""How long each stage of an answer took."""

from __future__ import annotations

import time


class Clock:
    """Milliseconds of each stage, and in total."""

    def __init__(self) -> None:
        self._started = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """Count the time since the last lap to a stage."""
        now = time.perf_counter()
        self._laps[stage] = (now - self._last) * 1000.0
        self._last = now

    def laps(self) -> dict[str, float]:
        """Each stage's milliseconds so far, and ``total``."""
        return {**self._laps, "total": (time.perf_counter() - self._started) * 1000.0}
