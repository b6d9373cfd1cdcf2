"""How many samples to train on before Python looks around."""

from __future__ import annotations

from dataclasses import dataclass

SECONDS = 0.1
GROWTH = 10


@dataclass
class Pace:
    """Stretches of about a tenth of a second, whole batches each, by the speed measured.

    Args:
        batch: samples an update.
        stretch: samples in the next stretch; one batch at first, since the first call may take long for other reasons.
    """

    batch: int
    stretch: int = 0

    def next(self, left: int) -> int:
        """How many samples to do next, of those left."""
        return min(max(self.stretch, self.batch), left)

    def took(self, samples: int, seconds: float) -> None:
        """Learn from a stretch that took so long."""
        limit = max(self.stretch, self.batch) * GROWTH
        wanted = int(samples / seconds * SECONDS) if seconds > 0 else limit
        self.stretch = max(1, min(wanted, limit) // self.batch) * self.batch
