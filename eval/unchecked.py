"""A control: what the reader would get if nobody checked what the model writes.

The question is understood, searched and decided on as ever, and the model is shown the same
evidence; then its sentences stand as it wrote them, with the quotes that its own marks name.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from rag.draft_text import DraftSentence
from rag.drafting import Writing
from rag.errors import LanguageModelError
from rag.language_model import LanguageModel
from rag.mending import Basis
from rag.pipeline import Pipeline
from rag.prompting import Quote, prompt_of
from rag.values import Answer, AnswerSentence, Citation, Partial, Span


class UncheckedPipeline(Pipeline):
    """The engine without the check: never for readers."""

    def drafted(
        self, model: LanguageModel, basis: Basis, quotes: tuple[Quote, ...], quoted: Answer
    ) -> Generator[Partial, None, Answer]:
        """The draft as the answer; the quoted one where the model does not answer at all."""
        writing = Writing(model, self.config, self.draft_cache())
        sentences: list[DraftSentence] = []
        try:
            for finished, rest in writing.sentences(prompt_of(basis.question.text, quotes)):
                sentences += finished
                yield Partial(quoted.understood, draft=rest)
        except LanguageModelError as error:
            return replace(quoted, notice=error.wrong, usage=writing.usage(None))
        written = tuple(_as_written(sentence, quotes) for sentence in sentences)
        said = " ".join(sentence.text for sentence in written)
        return replace(
            quoted,
            sentences=written,
            short_answer=quoted.short_answer if quoted.short_answer in said else "",
            usage=writing.usage(None),
        )


def _as_written(sentence: DraftSentence, quotes: Sequence[Quote]) -> AnswerSentence:
    by_number = {quote.number: quote for quote in quotes}
    cited = (by_number[number] for number in sentence.marks if number in by_number)
    return AnswerSentence(sentence.text, tuple(_citation(quote) for quote in cited))


def _citation(quote: Quote) -> Citation:
    article = quote.article
    span = Span(quote.units[0].span.start, quote.units[-1].span.end)
    return Citation(
        quote.number, article.id, article.title, article.outlet, article.date, article.url,
        span.start, span.end, span.of(article.text),
    )  # fmt: skip
