"""A set over four invented reports, with names, numbers, dates and days to change."""

from __future__ import annotations

from pathlib import Path

from eval_small_set import passage, write_lines

from eval.datasets import load_set
from eval.values import EvalSet

DAM = (
    "The Orrin Dam was closed on Tuesday after a crack was found. Inspector Paula Brandt said the "
    "crack is four metres long. Repairs will cost 1,250,000 crowns. The dam was built in 1931. "
    "It holds water for the villages below, and fishermen like it well."
)
WOLVES = (
    "Ranger Tomas Weil counted 9 wolves in the Tarn valley. Farmers lost 31 sheep to the wolves. "
    "Weil spoke on 14 May at the town hall. A fence of 12 miles is planned, and 12 farmers agreed. "
    "The winter was mild and the snow came late, which helped the herds a little."
)
REPRINT = (
    "From our partners: Repairs will cost 1,250,000 crowns. The money comes from the state, and "
    "the ministry has promised that nobody else will have to pay for any of it this year."
)
CHURCH = (
    "The church at Ossel has a bell. The bell weighs 310 kilos. People say that the bell of the "
    "church weighs 310 kilos and that no one ever stole it, though many had tried to do so."
)
TEXTS = {"dam": DAM, "wolves": WOLVES, "reprint": REPRINT, "church": CHURCH}

# Question, its article, the answers, and the sentence that tells them; None: unanswerable.
QUESTIONS: list[tuple[str, str, list[str], str] | None] = [
    ("How much will the repairs cost?", "dam", ["1,250,000 crowns", "1,250,000"], "Repairs will"),
    ("When was the dam built?", "dam", ["1931", "in 1931"], "The dam was built"),
    ("Who told of the crack?", "dam", ["Paula Brandt", "Inspector Brandt"], "Inspector Paula"),
    ("Who counted the wolves?", "wolves", ["Tomas Weil"], "Ranger Tomas"),
    ("How many wolves were counted?", "wolves", ["9", "nine"], "Ranger Tomas"),
    ("On which date did Weil speak?", "wolves", ["14 May"], "Weil spoke"),
    ("On which day was the Orrin Dam closed?", "dam", ["Tuesday"], "The Orrin Dam"),
    ("How heavy is the bell of the church?", "church", ["310 kilos"], "The bell weighs"),
    ("What helped the herds?", "wolves", ["snow that came late"], "The winter"),
    ("How long is the crack?", "dam", ["four metres"], "Inspector Paula"),
    ("How long will the fence be?", "wolves", ["12 miles"], "A fence"),
    None,
]


def sentence(name: str, beginning: str) -> dict:
    text = TEXTS[name]
    start = text.index(beginning)
    return passage(name, text, text[start : text.index(".", start) + 1])


def news_set(folder: Path) -> EvalSet:
    """The questions are named q0 to q11."""
    corpus = [{"_id": name, "title": f"On {name}", "text": text} for name, text in TEXTS.items()]
    queries, gold = [], []
    for number, row in enumerate(QUESTIONS):
        name = f"q{number}"
        asked, article, answers, beginning = row or ("Who painted the church?", "", [], "")
        queries.append({"_id": name, "text": asked})
        evidence = [sentence(article, beginning)] if row else []
        gold.append(
            {"_id": name, "answerable": bool(row), "answers": answers, "evidence": evidence}
        )
    write_lines(folder / "corpus.jsonl", corpus)
    write_lines(folder / "queries.jsonl", queries)
    write_lines(folder / "gold.jsonl", gold)
    return load_set(folder)
