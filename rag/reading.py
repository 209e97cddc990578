"""What the best chunks say to a question, before it is decided whether they answer it."""

from __future__ import annotations

from dataclasses import dataclass

from rag.confidence import Floats, confidence
from rag.evidence import SentenceEvidence
from rag.premises import Premises
from rag.question import Question


@dataclass(frozen=True, slots=True)
class Reading:
    """What the best chunks say to a question.

    ``ranked``: their sentences, best first; ``features``: float32 [CONFIDENCE_FEATURES], None
    without sentences; ``premises``: what the question takes for granted and is not there.
    """

    question: Question
    ranked: tuple[SentenceEvidence, ...]
    features: Floats | None
    premises: Premises

    @property
    def confidence(self) -> float:
        """The probability in [0, 1] that the articles hold the answer."""
        return 0.0 if self.features is None else confidence(self.features, self.premises)
