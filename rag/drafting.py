"""An answer in a model's words: drafted, checked sentence by sentence, mended, or quoted after all.

The model is asked only when the articles hold the answer, by our own decision, and what it writes
reaches the reader as an answer only sentence by sentence, each borne out by the words it cites.
Whatever goes wrong, there is the quoted answer.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from rag.claim_checking import Check, Checker
from rag.config import Config
from rag.draft_cache import Draft, DraftCache
from rag.draft_text import DraftSentence, read_draft
from rag.errors import LanguageModelError
from rag.language_model import CHARACTERS_A_TOKEN, LanguageModel, Limits, Piece, Prompt
from rag.mending import Basis, Mending
from rag.prompting import Quote, prompt_of
from rag.values import AnswerSentence, RejectedSentence, Usage

NOTHING_LEFT = "What the model wrote is not borne out by the articles. This is in their own words."
NOTHING_WRITTEN = "The model wrote nothing. This is in the articles' own words."
QUOTED_INSTEAD = "This is in the articles' own words."
# Of text that runs on without a point a reader sees the end, and nothing of it is checked.
LONGEST_SENTENCE = 1_000
# A model that has said the same sentence before, or so many that do not hold, goes on like that.
MOST_REJECTED = 8
ENOUGH = "enough"
"""Why a draft ended that we ended ourselves."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A draft on its way: sentences that stand, and text that nothing has checked."""

    sentences: tuple[AnswerSentence, ...]
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """What came of a draft.

    Without ``sentences`` the quoted answer is to be given, and ``notice`` says why.
    """

    sentences: tuple[AnswerSentence, ...]
    rejected: tuple[RejectedSentence, ...]
    usage: Usage
    notice: str = ""


class Drafter:
    """Drafts answers with one model. ``check`` is ``rag.verify``."""

    def __init__(
        self, model: LanguageModel, config: Config, check: Check, cache: DraftCache | None = None
    ) -> None:
        self._model = model
        self._config = config
        self._check = check
        self._cache = cache

    def stream(self, basis: Basis, quotes: tuple[Quote, ...]) -> Iterator[Progress | Drafted]:
        """The draft as it comes, then what came of it; who stops reading stops the model."""
        writing = Writing(self._model, self._config, self._cache)
        mending = Mending(basis)
        checker = Checker(quotes, self._check)
        first_confirmed: float | None = None
        notice = ""
        try:
            with closing(writing.sentences(prompt_of(basis.question.text, quotes))) as written:
                for sentences, rest in written:
                    for sentence in sentences:
                        if len(sentence.text) <= LONGEST_SENTENCE:
                            mending.add(checker.check(sentence))
                    confirmed = mending.so_far()
                    if first_confirmed is None and any(kept.drafted for kept in mending.kept):
                        first_confirmed = writing.elapsed
                    yield Progress(confirmed, rest)
                    if mending.is_over or len(mending.rejected) >= MOST_REJECTED:
                        writing.end_early()
                        break
        except LanguageModelError as error:
            notice = f"{error.wrong} {QUOTED_INSTEAD}"
        settled = () if notice else mending.settle()
        if not settled and not notice:
            notice = NOTHING_LEFT if mending.rejected else NOTHING_WRITTEN
        yield Drafted(settled, tuple(mending.rejected), writing.usage(first_confirmed), notice)


class Writing:
    """One draft being written, or taken from the cache, and what it costs."""

    def __init__(self, model: LanguageModel, config: Config, cache: DraftCache | None) -> None:
        self._model = model
        self._limits = Limits(config.llm_seconds, config.llm_answer_tokens)
        self._cache = cache
        self._began = time.perf_counter()
        self._draft = Draft()
        self._prompt: Prompt | None = None
        self._pieces_read = 0
        self._cached = False

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.perf_counter() - self._began

    def usage(self, first_confirmed: float | None) -> Usage:
        """What it cost up to now: of an endpoint that did not come to count, about so much."""
        draft, prompt = self._draft, self._prompt
        told = len(prompt.system) + len(prompt.user) if prompt else 0
        return Usage(
            self._model.name,
            0 if self._cached else draft.prompt_tokens or told // CHARACTERS_A_TOKEN,
            0 if self._cached else draft.completion_tokens or self._pieces_read,
            self.elapsed,
            first_confirmed,
            self._cached,
        )

    def sentences(self, prompt: Prompt) -> Generator[tuple[list[DraftSentence], str], None, None]:
        """The sentences that are new, and the text under way, each time that there is more.

        Raises ``LanguageModelError``.
        """
        self._prompt = prompt
        found = self._cache.find(self._key, prompt) if self._cache else None
        if found is not None:
            self._draft, self._cached = found, True
        else:
            read, rest = 0, ""
            for piece in self._pieces(prompt):
                if piece == Piece():
                    yield [], rest[-LONGEST_SENTENCE:]  # nothing new, but a moment to stop at
                if not piece.text:
                    continue
                finished, rest = read_draft(self._draft.text, ended=False)
                yield finished[read:], rest[-LONGEST_SENTENCE:]
                read = max(read, len(finished))
            yield self._last(read)
            self._keep()
            return
        yield self._last(0)

    def end_early(self) -> None:
        """Nothing more is wanted of it, and what there is will do the next time as well."""
        if not self._draft.finish:
            self._draft = replace(self._draft, finish=ENOUGH)
            self._keep()

    @property
    def _key(self) -> str:
        return f"{self._model.identity}\n{self._limits}"

    def _keep(self) -> None:
        if self._cache and self._prompt:
            self._cache.keep(self._key, self._prompt, self._draft)

    def _last(self, read: int) -> tuple[list[DraftSentence], str]:
        finished, rest = read_draft(
            self._draft.text, ended=True, whole=self._draft.finish == "stop"
        )
        return finished[read:], rest

    def _pieces(self, prompt: Prompt) -> Iterator[Piece]:
        pieces = self._model.stream(prompt, self._limits)
        try:
            for piece in pieces:
                self._draft = self._draft.with_piece(piece)
                self._pieces_read += bool(piece.text)  # a token each, mostly
                yield piece
        finally:
            close = getattr(pieces, "close", None)
            if close:
                close()
