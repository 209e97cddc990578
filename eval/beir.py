"""Writing a set as a BEIR folder, which ``eval.datasets.load_set`` reads back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.datasets import CORPUS_FILE, GOLD_FILE, QUERIES_FILE
from eval.values import EvalSet, Gold, Question
from rag.values import Article

_FIELDS = ("author", "outlet", "date", "url", "language")


def articles_of(eval_set: EvalSet) -> list[Article]:
    """The set's articles with what their sources tell of them, texts as the offsets count them."""
    from rag.loading import list_files, read_file

    loaded = {
        article.id: article
        for file in list_files(eval_set.articles)
        for article in read_file(file).articles
    }
    return [
        replace(loaded.get(name, Article(name, text)), text=text)
        for name, text in eval_set.texts.items()
    ]


def write_beir(
    folder: Path,
    articles: Iterable[Article],
    questions: Iterable[Question],
    gold: Mapping[str, Gold],
) -> None:
    """``corpus.jsonl``, ``queries.jsonl`` and ``gold.jsonl``; relevant is what holds evidence."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_lines(folder / CORPUS_FILE, map(_corpus_row, articles))
    _write_lines(folder / QUERIES_FILE, map(_query_row, questions))
    _write_lines(folder / GOLD_FILE, (_gold_row(name, value) for name, value in gold.items()))


def _write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8", newline="\n")


def _corpus_row(article: Article) -> dict[str, Any]:
    known = {field: getattr(article, field) for field in _FIELDS if getattr(article, field)}
    return {"_id": article.id, "title": article.title, "text": article.text, "metadata": known}


def _query_row(question: Question) -> dict[str, Any]:
    metadata: dict[str, Any] = {"cluster": question.cluster, "unit": question.unit}
    if question.history:
        metadata["history"] = [
            {"question": turn.question, "answer": turn.answer} for turn in question.history
        ]
    return {"_id": question.id, "text": question.text, "metadata": metadata}


def _gold_row(name: str, gold: Gold) -> dict[str, Any]:
    return {
        "_id": name,
        "answerable": gold.answerable,
        "kind": gold.kind,
        "answers": list(gold.answers),
        "evidence": [
            {"doc_id": p.doc_id, "start": p.start, "end": p.end, "text": p.text}
            for p in gold.evidence
        ],
    }
