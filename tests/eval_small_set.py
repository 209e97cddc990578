"""A set of four questions over three invented articles, two of them equal."""

import json
from pathlib import Path

from eval.datasets import load_set
from eval.values import EvalSet

BRIDGE = "The bridge at Marn opened in 1911. It cost 40,000 crowns. Its builder was Ida Holm."
FERRY = "The ferry to Osk sails twice a day. The fare is 3 crowns."


def passage(doc_id: str, text: str, words: str) -> dict:
    start = text.index(words)
    return {"doc_id": doc_id, "start": start, "end": start + len(words), "text": words}


CORPUS = [
    {"_id": "bridge", "title": "Bridge", "text": BRIDGE},
    {"_id": "ferry", "title": "Ferry", "text": FERRY},
    {"_id": "bridge-again", "title": "Bridge", "text": BRIDGE},
]
QUERIES = [
    {"_id": "q1", "text": "When did the bridge open?", "metadata": {"cluster": "dev"}},
    {"_id": "q2", "text": "What is the fare?", "metadata": {"cluster": "test", "unit": "fare"}},
    {"_id": "q3", "text": "Who painted the bridge?", "metadata": {"cluster": "dev"}},
    {
        "_id": "q4",
        "text": "And who built it?",
        "metadata": {
            "cluster": "test",
            "history": ["What opened in 1911?", {"question": "Where?", "answer": "At Marn."}],
        },
    },
]
GOLD = [
    {
        "_id": "q1",
        "answerable": True,
        "kind": "fact",
        "answers": ["1911", "in 1911"],
        "evidence": [passage("bridge", BRIDGE, "The bridge at Marn opened in 1911.")],
    },
    {
        "_id": "q2",
        "answerable": True,
        "kind": "number",
        "answers": ["3 crowns"],
        "evidence": [passage("ferry", FERRY, "The fare is 3 crowns.")],
    },
    {"_id": "q3", "answerable": False, "kind": "absent", "answers": [], "evidence": []},
    {
        "_id": "q4",
        "answerable": True,
        "kind": "follow-up",
        "answers": ["Ida Holm"],
        "evidence": [passage("bridge", BRIDGE, "Its builder was Ida Holm.")],
    },
]
QRELS = "query-id\tcorpus-id\tscore\nq1\tbridge\t1\nq2\tferry\t1\nq4\tbridge\t1\n"


def write_lines(path: Path, rows: list) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def write_set(folder: Path) -> Path:
    write_lines(folder / "corpus.jsonl", CORPUS)
    write_lines(folder / "queries.jsonl", QUERIES)
    write_lines(folder / "gold.jsonl", GOLD)
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text(QRELS, encoding="utf-8")
    return folder


def small_set(folder: Path) -> EvalSet:
    return load_set(write_set(folder))
