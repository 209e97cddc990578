"""The command ``footnote verify``: checks a text, sentence by sentence, against the articles."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.commands import ABSTAINED, ANSWERED, STDIN, open_pipeline
from rag.config import Config
from rag.errors import QuestionError
from rag.values import Article, Citation, Hit, Span, Support, Verdict

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

NAME = "verify"
HELP = "check a text, sentence by sentence, against the articles"

# Passages that each sentence is checked against, and the sentences of them that are kept: the
# nearest ones, since far ones give a false sentence more to lean on.
PASSAGES = 5
SENTENCES = 4
LONGEST_QUERY = 1000


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of the text, its verdict, and the quotes that it was checked against."""

    text: str
    verdict: Verdict
    citations: tuple[Citation, ...]


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of ``footnote verify``."""
    parser.add_argument("file", metavar="FILE", help="the text to check, or - for standard input")


def run(config: Config, args: argparse.Namespace) -> int:
    """Check every sentence; 0 if the articles support all of them, else 3."""
    from rag import printing

    text = _text(config, args.file)
    with open_pipeline(config) as pipeline:
        checked = list(check_text(pipeline, text))
    if args.json:
        printing.print_json({"sentences": [_as_dict(one) for one in checked]})
    else:
        _print(checked)
    supported = all(one.verdict.label is Support.SUPPORTED for one in checked)
    return ANSWERED if supported else ABSTAINED


def check_text(pipeline: Pipeline, text: str) -> Iterator[CheckedSentence]:
    """Each sentence of a text that has a word, with its verdict and footnotes."""
    from rag.answering import cite
    from rag.sentences import split_sentences
    from rag.verification import verify

    number = 1
    for span in split_sentences(text):
        sentence = span.of(text)
        if not any(map(str.isalnum, sentence)):
            continue
        hits = pipeline.search(sentence[:LONGEST_QUERY], limit=PASSAGES)
        sources = [cite(0, *source) for source in _nearest(sentence, hits)]
        verdict = verify(sentence, [source.quote for source in sources])
        used = sorted({match.quote for match in verdict.matches})
        if verdict.label is Support.UNSUPPORTED:
            used = used[:1]
        citations = []
        for place in used:
            source = sources[place]
            citations.append(
                Citation(
                    number, source.article_id, source.title, source.outlet, source.date,
                    source.url, source.start, source.end, source.quote,
                )
            )  # fmt: skip
            number += 1
        yield CheckedSentence(sentence, verdict, tuple(citations))


def _nearest(sentence: str, hits: tuple[Hit, ...]) -> list[tuple[Article, Span]]:
    """The sentences of the passages that share most with a sentence, as (article, span)."""
    from rag.claim_reading import read

    claims = read(sentence)
    if not claims:
        return []
    scored: list[tuple[float, int, Article, Span]] = []
    for hit in hits:
        for span in hit.chunk.sentences:
            readings = read(span.of(hit.article.text))
            if readings:
                similarity = max(float(c.whole @ r.whole) for c in claims for r in readings)
                scored.append((similarity, len(scored), hit.article, span))
    best = sorted(scored, key=lambda one: (-one[0], one[1]))[:SENTENCES]
    return [(article, span) for _, _, article, span in best]


def _text(config: Config, file: str) -> str:
    if file == STDIN:
        if str(config.articles) == STDIN:
            raise QuestionError(
                "Standard input cannot hold both the articles and the text.",
                "Give the text as a file: footnote verify --articles - FILE",
            )
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    else:
        try:
            text = Path(file).read_bytes().decode("utf-8", "replace")
        except OSError as error:
            raise QuestionError(
                f"{file} cannot be read: {error.strerror}.", "Give the path of a text file, or -."
            ) from error
    if not any(map(str.isalnum, text)):
        raise QuestionError("The text is empty.", "Give a text with at least one sentence.")
    return text


def _as_dict(one: CheckedSentence) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "text": one.text,
        "label": one.verdict.label.value,
        "reason": one.verdict.reason,
        "matches": [asdict(match) for match in one.verdict.matches],
        "citations": [asdict(citation) for citation in one.citations],
    }


def _print(checked: list[CheckedSentence]) -> None:

    for one in checked:
        "".join(f"[{citation.number}]" for citation in one.citations)
    for one in checked:
        for _citation in one.citations:
            pass
