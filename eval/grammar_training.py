"""Fits ``rag/grammar.npz``, the small parser of the claim check, to another parser's parses.

Usage: ``python -m eval.grammar_training PARSES OUT``. ``PARSES`` is a JSON lines file with a
sentence a line, ``{"text", "tokens": [[start, end, tag, relation, head], ...]}``: characters,
Universal POS tag, spaCy's relation, and the head's place among the tokens (its own for the root).
The teacher is not a dependency: the first fit read spaCy 3.8.7 with en_core_web_sm 3.8.0.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from rag.embedding import PackagedEmbedder, load_embedder
from rag.grammar import FARTHEST
from rag.lexical import words

LAYERS = (3, 5)
SIZE, LABEL_SIZE = 64, 32
EPOCHS, BATCH, RATE, DROPOUT, HELD_OUT, SEED = 8, 64, 4e-3, 0.2, 500, 0
FEWEST_WORDS = 4
TAGS = [
    "NOUN",
    "PROPN",
    "VERB",
    "AUX",
    "ADJ",
    "ADV",
    "NUM",
    "PRON",
    "DET",
    "ADP",
    "PART",
    "CCONJ",
    "SCONJ",
    "X",
]
_NAMES = {
    "subject": "nsubj csubj expl", "passive_subject": "nsubjpass csubjpass", "object": "dobj",
    "indirect": "dative", "attribute": "attr acomp oprd", "agent": "agent", "preposition": "prep",
    "prepositional_object": "pobj", "complement": "pcomp ccomp xcomp", "auxiliary": "aux",
    "passive_auxiliary": "auxpass", "negation": "neg", "adverbial_clause": "advcl",
    "clause": "acl relcl", "conjunct": "conj", "compound": "compound nmod", "modifier": "amod",
    "number": "nummod", "determiner": "det predet", "possessive": "poss", "apposition": "appos",
    "adverb": "advmod npadvmod quantmod", "marker": "mark", "root": "ROOT", "part": "case part_of",
    "particle": "prt", "coordination": "cc",
}  # fmt: skip
OURS = {theirs: name for name, all_theirs in _NAMES.items() for theirs in all_theirs.split()}
RELATIONS = sorted({*OURS.values(), "other"})


@dataclass(frozen=True, slots=True)
class Lesson:
    """A sentence's words: states float32 [words, 2 * dimension], tag, relation and head of each."""

    states: npt.NDArray[np.float32]
    tags: list[int]
    relations: list[int]
    heads: list[int]


def lesson(embedder: PackagedEmbedder, row: dict[str, Any]) -> Lesson | None:
    """A row as our words have it; None if too short. Skipped tokens hand on to their heads."""
    tokens = row["tokens"]
    layers, spans = embedder.layers(row["text"])
    chosen = np.concatenate([layers[layer - 1] for layer in LAYERS], axis=1)
    kept: list[tuple[int, npt.NDArray[np.float32]]] = []
    for word in words(row["text"]):
        own = [
            n
            for n, (start, end) in enumerate(spans)
            if start < end and word.start < end <= word.end
        ]
        token = next((n for n, t in enumerate(tokens) if t[0] <= word.start < t[1]), None)
        if own and token is not None:
            kept.append((token, chosen[own].mean(axis=0)))
    if len(kept) < FEWEST_WORDS:
        return None
    first: dict[int, int] = {}
    for place, (token, _) in enumerate(kept):
        first.setdefault(token, place)
    tags, relations, heads = [], [], []
    for place, (token, _) in enumerate(kept):
        tag, relation, head = tokens[token][2:5]
        if first[token] != place:
            relation, place = "part_of", first[token]  # noqa: PLW2901 - its own token's first word
        else:
            while head not in first and tokens[head][4] != head:
                head = tokens[head][4]
            place = place if relation == "ROOT" else first.get(head, place)  # noqa: PLW2901
        tags.append(TAGS.index(tag if tag in TAGS else "X"))
        relations.append(RELATIONS.index(OURS.get(relation, "other")))
        heads.append(place)
    return Lesson(np.stack([state for _, state in kept]), tags, relations, heads)


class Parser(nn.Module):
    """The linear maps and bilinear forms that ``rag.grammar`` reads, under the same names."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.pos = nn.Linear(inputs, len(TAGS))
        self.h, self.d = nn.Linear(inputs, SIZE), nn.Linear(inputs, SIZE)
        self.W = nn.Parameter(torch.eye(SIZE) * 0.1)
        self.hb = nn.Linear(SIZE, 1)
        self.dist = nn.Parameter(torch.zeros(2 * FARTHEST + 1))
        self.lh, self.ld = nn.Linear(inputs, LABEL_SIZE), nn.Linear(inputs, LABEL_SIZE)
        self.U = nn.Parameter(torch.randn(len(RELATIONS), LABEL_SIZE, LABEL_SIZE) * 0.02)
        self.lab = nn.Linear(2 * LABEL_SIZE, len(RELATIONS))
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, states: Tensor, heads: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Scores of tags, heads and relations of one sentence; without heads, of its best ones."""
        states = self.drop(states)
        as_head, as_dependent = (self.drop(torch.relu(one(states))) for one in (self.h, self.d))
        places = torch.arange(len(states))
        apart = (places[None] - places[:, None]).clamp(-FARTHEST, FARTHEST) + FARTHEST
        arcs = as_dependent @ self.W @ as_head.T + self.hb(as_head)[:, 0][None] + self.dist[apart]
        chosen = arcs.argmax(dim=1) if heads is None else heads
        governor = self.drop(torch.relu(self.lh(states)))[chosen]
        dependent = self.drop(torch.relu(self.ld(states)))
        labels = torch.einsum("ne,lef,nf->nl", dependent, self.U, governor)
        return self.pos(states), arcs, labels + self.lab(torch.cat([dependent, governor], dim=1))


def fit(lessons: list[Lesson]) -> Parser:
    """The parser after ``EPOCHS`` over the lessons, in random order."""
    torch.manual_seed(SEED)
    parser = Parser(lessons[0].states.shape[1])
    batches = EPOCHS * -(-len(lessons) // BATCH)
    optimiser = torch.optim.AdamW(parser.parameters(), RATE, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=batches + 1)
    for batch in _batches(lessons):
        loss = torch.stack([_loss(parser, one) for one in batch]).mean()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parser.parameters(), 5.0)
        optimiser.step()
        schedule.step()
    return parser.eval()


def accuracy(parser: Parser, lessons: list[Lesson]) -> tuple[float, float, float]:
    """The shares of words with the right tag, the right head, and the right head and relation."""
    right, total = np.zeros(3), 0
    with torch.inference_mode():
        for one in lessons:
            tags, arcs, relations = (
                s.argmax(dim=1).numpy() for s in parser(torch.from_numpy(one.states), None)
            )
            head = arcs == np.array(one.heads)
            same = head & (relations == np.array(one.relations))
            right += [(tags == np.array(one.tags)).sum(), head.sum(), same.sum()]
            total += len(one.tags)
    tag, head, same = right / total
    return float(tag), float(head), float(same)


def _loss(parser: Parser, one: Lesson) -> Tensor:
    heads = torch.tensor(one.heads)
    scores = parser(torch.from_numpy(one.states), heads)
    wanted = (torch.tensor(one.tags), heads, torch.tensor(one.relations))
    losses = [nn.functional.cross_entropy(s, w) for s, w in zip(scores, wanted, strict=True)]
    return torch.stack(losses).sum()


def _batches(lessons: list[Lesson]) -> Iterator[list[Lesson]]:
    source = random.Random(SEED)
    for _ in range(EPOCHS):
        shuffled = source.sample(lessons, len(lessons))
        for start in range(0, len(shuffled), BATCH):
            yield shuffled[start : start + BATCH]


def main(parses: Path, out: Path) -> None:
    """Fit, print the accuracies on the sentences held out, and write the weights in 16 bits."""
    embedder = load_embedder()
    if not isinstance(embedder, PackagedEmbedder):
        raise TypeError("the parser reads the packaged embedder")
    with parses.open(encoding="utf-8") as lines:
        found = [one for line in lines if (one := lesson(embedder, json.loads(line)))]
    lessons = random.Random(SEED).sample(found, len(found))
    held_out = min(HELD_OUT, len(lessons) // 5)
    parser = fit(lessons[held_out:])
    print("tag, head, head and relation:", accuracy(parser, lessons[:held_out]))
    weights = {name: w.numpy().astype(np.float16) for name, w in parser.state_dict().items()}
    named = {"layers": LAYERS, "pos_names": TAGS, "dep_names": RELATIONS}
    np.savez(out, **weights, **{name: np.array(value) for name, value in named.items()})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
