"""From a question to an answer: every stage in its order, over one index.

This is the whole engine without llama-index; ``rag.engine`` puts it behind llama-index's types.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from rag.answering import (
    Composed,
    abstained,
    choose_sentences,
    compose,
    find_attribution,
    rank_articles,
    refuse,
)
from rag.claim_checking import Check
from rag.clock import Clock
from rag.confidence import confidence_features
from rag.config import Config, fingerprint_of, load_config
from rag.disagreement import MESSAGE, disagreement, quote_sides
from rag.draft_cache import DraftCache
from rag.drafting import Drafted, Drafter
from rag.embedding import Embedder
from rag.errors import QuestionError
from rag.evidence import SentenceEvidence, rank_sentences
from rag.index_reader import IndexReader
from rag.language_model import LanguageModel, completing
from rag.mending import Basis
from rag.open_model import given_model, open_model
from rag.premises import Premises, unmet_premises
from rag.prompting import Quote, pack
from rag.question import Question, understand
from rag.reading import Reading
from rag.reprints import find_reprints
from rag.retrieval import Candidates
from rag.rewriting import rewrite
from rag.short_answer import ShortAnswer, choose_short_answer, sentence_tokens
from rag.small_talk import Facts, Talk, reply, small_talk
from rag.spelling import mend_spelling
from rag.values import (
    Answer,
    AnswerSentence,
    Filters,
    Hit,
    Partial,
    Reason,
    Status,
    Turn,
)

# A longer text is a document, not a question.
MAX_QUESTION_CHARACTERS = 2_000

# Hits that an answer carries for its reader; retrieval looks at more.
KEPT_HITS = 20

# The best hits whose articles' words are the spellings that a misspelt word is mended with.
SPELLING_HITS = 10


class Pipeline(IndexReader):
    """Asks one index. Any thread may ask; close it, or use it as a context manager."""

    def __init__(
        self, config: Config, embedder: Embedder | None = None, llm: object | None = None
    ) -> None:
        """``llm`` (ours, or llama-index's ``LLM``) drafts, not the model that ``config`` names.

        Raises ``ConfigError`` for any other object.
        """
        super().__init__(config, embedder)
        self._given_model = given_model(llm)

    @classmethod
    def from_articles(cls, articles: str | Path, **settings: Any) -> Self:
        """A pipeline over a folder (or file) of articles, its index made equal to it first.

        ``settings`` are those of ``Config``; ``llm`` may be a language model object as well.
        """
        name = settings.get("llm")
        model = None if name is None or isinstance(name, str) else settings.pop("llm")
        pipeline = cls(load_config(articles=Path(articles), **settings), llm=model)
        pipeline.sync()
        return pipeline

    @property
    def language_model(self) -> LanguageModel | None:
        """The model that drafts, None where none does; the first use of a local one loads it.

        Raises ``ConfigError`` and ``ModelError`` as ``rag.open_model`` does.
        """
        return self._given_model or open_model(self.config)

    @property
    def fingerprint(self) -> str:
        """That of the configuration, or of it and the model object that drafts."""
        if self._given_model is None:
            return self.config.fingerprint
        return fingerprint_of([self.config.fingerprint, self._given_model.identity])

    def search(
        self, question: str, limit: int = 10, filters: Filters | None = None
    ) -> tuple[Hit, ...]:
        """The best chunks for a question, best first, with the scores that ranked them."""
        candidates = self.candidates(_checked(question), filters)
        return candidates.hits[:limit] if candidates else ()

    def ask(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Answer:
        """Answer a question, or say that the articles don't.

        ``history``: the conversation's turns so far, oldest first; ``filters``: the part of the
        collection to ask. Raises ``QuestionError`` for a question that is empty or longer than
        ``MAX_QUESTION_CHARACTERS``, ``FilterError`` for filters that match no article, and
        ``ArticleIndexError`` when there is no index or it was built by another configuration.
        """
        told = self.stream(question, history, filters)
        return next(answer for answer in told if isinstance(answer, Answer))

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Iterator[Partial | Answer]:
        """``ask``, told as it comes: partial answers, and the whole one last.

        Who stops reading stops the work.
        """
        clock = Clock()
        model = self.language_model  # first of all: a setting that is wrong is no notice
        checked = _checked(question)
        talk = small_talk(checked)
        if talk is not None:
            yield self._small_talk(question, talk, clock)
            return
        understood = rewrite(checked, history, completing(model) if model else None)
        clock.lap("understand")
        understood, candidates = self._mended(understood, filters)
        yield Partial(understood)
        clock.lap("retrieve")
        evidence: dict[str, Any] = {
            "question": question,
            "understood": understood,
            "fingerprint": self.fingerprint,
            "filters": filters or Filters(),
        }
        if candidates is None:
            yield abstained(Reason.NOTHING_INDEXED, 0.0, clock.laps(), evidence)
            return
        reading = self.read(understand(understood), candidates)
        clock.lap("read")
        evidence["retrieved"] = rank_articles(candidates.hits, reading.ranked)
        evidence["hits"] = candidates.hits[:KEPT_HITS]
        if reading.confidence < self.config.min_confidence:
            reason, message = refuse(reading.question, reading.confidence, reading.premises)
            yield abstained(reason, reading.confidence, clock.laps(), evidence, message)
            return
        sides = self._sides(reading, candidates)
        if sides:
            clock.lap("compose")
            yield Answer(
                status=Status.ANSWERED,
                sentences=sides,
                confidence=reading.confidence,
                reason=Reason.ARTICLES_DISAGREE,
                message=MESSAGE,
                timing_ms=clock.laps(),
                **evidence,
            )
            return
        composed = self._composed(reading, candidates)
        clock.lap("compose")
        answer = Answer(
            status=Status.ANSWERED,
            sentences=composed.sentences,
            short_answer=composed.short_answer,
            short_confidence=composed.short_confidence,
            confidence=reading.confidence,
            reprints=find_reprints(composed.sentences, candidates.hits),
            **evidence,
        )
        if model is not None:
            basis = self._basis(reading, composed)
            quotes = pack(reading.ranked, basis.chosen, self.config.llm_evidence_tokens)
            answer = yield from self.drafted(model, basis, quotes, answer)
            clock.lap("draft")
        yield replace(answer, timing_ms=clock.laps())

    def _basis(self, reading: Reading, composed: Composed) -> Basis:
        """What a draft must hold to stand for the quoted answer."""
        return Basis(
            question=reading.question,
            chosen=composed.chosen,
            telling=composed.telling,
            phrase=composed.phrase,
            phrase_confidence=composed.short_confidence,
            max_sentences=self.config.max_sentences,
        )

    def drafted(
        self, model: LanguageModel, basis: Basis, quotes: tuple[Quote, ...], quoted: Answer
    ) -> Generator[Partial, None, Answer]:
        """The answer in the model's words as far as they hold, else the quoted one."""
        drafter = Drafter(model, self.config, self._check(), self.draft_cache())
        for told in drafter.stream(basis, quotes):
            if isinstance(told, Drafted):
                return replace(
                    quoted,
                    sentences=told.sentences or quoted.sentences,
                    notice=told.notice,
                    rejected=told.rejected,
                    usage=told.usage,
                )
            yield Partial(quoted.understood, told.sentences, told.draft)
        return quoted

    def draft_cache(self) -> DraftCache | None:
        """Where drafts are kept, None where the configuration does not ask for it."""
        return DraftCache(self.config.index_path) if self.config.llm_cache else None

    def _check(self) -> Check:
        """What checks a drafted sentence."""
        from rag.verification import verify  # reads its tables when it is first used

        return verify

    def _small_talk(self, question: str, talk: Talk, clock: Clock) -> Answer:
        """Small talk answered in kind; no article is searched for it."""
        with self._lock:
            model = self.language_model
            writer = model.name if model else ""
            facts = Facts(self._open_catalog().overview(), self.config.embedder, writer)
        clock.lap("understand")
        evidence = {
            "question": question,
            "understood": question,
            "fingerprint": self.config.fingerprint,
        }
        return abstained(Reason.SMALL_TALK, 0.0, clock.laps(), evidence, reply(talk, facts))

    def read(self, question: Question, candidates: Candidates) -> Reading:
        """Read the best chunks: their sentences ranked, and whether the best one answers."""
        ranked = rank_sentences(question, candidates)
        if not ranked:  # articles of characters that the model does not read at all
            return Reading(question, (), None, Premises())
        features = confidence_features(question, candidates, ranked, self.lexical)
        best = ranked[0]
        premises = unmet_premises(question, best.article, best.text, best.context)
        return Reading(question, tuple(ranked), features, premises)

    def _sides(self, reading: Reading, candidates: Candidates) -> tuple[AnswerSentence, ...]:
        """What articles that do not agree say, newest first; empty where they agree."""
        question = reading.question

        def phrase_of(sentence: SentenceEvidence) -> ShortAnswer | None:
            return choose_short_answer(
                question, sentence_tokens(candidates, sentence, self.embedder)
            )

        return quote_sides(disagreement(question, reading.ranked, phrase_of, self.lexical))

    def _composed(self, reading: Reading, candidates: Candidates) -> Composed:
        """The answer's sentences and the phrase that answers."""
        question, ranked = reading.question, reading.ranked
        chosen = choose_sentences(question, ranked, self.config.max_sentences)
        attribution = find_attribution(question, ranked)
        telling = attribution if attribution in chosen else ranked[0]
        tokens = sentence_tokens(candidates, telling, self.embedder)
        return compose(chosen, telling, choose_short_answer(question, tokens))

    def _mended(self, question: str, filters: Filters | None) -> tuple[str, Candidates | None]:
        """The question with its misspelt words mended, and what is found for it."""
        found = self.candidates(question, filters)
        if found is None:
            return question, None
        texts = {hit.article.id: hit.article for hit in found.hits[:SPELLING_HITS]}.values()
        mended = mend_spelling(
            question, self.lexical, (f"{article.title}\n{article.text}" for article in texts)
        )
        return mended, found if mended == question else self.candidates(mended, filters)


def _checked(question: str) -> str:
    """The question, without the white space around it; raises ``QuestionError``."""
    question = question.strip()
    if not any(character.isalnum() for character in question):
        raise QuestionError("The question is empty.", "Type a question about the articles.")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(
            f"The question has {len(question):,} characters.",
            f"Ask in at most {MAX_QUESTION_CHARACTERS:,}.",
        )
    return question
