"""What a question takes for granted and the article lacks is told; other forms are not lacking."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.confidence import premises_cost
from rag.premises import Premises, unmet_premises
from rag.question import understand
from rag.values import Article

BEST = "Engineer Lena Foss led the design of the Kestrel Bridge, and Ostrel sells steel to Varn."
ARTICLE = Article(
    "bridge",
    f"""The Kestrel Bridge in Port Amery will open on 14 May 2023, the city council said. The \
bridge cost $45 billion, and 1,250 workers built it. It replaces a ferry that sank in 2011.

{BEST} The Amery Port Authority and the Varnian navy helped, as did U.S. experts and French \
divers from the Dutch coast. Three towers carry it. About 12.5 percent of the money came from \
abroad, and £3m from a fair. Apple Talk has run the lights since the 1990s.""",
    title="Bridge to open in May",
    outlet="The Daily Courier",
    author="Nora Quill",
)


def unmet(question: str, best: str = BEST, near: str = ARTICLE.text) -> Premises:
    return unmet_premises(understand(question), ARTICLE, best, near)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Who designed the Heron Bridge?", "Heron Bridge"),
        ("Did Lena Voss lead the design?", "Lena Voss"),
        ("What did Maria Lunt say?", "Maria Lunt"),
        ("What did Mr. Lunt say?", "Mr. Lunt"),
        ("Did President Foss resign?", "President Foss"),
        ("Why was Port Emery closed?", "Port Emery"),
        ("What did Germany sell?", "Germany"),
        ("Did the APB help?", "APB"),
        ("What does the Evening Courier say?", "Evening Courier"),
    ],
)
def test_a_name_that_the_article_lacks_is_told(question: str, name: str) -> None:
    premises = unmet(question)
    assert premises.names == (name,)


@pytest.mark.parametrize("name", ["Heron Bridge", "Lena Voss", "Port Emery", "Evening Courier"])
def test_a_name_like_one_of_the_articles_fails(name: str) -> None:
    premises = unmet(f"Who praised {name}?")
    assert premises.rivals == (name,)
    assert premises.fail


@pytest.mark.parametrize("name", ["Maria Lunt", "Germany", "Northern Europe", "Mr. Lunt"])
def test_a_name_that_is_only_left_unsaid_costs_confidence_and_does_not_fail(name: str) -> None:
    premises = unmet(f"Who praised {name}?")
    assert (premises.names, premises.rivals, premises.fail) == ((name,), (), False)
    assert premises_cost(premises) > premises_cost(Premises())


@pytest.mark.parametrize(
    ("text", "name"),
    [("Australia and Iraq met.", "Austria"), ("Australia and Iraq met.", "Iran"),
     ("Slovakia won.", "Slovenia"), ("Marn and Osk won.", "Tarn")],
)  # fmt: skip
def test_a_name_that_looks_like_another_is_another(text: str, name: str) -> None:
    question = understand(f"What did {name} do?")
    assert unmet_premises(question, Article("a", text), text, text).names == (name,)


@pytest.mark.parametrize(
    "question",
    [
        "Who designed the Kestrel Bridge?",
        "Who designed the Kestral Bridge?",
        "Is Foss an engineer?",
        "Is Lena Foss’s bridge open?",
        "Was Ms. Foss there?",
        "Who is Dr. Lena Foss?",
        "What did the Varnians do?",
        "What did Varn buy?",
        "Did America help?",
        "Did the United States help?",
        "Did the US help?",
        "Did the USA help?",
        "Did France help?",
        "Is the Netherlands mentioned?",
        "Did the APA help?",
        "Did the A.P.A. help?",
        "Did the Amery Port Authority help?",
        "Who runs AppleTalk?",
        "What does the Daily Courier say?",
        "What did Nora Quill write?",
        "who led the design of the heron bridge?",  # without capitals there are no names to miss
    ],
)
def test_another_form_of_a_name_is_not_told_missing(question: str) -> None:
    assert unmet(question).names == ()


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("Did the bridge cost $46 billion?", "$46 billion"),
        ("Did the bridge cost $45 million?", "$45 million"),
        ("Did the bridge cost 45bn or 46bn dollars?", "45bn or 46bn dollars"),
        ("Did 1,300 workers build it?", "1,300"),
        ("Do 4 towers carry it?", "4"),
        ("Did 13% come from abroad?", "13%"),
        ("Did the ferry sink in 2012?", "2012"),
    ],
)
def test_a_wrong_number_is_told(question: str, number: str) -> None:
    premises = unmet(question)
    assert premises.numbers == (number,)
    assert premises.fail


@pytest.mark.parametrize(
    "question",
    [
        "Did it cost $45 billion?",
        "Did it cost more than $45bn?",
        "Did it cost 45 billion dollars?",
        "Did it cost 45,000 million dollars?",
        "Did 1250 workers build it?",
        "Did 1,250 workers build it?",
        "Do 3 towers carry it?",
        "Do three towers carry it?",
        "Did 12.5% come from abroad?",
        "Did 12.50 per cent come from abroad?",
        "Did the fair bring 3 million pounds?",
        "Did the ferry sink in 2011?",
        "Will it open on 14 May 2023?",
        "Will it open in the spring of 2023?",
        "What ran the lights in 1990?",
        "What ran the lights in the 1990s?",
        "Will it open on Sunday?",
    ],
)
def test_a_number_in_another_format_is_not_told_wrong(question: str) -> None:
    assert unmet(question).numbers == ()


SANK = "The ferry sank in 2011"


@pytest.mark.parametrize(
    "near",
    [
        f"{SANK} because its hull had rusted.",
        f"Rust was the reason, the council said. {SANK}.",
        f"A storm led to the loss. {SANK}.",
        f"{SANK} after it had struck a rock.",
        "The captain sank the ferry by opening its valves.",
        f"{SANK}. Its owner had done it to punish the crew.",
        f"{SANK} and forced the town to build a bridge.",
        f"{SANK}, and its captain was fined for drinking at the helm.",
    ],
)
def test_a_cause_that_is_given_is_seen(near: str) -> None:
    assert not unmet("Why did the ferry sink?", near, near).no_cause


@pytest.mark.parametrize("question", ["Why did the ferry sink?", "What caused the ferry to sink?"])
@pytest.mark.parametrize(
    "near",
    [
        f"{SANK}.",
        f"{SANK}. Divers found it.",
        f"{SANK}, one evening.",
        f"{SANK} for something, one spring.",
    ],
)
def test_a_cause_that_is_not_given_is_told(question: str, near: str) -> None:
    premises = unmet(question, near, near)
    assert premises.no_cause
    assert premises.fail


def test_only_a_question_for_a_cause_needs_one() -> None:
    assert not unmet("When did the ferry sink?", SANK, SANK).no_cause


def test_a_figure_that_is_not_near_is_told_and_a_date_is_the_weakest_premise() -> None:
    near = "The ferry sank with all its cargo."
    how_many, when = unmet("How many men drowned?", near, near), unmet("When was it?", near, near)
    assert (how_many.no_figure, how_many.no_date, how_many.fail) == (True, False, True)
    assert (when.no_figure, when.no_date, when.fail) == (False, True, False)
    assert not unmet("When did the ferry sink?", SANK, SANK).no_date


def test_swapped_actors_are_told_of_the_best_sentence() -> None:
    assert unmet("Does Varn sell steel to Ostrel?").swapped
    assert unmet("Does Varn sell steel to Ostrel?").fail
    assert unmet("Does Ostrel sell steel to Varn?") == Premises()


@pytest.mark.parametrize(
    "told",
    ["Foss, 54, led it.", "The 54-year-old led it.", "Foss was born in 1969.", "He is of my age."],
)
def test_an_age_is_told_by_years_or_the_year_of_birth(told: str) -> None:
    assert not unmet("How old is Lena Foss?", told, told).no_figure
    without = "Foss and 3 others led it for 14 crowns."
    assert unmet("How old is Lena Foss?", without, without).no_figure


LOWERS = "On Monday the town council lowered the harbour fee, which no skipper had asked for."


@pytest.mark.parametrize(
    "question",
    [
        "Who raised the harbour fee?",
        "When was the harbour fee increased by the council?",
        "Which council reduces the fee? The port raised the harbour fee. Who raised the fee?",
    ],
)
def test_the_opposite_of_what_is_asked_is_told(question: str) -> None:
    premises = unmet(question, LOWERS, LOWERS)
    assert premises.opposed
    assert premises.fail


@pytest.mark.parametrize(
    "question",
    [
        "Who lowered the harbour fee?",
        "Did the council raise the harbour fee?",  # its answer is no
        "Who raised the flag?",  # in no company of the fee
        "The port raised the harbour fee last year. Who set it on Monday?",  # background
    ],
)
def test_what_is_not_asked_has_no_opposite(question: str) -> None:
    assert not unmet(question, LOWERS, LOWERS).opposed


def test_what_is_not_so_is_asked_of_a_sentence_that_denies() -> None:
    approved = "The board approved the tunnel and the bridge."
    denied = "The board approved the tunnel, but refused the bridge."
    assert unmet("What did the board not approve?", approved, approved).opposed
    assert not unmet("What did the board not approve?", denied, denied).opposed
    assert not unmet("Which board, that nobody likes, approved it?", approved, approved).opposed
    assert not unmet("Which of these was not approved?", approved, approved).opposed


def test_a_word_that_tells_the_other_is_not_its_opposite() -> None:
    told = "Maciot, whose sister Emma ruled, sold the rights."
    assert not unmet("Who bought the rights?", told, told).opposed
    assert not unmet("Who was Emma's brother?", told, told).opposed


@given(st.text(), st.text(), st.text())
def test_any_text_is_read(question: str, text: str, near: str) -> None:
    premises = unmet_premises(understand(question), Article("a", text), near, near)
    assert all(missing in question for missing in (*premises.names, *premises.numbers))


@given(st.text())
def test_an_article_holds_its_own_names_and_numbers(text: str) -> None:
    premises = unmet_premises(understand(text), Article("a", text), text, text)
    assert premises.names == premises.numbers == ()


@pytest.mark.parametrize(
    "question",
    ["Did the bridge cost more than $40 billion?", "Did over 900 workers build it?"],
)
def test_a_comparison_takes_no_number_for_granted(question: str) -> None:
    assert unmet(question).numbers == ()
    assert unmet("Why did over 900 workers build it?").numbers, "only a yes-or-no question compares"
