"""SQuAD 2.0 json as a set: every distinct paragraph an article, its title the cluster.

``{"data": [{"title", "paragraphs": [{"context", "qas": [{"id", "question", "is_impossible",
"answers": [{"text", "answer_start"}]}]}]}]}``; of version 1.1, where all is answerable, there is
no ``is_impossible``. Source: Rajpurkar et al., Know What You Don't Know, 2018.

An engine indexes files of articles, so the paragraphs are also written as a ``corpus.jsonl``
under the place where indexes lie, ``.footnote/sets/<name>-<8 hex digits of the json's path>/``. It
follows the json: read again, the same json leaves the file untouched.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.jsonlines import RowError, list_of, read_text, required_text, whole_number
from eval.values import (
    KIND_ANSWERABLE,
    KIND_UNANSWERABLE,
    BadRow,
    Gold,
    Passage,
    Question,
    SetError,
)
from rag.config import INDEX_PARENT
from rag.sentences import split_sentences
from rag.values import Span

SQUAD_SUFFIX = ".json"
UNTITLED = "untitled"


@dataclass(frozen=True, slots=True)
class SquadSet:
    """What a file holds. ``titles`` are the articles' own, by the id that we give each."""

    questions: dict[str, Question] = field(default_factory=dict)
    gold: dict[str, Gold] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)


def read_squad(path: Path, problems: list[BadRow]) -> SquadSet:
    """The questions, gold and paragraphs of ``path``; what is malformed is left out and named.

    A paragraph's id is its title and its number under that title, from 0: ``Normans-000``. The
    evidence of an answer is the sentence (or sentences) that its span lies in. Raises ``SetError``
    when the file is no SQuAD json at all.
    """
    found = SquadSet()
    reader = _Reader(path.name, found, problems)
    for number, entry in enumerate(_data(path)):
        with reader.at(f"data[{number}]"):
            reader.read_entry(f"data[{number}]", _object(entry))
    return found


def write_corpus(path: Path, found: SquadSet) -> Path:
    """The ``corpus.jsonl`` of the paragraphs of ``path``; written only when it is not so already.

    Raises ``SetError`` when it cannot be written.
    """
    lines = [
        json.dumps({"_id": name, "title": found.titles[name], "text": text}) + "\n"
        for name, text in found.texts.items()
    ]
    data = "".join(lines).encode()
    digest = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:8]
    corpus = Path(INDEX_PARENT) / "sets" / f"{path.stem}-{digest}" / "corpus.jsonl"
    try:
        if corpus.is_file() and corpus.read_bytes() == data:
            return corpus
        corpus.parent.mkdir(parents=True, exist_ok=True)
        # Under another name first: a run that is cut off leaves no half of a corpus behind.
        unfinished = corpus.with_name(f"{corpus.name}.{os.getpid()}")
        unfinished.write_bytes(data)
        unfinished.replace(corpus)
    except OSError as error:
        raise SetError(
            f"The paragraphs of {path} cannot be written to {corpus}: {error.strerror}.",
            "Work in a folder that you may write to.",
        ) from error
    return corpus


def _data(path: Path) -> list[Any]:
    try:
        value = json.loads(read_text(path))
    except ValueError as error:
        raise SetError(f"{path} is not JSON: {error}.", "Mend it at that place.") from error
    except RecursionError as error:
        raise SetError(f"{path} is nested too deeply.", "Give a SQuAD 2.0 json.") from error
    data = value.get("data") if isinstance(value, dict) else None
    if not isinstance(data, list):
        raise SetError(
            f"{path} is no SQuAD json: it has no list called data.",
            'It must be {"data": [{"title": ..., "paragraphs": [...]}]}.',
        )
    return data


class _Reader:
    """Collects what a file holds; places are told as in ``data[3].paragraphs[0].qas[2]``."""

    def __init__(self, file: str, found: SquadSet, problems: list[BadRow]) -> None:
        self._file, self._found, self._problems = file, found, problems
        self._names: dict[str, str] = {}  # of articles, by their text
        self._paragraphs: dict[str, int] = {}  # how many there are under a title

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Turn a ``RowError`` into a problem at ``place``; the next one is read all the same."""
        try:
            yield
        except RowError as error:
            self._problems.append(BadRow(self._file, 0, f"{place}: {error}"))

    def read_entry(self, place: str, entry: Mapping[str, Any]) -> None:
        """Take the paragraphs of one title."""
        title = str(entry.get("title") or "").strip() or UNTITLED
        for number, item in enumerate(_required_list(entry, "paragraphs")):
            inner = f"{place}.paragraphs[{number}]"
            with self.at(inner):
                self._read_paragraph(inner, title, _object(item))

    def _read_paragraph(self, place: str, title: str, paragraph: dict[str, Any]) -> None:
        context = required_text(paragraph, "context")
        _refuse_unwritable(context)
        name = self._article(title, context)
        sentences = split_sentences(context)
        for number, item in enumerate(_required_list(paragraph, "qas")):
            inner = f"{place}.qas[{number}]"
            with self.at(inner):
                row = _object(item)
                question = _question(row, title)
                if question.id in self._found.questions:
                    raise RowError(f"id {question.id!r} is there twice")
                gold = _gold(row, name, context, sentences)
                self._found.questions[question.id] = question
                self._found.gold[question.id] = gold

    def _article(self, title: str, context: str) -> str:
        """The id of the article with this text; a paragraph that is there twice is one article."""
        if context not in self._names:
            count = self._paragraphs.get(title, 0)
            self._paragraphs[title] = count + 1
            name = f"{title}-{count:03d}"
            self._names[context] = name
            self._found.texts[name] = context
            self._found.titles[name] = title.replace("_", " ")
        return self._names[context]


def _question(row: dict[str, Any], title: str) -> Question:
    text = required_text(row, "question")
    return Question(required_text(row, "id"), text.strip(), cluster=title, unit=title)


def _gold(row: dict[str, Any], name: str, context: str, sentences: list[Span]) -> Gold:
    impossible = row.get("is_impossible", False)
    if not isinstance(impossible, bool):
        raise RowError(f"'is_impossible' must be true or false, not {impossible!r}")
    answers = list_of(row, "answers", dict)
    if impossible and answers:
        raise RowError("it is impossible and has answers")
    if impossible:
        return Gold(answerable=False, kind=KIND_UNANSWERABLE)
    if not answers:
        raise RowError("it has no answers and is not marked is_impossible")
    spans = [_span(answer, context) for answer in answers]
    texts = dict.fromkeys(span.of(context) for span in spans)
    held = dict.fromkeys(_sentences_of(span, sentences) for span in spans)
    evidence = tuple(Passage(name, span.start, span.end, span.of(context)) for span in held)
    return Gold(True, KIND_ANSWERABLE, tuple(texts), evidence)


def _span(answer: dict[str, Any], context: str) -> Span:
    text, start = required_text(answer, "text"), whole_number(answer, "answer_start")
    found = context[max(0, start) : max(0, start) + len(text)]
    if start < 0 or found != text:
        raise RowError(f"the answer {text!r} is not at {start}, where the context has {found!r}")
    return Span(start, start + len(text))


def _sentences_of(span: Span, sentences: list[Span]) -> Span:
    """From the first sentence that the span touches to the last."""
    touched = [sentence for sentence in sentences if sentence.overlaps(span)] or [span]
    return Span(min(touched[0].start, span.start), max(touched[-1].end, span.end))


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RowError(f"it is not an object but {value!r:.60}")
    return value


def _required_list(row: Mapping[str, Any], key: str) -> list[Any]:
    value = row.get(key)
    if not isinstance(value, list):
        raise RowError(f"{key!r} must be a list, not {value!r:.60}")
    return value


def _refuse_unwritable(context: str) -> None:
    """What no index could hold: JSON can write half of a character, and a NUL."""
    with suppress(UnicodeEncodeError):
        context.encode()
        if "\0" not in context:
            return
    raise RowError("the context holds a NUL or half of a character")
