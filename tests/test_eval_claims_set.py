import json
import re
from collections import Counter
from difflib import SequenceMatcher

import pytest

from eval import load_set
from eval.command import MARROWEY
from rag.loading import list_files, read_file

CLAIMS = MARROWEY.parent / "claims"
TRUE_KINDS = {"true-verbatim", "true-reworded", "true-combined"}
# What a corrupted claim has wrong; an unrelated one need not resemble its quotes at all.
CORRUPTED_KINDS = {
    "number-changed",
    "name-swapped",
    "negated",
    "comparative-flipped",
    "roles-swapped",
    "overstated",
}
KINDS = TRUE_KINDS | CORRUPTED_KINDS | {"unrelated"}
FIELDS = ["_id", "claim", "quotes", "label", "kind", "source"]
# A shorter sentence ("Nobody was hurt.") may be anybody's.
FEWEST_WORDS = 5
AT_LEAST = {"dev": 300, "test": 420}
# The least of each kind in a half, in hundredths of the least size of that half.
SHARES = {
    "true-verbatim": 4,
    "true-reworded": 30,
    "true-combined": 5,
    "number-changed": 11,
    "name-swapped": 11,
    "negated": 9,
    "comparative-flipped": 9,
    "roles-swapped": 9,
    "unrelated": 9,
    "overstated": 3,
}


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def rows_of(half: str) -> list[dict]:
    lines = (CLAIMS / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def halves() -> dict[str, list[dict]]:
    return {half: rows_of(half) for half in AT_LEAST}


@pytest.fixture(scope="module")
def rows(halves: dict[str, list[dict]]) -> list[dict]:
    return [row for found in halves.values() for row in found]


def test_every_line_is_a_pair(rows: list[dict]) -> None:
    for row in rows:
        assert list(row) == FIELDS, row["_id"]
        assert 1 <= len(row["quotes"]) <= 3, row["_id"]
        for text in [row["claim"], *row["quotes"]]:
            assert text, row["_id"]
            assert text == text.strip(), row["_id"]
        assert row["kind"] in KINDS, row["_id"]
        assert (row["label"] == "supported") == (row["kind"] in TRUE_KINDS), row["_id"]
        assert row["label"] in ("supported", "unsupported"), row["_id"]


def test_ids_and_pairs_are_unique(halves: dict[str, list[dict]], rows: list[dict]) -> None:
    assert len({row["_id"] for row in rows}) == len(rows)
    assert len({(row["claim"], *row["quotes"]) for row in rows}) == len(rows)
    for half, found in halves.items():
        assert all(row["_id"].startswith(f"claims-{half}-") for row in found)


def test_quotes_of_marrowey_stand_in_their_article(rows: list[dict]) -> None:
    loaded = [read_file(file) for file in list_files(MARROWEY / "articles")]
    texts = {article.id: article.text for result in loaded for article in result.articles}
    for row in rows:
        place, _, name = row["source"].partition("/")
        assert place in ("marrowey", "invented"), row["_id"]
        if place == "marrowey":
            assert all(quote in texts[name] for quote in row["quotes"]), row["_id"]


def test_about_half_of_each_half_is_of_marrowey(halves: dict[str, list[dict]]) -> None:
    for found in halves.values():
        ours = sum(row["source"] != "invented" for row in found)
        assert 0.4 <= ours / len(found) <= 0.6


def test_no_evidence_and_no_story_is_in_both_halves(halves: dict[str, list[dict]]) -> None:
    dev, test = ({q for row in found for q in row["quotes"]} for found in halves.values())
    assert dev & test == set()
    story = {name: question.cluster for name, question in _stories().items()}
    for half, found in halves.items():
        names = {row["source"].partition("/")[2] for row in found} - {""}
        assert {story[name] for name in names} == {half}


def _stories() -> dict:
    """The questions of marrowey by the articles that they are about."""
    marrowey = load_set(MARROWEY)
    return {
        name: question
        for question in marrowey.questions
        for name in marrowey.relevant.get(question.id, {})
    }


def test_no_claim_is_in_both_halves(halves: dict[str, list[dict]]) -> None:
    dev, test = ({row["claim"].casefold() for row in found} for found in halves.values())
    assert dev & test == set()


def test_every_kind_is_there_in_number(halves: dict[str, list[dict]]) -> None:
    assert set(SHARES) == KINDS
    for half, found in halves.items():
        assert len(found) >= AT_LEAST[half]
        counts = Counter(row["kind"] for row in found)
        for kind, share in SHARES.items():
            assert counts[kind] >= AT_LEAST[half] * share // 100, (half, kind)


def test_only_the_verbatim_kind_copies_its_evidence(rows: list[dict]) -> None:
    for row in rows:
        claim = " ".join(words(row["claim"]))
        copied = any(claim in " ".join(words(quote)) for quote in row["quotes"])
        assert copied == (row["kind"] == "true-verbatim"), row["_id"]


def test_a_combined_claim_has_several_quotes(rows: list[dict]) -> None:
    combined = [row for row in rows if row["kind"] == "true-combined"]
    assert [row["_id"] for row in combined if len(row["quotes"]) < 2] == []


def test_no_claim_is_true_and_false_of_the_same_evidence(rows: list[dict]) -> None:
    labels: dict[tuple[str, ...], set[str]] = {}
    for row in rows:
        key = (" ".join(words(row["claim"])), *sorted(row["quotes"]))
        labels.setdefault(key, set()).add(row["label"])
    assert [key for key, found in labels.items() if len(found) > 1] == []


def test_a_changed_number_is_a_change(rows: list[dict]) -> None:
    """Against its evidence as well as against what is true of it."""
    true = {" ".join(words(row["claim"])) for row in rows if row["label"] == "supported"}
    for row in rows:
        if row["kind"] == "number-changed":
            claim = " ".join(words(row["claim"]))
            assert claim not in true, row["_id"]
            assert all(claim not in " ".join(words(quote)) for quote in row["quotes"]), row["_id"]


def test_most_corrupted_claims_are_reworded_too(halves: dict[str, list[dict]]) -> None:
    for found in halves.values():
        corrupted = [row for row in found if row["kind"] in CORRUPTED_KINDS]
        assert sum(map(is_minimal_edit, corrupted)) / len(corrupted) <= 0.45


def is_minimal_edit(row: dict) -> bool:
    """Whether at most two words of the claim are not in the order of a quote."""
    claim = words(row["claim"])
    for quote in row["quotes"]:
        matcher = SequenceMatcher(None, words(quote), claim, autojunk=False)
        if len(claim) - sum(block.size for block in matcher.get_matching_blocks()) <= 2:
            return True
    return False


def groups_of(pattern: str) -> list[dict]:
    return [
        json.loads(line)
        for path in sorted(CLAIMS.glob(pattern))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def test_groups_left_out_of_teaching_share_no_quote_with_those_taught() -> None:
    taught, left_out = (
        {quote for group in groups_of(name) for quote in group["quotes"]}
        for name in ("train-*.jsonl", "left-out.jsonl")
    )
    assert taught
    assert left_out
    assert not {quote for quote in taught & left_out if len(quote.split()) >= FEWEST_WORDS}


@pytest.mark.parametrize("name", ["train-*.jsonl", "left-out.jsonl"])
def test_groups_to_learn_from_are_whole_and_share_no_quote_with_the_halves(
    rows: list[dict], name: str
) -> None:
    groups = groups_of(name)
    assert groups
    judged = {quote for row in rows for quote in row["quotes"]}
    for number, group in enumerate(groups):
        assert list(group) == ["quotes", "claims"], number
        assert 1 <= len(group["quotes"]) <= 3, number
        telling = {quote for quote in group["quotes"] if len(quote.split()) >= FEWEST_WORDS}
        assert not judged & telling, number
        assert {kind for kind, _ in group["claims"]} <= KINDS, number
        assert {kind in TRUE_KINDS for kind, _ in group["claims"]} == {True, False}, number
        assert all(claim == claim.strip() != "" for _, claim in group["claims"]), number
