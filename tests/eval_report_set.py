"""A hostile set and a run over it in which every kind of failure happens, for tests of reports."""

import json
from pathlib import Path

from eval_small_set import passage, write_lines

from eval.datasets import load_set
from eval.values import EvalSet

OVERRIDE = "\u202e"
MARKUP = (
    "<script>window.hacked=1</script><img src=x onerror=\"window.hacked=2\">' onclick='hacked=3' "
    "![i](http://203.0.113.9/i.png) [l](javascript:window.hacked=4) https://evil.example/x "
    "@everyone |`</style></title>{{d}}${e}\x1b[2J"
)
HOSTILE_ID = '"><img src=x onerror="window.hacked=5">'
HOSTILE_TITLE = f"Orchids {MARKUP}"
FIRST = f"The market opened on Monday {OVERRIDE}{MARKUP}."
SECOND = "It drew 4,200 visitors."
THIRD = "The mayor spoke at noon."
HOSTILE = f"{FIRST} {SECOND} {THIRD}"
PADDING = "Nothing of note happened in the harbour that day. " * 60
TOLL = "The toll of the canal is 7 crowns."
CANAL = f"{PADDING}{TOLL} {PADDING}"
QUIET = "The quiet town of Marn has a brass band. It plays on Sundays."

CORPUS = [
    {
        "_id": HOSTILE_ID,
        "title": HOSTILE_TITLE,
        "text": HOSTILE,
        "metadata": {"outlet": f"<b>Herald</b>{OVERRIDE}", "date": "2024-01-05"},
    },
    {
        "_id": "canal",
        "title": "The canal",
        "text": CANAL,
        "metadata": {"outlet": "Marn Times", "date": "2024-06-30"},
    },
    {"_id": "quiet", "title": "", "text": QUIET},
]

VISITORS = passage(HOSTILE_ID, HOSTILE, SECOND)
TOLL_PASSAGE = passage("canal", CANAL, TOLL)
BAND = passage("quiet", QUIET, "It plays on Sundays.")
TOWN = passage("quiet", QUIET, "The quiet town of Marn has a brass band.")


def _question(name: str, text: str, **gold: object) -> tuple[dict, dict]:
    row = {"answerable": True, "kind": "fact", "answers": [], "evidence": [], **gold}
    history = {"history": [f"And before {MARKUP}?"]} if name == "invalid" else {}
    return {"_id": name, "text": text, "metadata": history}, {"_id": name, **row}


QUESTIONS = [
    _question("right", "When does the band play?", answers=["Sundays"], evidence=[BAND]),
    _question(
        "invalid",
        f"How many visitors {OVERRIDE}{MARKUP}?",
        kind=f"<i>kind</i> {MARKUP}",
        answers=[f"4,200 {MARKUP}"],
        evidence=[VISITORS],
    ),
    _question("wrong", "What is the toll?", answers=["7 crowns"], evidence=[TOLL_PASSAGE]),
    _question("refused", "Who has a brass band?", answers=["Marn"], evidence=[TOWN]),
    _question("unsaid", "Who owns the canal?", answerable=False, kind="absent"),
    _question("well refused", "Who won the chess?", answerable=False, kind="outside"),
    _question("error", "What broke?", answers=["it"], evidence=[TOWN]),
    _question("missing", "What is missing?", answers=["this"], evidence=[TOWN]),
    _question("no evidence", "Which town?", kind="loose", answers=["Marn"]),
]


def _row(name: str, status: str = "answered", answer: str = "", **more: object) -> dict:
    cited = more.pop("cited", [])
    return {
        "_id": name,
        "status": status,
        "answer": answer or " ".join(c["quote"] for c in cited) or "The articles do not say.",
        "sentences": [{"text": c["quote"], "citations": [c]} for c in cited],
        **more,
    }


def cite(found: dict, shift: int = 0) -> dict:
    """The passage as a row cites it, its offsets moved by ``shift`` against its words."""
    start, end = found["start"] + shift, found["end"] + shift
    return {"doc_id": found["doc_id"], "start": start, "end": end, "quote": found["text"]}


ROWS = [
    _row("right", cited=[cite(BAND)], confidence=0.9, retrieved=[{"doc_id": "quiet", "score": 1}]),
    _row(
        "invalid",
        cited=[cite(VISITORS, 10)],
        confidence=0.8,
        short_answer=MARKUP,
        retrieved=[{"doc_id": HOSTILE_ID, "score": 1}],
    ),
    _row("wrong", cited=[cite(TOWN)], confidence=0.7, retrieved=[{"doc_id": "quiet", "score": 1}]),
    _row("refused", "abstained", confidence=0.2, retrieved=[{"doc_id": "quiet", "score": 1}]),
    _row("unsaid", cited=[cite(TOLL_PASSAGE)], confidence=0.6),
    _row("well refused", "abstained", confidence=0.1),
    _row("error", "error", f"TimeoutError: {MARKUP}"),
    _row("no evidence", answer="In Osk.", confidence=0.5),
]


def hostile_set(folder: Path) -> EvalSet:
    """The set, written to ``folder`` and loaded."""
    write_lines(folder / "corpus.jsonl", CORPUS)
    write_lines(folder / "queries.jsonl", [question for question, _ in QUESTIONS])
    write_lines(folder / "gold.jsonl", [gold for _, gold in QUESTIONS])
    return load_set(folder)


def hostile_rows(path: Path) -> Path:
    """The run, with a bad line at its end."""
    write_lines(path, ROWS)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"_id": "bad", "status": MARKUP}) + "\n")
    return path


def better_rows(path: Path) -> Path:
    """The same run, but what was refused is answered, and what was right is refused."""
    changed = {
        "refused": _row("refused", cited=[cite(TOWN)], confidence=0.4),
        "right": _row("right", "abstained", confidence=0.1),
    }
    write_lines(path, [changed.get(row["_id"], row) for row in ROWS])
    return path
