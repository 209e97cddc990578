"""What a language model is to us: something that continues a prompt, in pieces, within limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

CHARACTERS_A_TOKEN = 4
"""About so many characters of English are one token, for any tokenizer in use: for budgets that
are told before a model is asked. OpenAI's help pages give the same rule of thumb."""

# A token is longer than the mean at times, but no honest draft is ten times as long as its limit:
# what goes on past this is a stream that does not end.
LONGEST_TOKEN = 10


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told: its task, and the quotes with the question."""

    system: str
    user: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer of a model may take: ``seconds`` in all, retries included, and tokens."""

    seconds: float
    tokens: int

    @property
    def characters(self) -> int:
        """Where reading ends, whatever the model was told of its limit."""
        return self.tokens * LONGEST_TOKEN


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of what a model writes. The counts come with the last ones, if at all.

    An empty one, ``Piece()``, says that the model is still at it, so that who waits can leave.
    ``finish``: why the model ended, once it has: ``stop`` by itself, ``length`` at its limit.
    """

    text: str = ""
    finish: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0


class LanguageModel(Protocol):
    """Writes a continuation of a prompt."""

    @property
    def name(self) -> str:
        """What it is called, for the reader."""

    @property
    def identity(self) -> str:
        """What tells it from any other model: its name and where it runs."""

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        """The continuation as it is written, with the randomness of sampling switched off.

        Raises ``LanguageModelError`` when it does not come, or not within the limits. A stream
        that ends without a ``finish`` never happens: that is such an error. Closing the iterator
        stops the work.
        """


REWRITING = Limits(seconds=15.0, tokens=80)
"""What the rewriting of a follow-up may take: one question, and no reader waits longer for it."""


def completing(model: LanguageModel) -> Callable[[str], str]:
    """A function from a prompt to the whole text that ``model`` continues it with.

    It raises ``LanguageModelError`` where the model does not answer.
    """

    def complete(prompt: str) -> str:
        return "".join(piece.text for piece in model.stream(Prompt("", prompt), REWRITING))

    return complete
