"""Loading a set: a BEIR folder, one with ``set.toml``, a SQuAD json, or a hand-written file.

A BEIR folder has ``corpus.jsonl``, ``queries.jsonl``, ``qrels/*.tsv`` and, for more than
retrieval, ``gold.jsonl``. A folder with ``set.toml`` has the same questions over articles that
lie elsewhere (``articles = "../news"``). ``eval.squad`` reads SQuAD 2.0, ``eval.handwritten`` CSV
and JSONL. Bad rows are left out and named, never guessed at.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from eval.gold import read_gold
from eval.handwritten import HAND_WRITTEN_SUFFIXES, read_hand_written
from eval.jsonlines import (
    RowError,
    list_of,
    parse_json_lines,
    read_text,
    required_text,
    turn_of,
)
from eval.qrels import Relevant, read_relevant
from eval.squad import SQUAD_SUFFIX, read_squad, write_corpus
from eval.values import (
    BadRow,
    EvalSet,
    Gold,
    Question,
    SetError,
)

SET_FILE = "set.toml"
CORPUS_FILE = "corpus.jsonl"
QUERIES_FILE = "queries.jsonl"
GOLD_FILE = "gold.jsonl"


def load_set(path: str | Path, articles: str | Path | None = None) -> EvalSet:
    """The set at ``path``; ``articles`` overrides, or for a single file names, its articles.

    Raises ``SetError`` when there is no set at ``path`` or no question in it; rows that cannot
    be used, and evidence that is not in its article at its offsets, become ``problems``.
    """
    source = Path(path)
    problems: list[BadRow] = []
    parts = _read(source, Path(articles) if articles else None, problems)
    if not parts.questions:
        raise SetError(f"{source} holds no question that can be asked.", _first(problems))
    return EvalSet(
        name=_name(source),
        articles=parts.articles,
        questions=tuple(parts.questions.values()),
        gold=parts.gold,
        relevant=parts.relevant or _relevant_by_evidence(parts.gold),
        texts=parts.texts,
        problems=tuple(problems),
        data_hash=_hash(parts.questions, parts.gold, parts.relevant, parts.texts),
        source=os.path.abspath(source),
    )


class _Parts(NamedTuple):
    """What every form of a set comes to."""

    articles: Path
    texts: Mapping[str, str]
    questions: Mapping[str, Question]
    gold: Mapping[str, Gold]
    relevant: Relevant


def _read(source: Path, articles: Path | None, problems: list[BadRow]) -> _Parts:
    suffix = source.suffix.lower()
    if source.is_dir():
        where = articles or _articles_of(source)
        texts = load_texts(where, problems)
        questions = _read_questions(source / QUERIES_FILE, problems)
        relevant = read_relevant(source, questions, texts, problems)
        gold = read_gold(source / GOLD_FILE, questions, relevant, texts, problems)
        return _Parts(where, texts, questions, gold, relevant)
    if suffix == SQUAD_SUFFIX and source.is_file():
        if articles is not None:
            raise SetError(f"{source} holds its own articles.", "Leave out --articles.")
        squad = read_squad(source, problems)
        return _Parts(write_corpus(source, squad), squad.texts, squad.questions, squad.gold, {})
    if suffix in HAND_WRITTEN_SUFFIXES and source.is_file():
        if articles is None:
            raise SetError(
                f"{source} holds questions only.", "Name its articles with --articles FOLDER."
            )
        texts = load_texts(articles, problems)
        read = read_hand_written(source, texts, problems, lambda: _titles(articles))
        return _Parts(articles, texts, *read, {})
    raise SetError(
        f"There is no set at {source}.",
        f"Give a folder with {QUERIES_FILE} and {CORPUS_FILE} or {SET_FILE}, a SQuAD 2.0 .json, or "
        "a .csv or .jsonl file of questions with --articles FOLDER.",
    )


def load_texts(articles: Path, problems: list[BadRow]) -> dict[str, str]:
    """The articles' texts by id.

    A BEIR ``corpus.jsonl`` is read here and not through ``rag.loading``, so that the offsets an
    engine cites are held against the source itself. Of two articles of one id the first counts,
    as it does for the engine.
    """
    texts: dict[str, str] = {}
    if articles.name == CORPUS_FILE:
        for line, (name, text) in parse_json_lines(articles, _corpus_row, problems):
            if name in texts:
                problems.append(BadRow(articles.name, line, f"_id {name!r} is there twice"))
            texts.setdefault(name, text)
        return texts
    # The readers of html and pdf are only wanted where a set has such articles.
    from rag.loading import list_files, read_file

    for file in list_files(articles):
        # Files that cannot be read are no fault of the set; the engine's sync reports them.
        texts.update({article.id: article.text for article in read_file(file).articles})
    return texts


def _titles(articles: Path) -> dict[str, str]:
    from rag.loading import list_files, read_file

    files = list_files(articles)
    return {article.id: article.title for file in files for article in read_file(file).articles}


def _articles_of(folder: Path) -> Path:
    if (folder / SET_FILE).is_file():
        named = read_toml(folder / SET_FILE).get("articles")
        if not isinstance(named, str) or not named:
            raise SetError(
                f"{folder / SET_FILE} names no articles.", 'Add a line: articles = "FOLDER"'
            )
        # Not resolve(): links stay, as they do in the name of an index.
        return Path(os.path.normpath(folder.absolute() / named))
    if (folder / CORPUS_FILE).is_file():
        return folder / CORPUS_FILE
    raise SetError(
        f"{folder} is not a set: it has neither {CORPUS_FILE} nor {SET_FILE}.",
        f'Add a {SET_FILE} with the line: articles = "FOLDER"',
    )


def read_toml(file: Path) -> dict[str, Any]:
    """What the ``set.toml`` of a set says, or ``SetError``."""
    try:
        return tomllib.loads(read_text(file))
    except tomllib.TOMLDecodeError as error:
        raise SetError(f"{file} is not TOML: {error}.", "Mend that line.") from error


def _name(source: Path) -> str:
    if source.is_dir() and (source / SET_FILE).is_file():
        return str(read_toml(source / SET_FILE).get("name") or source.name)
    return source.absolute().name if source.is_dir() else source.stem


def _read_questions(path: Path, problems: list[BadRow]) -> dict[str, Question]:
    questions: dict[str, Question] = {}
    for line, question in parse_json_lines(path, _question, problems):
        if question.id in questions:
            problems.append(BadRow(path.name, line, f"_id {question.id!r} is there twice"))
        else:
            questions[question.id] = question
    return questions


def _question(row: dict[str, Any]) -> Question:
    name = required_text(row, "_id")
    metadata = row.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise RowError(f"'metadata' must be an object, not {metadata!r}")
    cluster = str(metadata.get("cluster") or "")
    return Question(
        id=name,
        text=required_text(row, "text"),
        history=tuple(turn_of(item) for item in list_of(metadata, "history", (str, dict))),
        cluster=cluster,
        unit=str(metadata.get("unit") or cluster or name),
    )


def _corpus_row(row: dict[str, Any]) -> tuple[str, str]:
    return required_text(row, "_id"), required_text(row, "text")


def _relevant_by_evidence(gold: Mapping[str, Gold]) -> Relevant:
    return {
        name: {passage.doc_id: 1 for passage in value.evidence}
        for name, value in gold.items()
        if value.evidence
    }


def _first(problems: list[BadRow]) -> str:
    return f"First problem: {problems[0]}." if problems else "Write at least one question."


def _hash(*parts: Mapping[str, Any]) -> str:
    def plain(value: Any) -> Any:
        return asdict(value) if isinstance(value, Question | Gold) else value

    tables = [{name: plain(value) for name, value in part.items()} for part in parts]
    text = json.dumps(tables, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
