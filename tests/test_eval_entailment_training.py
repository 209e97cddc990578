"""The reader of the claim check as it is taught, and as it reads: the same arithmetic."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from eval import entailment_training as training
from eval.entailment_clauses import lifted_claims
from eval.entailment_edits import make_groups
from rag import entailment as reading
from rag.embedding import PackagedEmbedder, load_embedder
from rag.question_encoder import QuestionEncoder

TEXT = (
    "The council of Harrow closed the bridge on Monday after engineers found 14 cracks in it. "
    "In May, the mayor Piet Lammers said that repairs would cost 45 million euros. "
    "Norhavn Energy sued Coastways over the delay, and a court was asked to rule by 2027."
)


@pytest.fixture(scope="module")
def encoder() -> QuestionEncoder:
    embedder = load_embedder()
    assert isinstance(embedder, PackagedEmbedder)
    return embedder.encoder


def test_made_claims_are_parts_or_changed_and_the_same_for_a_seed() -> None:
    groups = [group for seed in range(30) for group in make_groups([TEXT], seed)]
    assert [*make_groups([TEXT], 3)] == [*make_groups([TEXT], 3)]
    told = {claim for group in groups for claim, supported in group.claims if not supported}
    assert any("not" in claim.split() for claim in told)
    assert any(
        "cracks" in claim and "14" not in claim and "fourteen" not in claim for claim in told
    )
    assert any("Coastways sued Norhavn Energy" in claim for claim in told)
    for group in groups:
        assert sum(supported for _, supported in group.claims) == 2
        assert not {c for c, true in group.claims if not true} & {*group.quotes}


def test_clauses_are_lifted_alone_turned_and_made_false() -> None:
    quote = "The council closed the Harrow Bridge on Monday after engineers found 14 cracks in it."
    drawn = [lifted_claims([quote], random.Random(seed)) for seed in range(40)]
    assert lifted_claims([quote], random.Random(3)) == drawn[3]
    true, false = (
        {c for claims in drawn for c, ok in claims if ok is said} for said in (True, False)
    )
    assert {
        "Engineers found 14 cracks.",
        "14 cracks were found.",
        "The council closed the Harrow Bridge.",
    } <= true
    assert "The Harrow Bridge was closed by the council." in true
    assert "The Harrow Bridge closed the council." in false
    assert not true & false


@pytest.mark.parametrize(
    "quote",
    [
        "The mayor said that the bridge was safe.",  # is the mayor's, not the quote's
        "If the court agrees, the mayor signed the contract.",
        "She signed the contract.",
        "No engineer found cracks.",
    ],
)
def test_what_a_quote_does_not_say_outright_is_not_lifted(quote: str) -> None:
    told = [claim for seed in range(9) for claim in lifted_claims([quote], random.Random(seed))]
    assert not [claim for claim, _ in told if "safe" in claim.split()[:4] or "sign" in claim], told
    assert not [claim for claim, _ in told if "cracks" in claim], told


def test_what_is_saved_reads_as_what_was_taught(
    encoder: QuestionEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    reader = training.Reader(encoder).to(training.DEVICE)
    lessons = [
        training.lesson(encoder, claim, group.quotes, supported, str(number))
        for number, group in enumerate(make_groups([TEXT], 1))
        for claim, supported in group.claims
    ]
    training.fit(reader, lessons, 2, 8)
    out = tmp_path / "entailment.npz"
    training.save(reader, out)
    with np.load(out) as stored:
        weights = {name: stored[name].astype(np.float32) for name in stored.files}
    monkeypatch.setattr(reading, "stored_weights", lambda: weights)
    reading._model.cache_clear()
    try:
        for claim, quotes in (("It closed.", ["The bridge closed.", "It rained."]), (TEXT, [TEXT])):
            pair = reading.read_pair(encoder, claim, quotes)
            own = [0 < place <= pair.claim for place in range(len(pair.ids))]
            inputs = (pair.ids.tolist(), pair.segments.tolist(), [True] * len(own), own)
            with torch.inference_mode():
                taught = reader(*(torch.tensor([part], device=training.DEVICE) for part in inputs))
            assert reading.entailment(claim, quotes) == pytest.approx(float(taught[0]), abs=0.02)
    finally:
        reading._model.cache_clear()


def test_teaching_goes_on_from_what_is_stored(encoder: QuestionEncoder, tmp_path: Path) -> None:
    reader = training.Reader(encoder)
    reader.take(reading.stored_weights())
    training.save(reader, tmp_path / "again.npz")
    with np.load(tmp_path / "again.npz") as again:
        for name, value in reading.stored_weights().items():
            assert np.array_equal(again[name].astype(np.float32), value), name


def test_teaching_lowers_the_loss(encoder: QuestionEncoder) -> None:
    torch.manual_seed(0)
    reader = training.Reader(encoder).to(training.DEVICE)
    lessons = [
        training.lesson(encoder, claim, group.quotes, supported, f"{number}")
        for number, group in enumerate(make_groups([TEXT], 2))
        for claim, supported in group.claims
    ]
    before = training._loss(reader.eval(), lessons).item()
    training.fit(reader, lessons, 12, 64)
    assert training._loss(reader, lessons).item() < before


def test_all_hand_made_pairs_are_lessons(encoder: QuestionEncoder) -> None:
    lessons = [*training.hand_made(encoder)]
    assert len(lessons) > 16_000
    assert 0.4 < sum(one.supported for one in lessons) / len(lessons) < 0.6
    assert max(len(one.pair.ids) for one in lessons) <= reading.ALL_TOKENS
