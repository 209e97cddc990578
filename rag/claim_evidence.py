"""What the checks of a claim hand on: named numbers, and faults in words for a reader."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.alignment import Alignment

# A word nearer than this is taken to say the same, one further off to be absent.
NEAR, FAR = 0.55, 0.35


@dataclass
class Evidence:
    """The features of a claim, by name, and what was found wrong, the gravest first."""

    values: dict[str, float] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    alignment: Alignment | None = None

    def fault(self, name: str, reason: str) -> None:
        """Count a fault and keep what a reader is told of it."""
        self.values[name] = self.values.get(name, 0.0) + 1.0
        self.faults.append((name, reason))


def aligned(found: Evidence) -> Alignment:
    """The alignment of evidence that has one; raises ``ValueError`` otherwise."""
    if found.alignment is None:
        raise ValueError("nothing to align with")
    return found.alignment
