"""Fits ``rag/entailment.npz``, the reader of the claim check, to made and to hand-made pairs.

``python -m eval.entailment_training OUT TEXTS`` begins with the embedder. ``TEXTS`` is a JSON lines
file with a ``text`` a line (articles; ``eval.entailment_edits`` makes claims of their sentences).
Then follow the hand-made pairs of ``eval/sets/claims``, ``train-*.jsonl`` and ``dev.jsonl``, with
the clauses that ``eval.entailment_clauses`` lifts out of the quotes of the former. On two cores it
takes hours; a graphics card, where PyTorch sees one, minutes.

``python -m eval.entailment_training OUT`` goes on from the stored weights, without made pairs of
articles: after new hand-made ones were written, three quarters of an hour on two cores.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from eval.claims import load_pairs
from eval.entailment_clauses import lifted_claims
from eval.entailment_edits import MadeGroup, make_groups
from rag.embedding import PackagedEmbedder, load_embedder
from rag.entailment import Pair, read_pair, stored_weights
from rag.question_encoder import QuestionEncoder

CLAIMS = Path(__file__).parent / "sets" / "claims"
TRAIN = "train-*.jsonl"
RANK, SCALE, LAYERS, HEADS, HIDDEN = 16, 2.0, 6, 12, 128
RATE, DROPOUT, PAIRWISE, SEED = 1e-3, 0.1, 0.5, 0
# Passes over the made pairs and the hand-made ones, and pairs a step.
EPOCHS, BATCHES = (1, 8), (128, 64)
# The same where the stored weights are taught further, which are not far from where they go.
FURTHER_EPOCHS, FURTHER_RATE, FURTHER_BATCH = 3, 5e-4, 64
PARTS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "joined": "attention.output.dense",
    "inner": "intermediate.dense",
    "outer": "output.dense",
}
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


@dataclass(frozen=True, slots=True)
class Lesson:
    """A pair as ``rag.entailment`` reads it, and its verdict; ``group``: the quotes it shares."""

    pair: Pair
    supported: bool
    group: str


def lesson(
    encoder: QuestionEncoder, claim: str, quotes: Sequence[str], supported: bool, group: str
) -> Lesson:
    """The lesson of a claim and quotes."""
    return Lesson(read_pair(encoder, claim, quotes), supported, group)


def written(pattern: str) -> Iterator[MadeGroup]:
    """The groups of quotes and claims in the files of ``CLAIMS`` of such a name, in order."""
    for path in sorted(CLAIMS.glob(pattern)):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            claims = ((claim, kind.startswith("true")) for kind, claim in row["claims"])
            yield MadeGroup(tuple(row["quotes"]), tuple(claims))


def hand_made(encoder: QuestionEncoder) -> Iterator[Lesson]:
    """The pairs of ``TRAIN`` and ``dev.jsonl``."""
    for number, group in enumerate(written(TRAIN)):
        for claim, supported in group.claims:
            yield lesson(encoder, claim, group.quotes, supported, f"train {number}")
    for pair in load_pairs(CLAIMS / "dev.jsonl")[0]:
        yield lesson(encoder, pair.claim, pair.quotes, pair.supported, pair.quotes[0])


def lifted(encoder: QuestionEncoder) -> Iterator[Lesson]:
    """Clauses of the quotes of ``TRAIN`` as claims, in the groups of these."""
    source = random.Random(SEED)
    for number, group in enumerate(written(TRAIN)):
        for claim, supported in lifted_claims(group.quotes, source):
            yield lesson(encoder, claim, group.quotes, supported, f"train {number}")


def made(encoder: QuestionEncoder, texts: Path) -> Iterator[Lesson]:
    """The pairs that ``eval.entailment_edits`` makes of sentences of articles."""
    with texts.open(encoding="utf-8") as lines:
        groups = make_groups([json.loads(line)["text"] for line in lines])
        for number, group in enumerate(groups):
            for claim, supported in group.claims:
                yield lesson(encoder, claim, group.quotes, supported, f"made {number}")


class Changed(nn.Module):
    """A layer's linear map that stays, and a product of two thin ones that is learnt."""

    def __init__(self, encoder: QuestionEncoder, name: str) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(encoder.weight(f"{name}.weight")), False)
        self.bias = nn.Parameter(torch.tensor(encoder.weight(f"{name}.bias")), False)
        outputs, inputs = self.weight.shape
        self.down = nn.Parameter(torch.randn(RANK, inputs) / math.sqrt(inputs))
        self.up = nn.Parameter(torch.zeros(outputs, RANK))

    def forward(self, states: Tensor) -> Tensor:
        """The map and its change."""
        change = functional.linear(functional.linear(states, self.down), self.up)
        return functional.linear(states, self.weight, self.bias) + SCALE * change


class Layer(nn.Module):
    """One layer of BERT."""

    def __init__(self, encoder: QuestionEncoder, number: int) -> None:
        super().__init__()
        name = f"encoder.layer.{number}"
        self.parts = nn.ModuleDict(
            {part: Changed(encoder, f"{name}.{path}") for part, path in PARTS.items()}
        )
        self.norms = nn.ModuleList(
            _norm(encoder, f"{name}.{part}") for part in ("attention.output", "output")
        )

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """States [pairs, tokens, dimension]; ``mask`` [pairs, 1, 1, tokens]: which are there."""
        shape = (*states.shape[:2], HEADS, states.shape[2] // HEADS)
        query, key, value = (
            self.parts[part](states).view(shape).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        dropped = DROPOUT if self.training else 0.0
        read = functional.scaled_dot_product_attention(query, key, value, mask, dropped)
        joined = self.parts["joined"](read.transpose(1, 2).reshape(states.shape))
        states = self.norms[0](states + functional.dropout(joined, dropped))
        outer = self.parts["outer"](functional.gelu(self.parts["inner"](states)))
        return self.norms[1](states + functional.dropout(outer, dropped))  # type: ignore[no-any-return]


class Reader(nn.Module):
    """Claim and quotes read together, to one number."""

    def __init__(self, encoder: QuestionEncoder) -> None:
        super().__init__()
        tables = {
            name: torch.tensor(encoder.weight(f"embeddings.{name}_embeddings.weight"))
            for name in ("word", "position", "token_type")
        }
        self.words = nn.Embedding.from_pretrained(tables["word"])
        self.places = nn.Embedding.from_pretrained(tables["position"])
        self.segments = nn.Parameter(tables["token_type"].repeat(2, 1))
        self.norm = _norm(encoder, "embeddings")
        self.layers = nn.ModuleList(Layer(encoder, number) for number in range(LAYERS))
        self.hidden = nn.Linear(3 * encoder.dimension, HIDDEN)
        self.output = nn.Linear(HIDDEN, 1)

    def take(self, stored: Mapping[str, npt.NDArray[np.float32]]) -> None:
        """Go on from weights as ``save`` stores them."""

        def copy(parameter: Tensor, name: str) -> None:
            parameter.data.copy_(torch.from_numpy(stored[name]))

        copy(self.segments, "segments")
        for number, layer in enumerate(self.layers):
            for part, path in PARTS.items():
                changed = layer.parts[part]  # type: ignore[union-attr, index]
                copy(changed.down, f"encoder.layer.{number}.{path}.down")
                copy(changed.up, f"encoder.layer.{number}.{path}.up")
                changed.up.data /= SCALE
        for name in ("hidden", "output"):
            for key, parameter in getattr(self, name).named_parameters():
                copy(parameter, f"{name}.{key}")

    def forward(self, ids: Tensor, segments: Tensor, there: Tensor, own: Tensor) -> Tensor:
        """The log-odds of each pair; ``there`` and ``own`` [pairs, tokens]: all, the claim's."""
        places = torch.arange(ids.shape[1], device=ids.device)
        states = self.norm(self.words(ids) + self.places(places) + self.segments[segments])
        for layer in self.layers:
            states = layer(states, there[:, None, None, :])
        claim = own.unsqueeze(-1)
        mean = (states * claim).sum(dim=1) / claim.sum(dim=1)
        most = states.masked_fill(~claim, -1e4).amax(dim=1)
        pooled = torch.cat([states[:, 0], mean, most], dim=1)
        dropped = DROPOUT if self.training else 0.0
        hidden = functional.gelu(self.hidden(functional.dropout(pooled, dropped)))
        scores: Tensor = self.output(functional.dropout(hidden, dropped))
        return scores[:, 0]


def fit(
    reader: Reader, lessons: Sequence[Lesson], epochs: int, size: int, rate: float = RATE
) -> None:
    """Teach the reader; claims of one group stay together and are told apart."""
    groups: dict[str, list[Lesson]] = {}
    for one in lessons:
        groups.setdefault(one.group, []).append(one)
    source = random.Random(SEED)
    head = [*reader.hidden.parameters(), *reader.output.parameters()]
    rest = [p for p in reader.parameters() if p.requires_grad and not any(p is h for h in head)]
    optimiser = torch.optim.AdamW(
        [{"params": rest, "lr": rate}, {"params": head, "lr": rate}], weight_decay=0.01
    )
    steps = epochs * sum(1 for _ in _batches([*groups.values()], size, random.Random(SEED)))
    warming = 0.1 * steps + 1
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / warming) * max(0.02, 1 - step / (steps + 1))
    )
    reader.train()
    for _ in range(epochs):
        for batch in _batches([*groups.values()], size, source):
            optimiser.zero_grad()
            with torch.autocast(DEVICE, torch.bfloat16):  # half the time; the weights stay whole
                loss = _loss(reader, batch)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_([*rest, *head], 1.0)
            optimiser.step()
            schedule.step()
    reader.eval()


def save(reader: Reader, out: Path) -> None:
    """Write what was learnt under the names that ``rag.entailment`` reads, the most in 16 bits."""
    stored = {"segments": reader.segments.detach()}
    for number, layer in enumerate(reader.layers):
        for part, path in PARTS.items():
            changed = layer.parts[part]  # type: ignore[union-attr, index]
            stored[f"encoder.layer.{number}.{path}.down"] = changed.down.detach().half()
            stored[f"encoder.layer.{number}.{path}.up"] = (SCALE * changed.up.detach()).half()
    for name in ("hidden", "output"):
        for key, value in getattr(reader, name).state_dict().items():
            stored[f"{name}.{key}"] = value.half()
    np.savez(out, **{name: value.cpu().numpy() for name, value in stored.items()})


def _loss(reader: Reader, batch: Sequence[Lesson]) -> Tensor:
    """Cross entropy, and for each true and false claim of a group that the true one is above."""
    longest = max(len(one.pair.ids) for one in batch)
    ids, segments = (torch.zeros(len(batch), longest, dtype=torch.long) for _ in range(2))
    there, own = (torch.zeros(len(batch), longest, dtype=torch.bool) for _ in range(2))
    for row, pair in enumerate(one.pair for one in batch):
        ids[row, : len(pair.ids)] = torch.from_numpy(pair.ids)
        segments[row, : len(pair.ids)] = torch.from_numpy(pair.segments)
        there[row, : len(pair.ids)] = True
        own[row, 1 : 1 + pair.claim] = True
    scores = reader(*(part.to(DEVICE) for part in (ids, segments, there, own)))
    right = torch.tensor([float(one.supported) for one in batch], device=DEVICE)
    numbers = {group: number for number, group in enumerate({one.group for one in batch})}
    group = torch.tensor([numbers[one.group] for one in batch], device=DEVICE)
    pairs = (group[:, None] == group[None]) & (right[:, None] > right[None])
    apart = functional.softplus(scores[None] - scores[:, None]) * pairs
    loss = functional.binary_cross_entropy_with_logits(scores, right)
    return loss + PAIRWISE * apart.sum() / pairs.sum().clamp(min=1)


def _norm(encoder: QuestionEncoder, name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(encoder.dimension, eps=1e-12)
    with torch.no_grad():
        norm.weight.copy_(torch.tensor(encoder.weight(f"{name}.LayerNorm.weight")))
        norm.bias.copy_(torch.tensor(encoder.weight(f"{name}.LayerNorm.bias")))
    return norm.requires_grad_(False)


def _batches(
    groups: list[list[Lesson]], size: int, source: random.Random
) -> Iterator[list[Lesson]]:
    """At least ``size`` lessons each, in random order; of about one length, to fill up less."""

    def length(group: list[Lesson]) -> float:
        return max(len(one.pair.ids) for one in group) * source.uniform(0.9, 1.1)

    batches: list[list[Lesson]] = [[]]
    for group in sorted(source.sample(groups, len(groups)), key=length):
        if len(batches[-1]) >= size:
            batches.append([])
        batches[-1] += group
    yield from source.sample(batches, len(batches))


def main(out: Path, texts: Path | None = None) -> None:
    """Fit to the made pairs, if there are ``texts``, then to the hand-made ones; write the weights.

    Without ``texts`` it goes on from the weights that are stored.
    """
    embedder = load_embedder()
    if not isinstance(embedder, PackagedEmbedder):
        raise TypeError("the reader is made of the packaged embedder")
    torch.manual_seed(SEED)
    encoder = embedder.encoder
    reader = Reader(encoder)
    taught = [*hand_made(encoder), *lifted(encoder)]
    if texts is None:
        reader.take(stored_weights())
        fit(reader.to(DEVICE), taught, FURTHER_EPOCHS, FURTHER_BATCH, FURTHER_RATE)
    else:
        both = ([*made(encoder, texts)], taught)
        for lessons, epochs, size in zip(both, EPOCHS, BATCHES, strict=True):
            fit(reader.to(DEVICE), lessons, epochs, size)
    save(reader, out)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
