"""Follow-up questions made to stand alone with a language model, where one is set up.

The model proposes; its rewrite counts only if it brings nothing of its own. Else, and without a
model, the question is what ``rag.conversation`` makes of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.conversation import standalone
from rag.errors import FootnoteError
from rag.lexical import words
from rag.phrases import Kind, find_phrases, is_function_word
from rag.question import Expects, understand
from rag.values import Turn

Complete = Callable[[str], str]
"""Gives a model's text to a prompt; raises ``FootnoteError`` or ``OSError`` where it cannot."""

# Older turns are not what a follow-up means, and would cost tokens.
_TOLD_TURNS = 3
_LONGEST_TOLD = 300
# A rewrite is no longer than this much more than the question and what it can take over.
_LONGEST_REWRITE = 400
_LABEL = re.compile(
    r"^[-*>#\s]*(?:(?:the )?(?:stand-?alone|rewritten)[ \w]{0,20}|question|answer)?\s*:\s*",
    re.IGNORECASE,
)
_AROUND = "\"'“”‘’`* "
_NEGATIONS = frozenset({"no", "not", "never", "without", "none", "nobody", "neither", "nor"})
_NEGATED = re.compile(r"\b\w+n['’]t\b", re.IGNORECASE)
# What a follow-up has for its topic, and a question that stands alone need not keep.
_POINTING = frozenset(
    ("one", "ones", "other", "others", "back", "ok", "okay", "thanks", "thank", "meant", "mean",
     "sorry", "please", "tell", "know", "return", "returning", "regarding", "s")
)  # fmt: skip

_PROMPT = """\
Rewrite the last question so that it can be understood without the conversation. Replace words
such as "it", "he", "that" or "there" by what they stand for. Use only words of the conversation.
If the question already stands alone, repeat it. Write the question and nothing else.

{told}
Last question: {question}
Standalone question:"""


def rewrite(question: str, history: Sequence[Turn], complete: Complete | None = None) -> str:
    """The question with what it takes from the conversation written out.

    ``history``: the turns before it, oldest first. The model is not asked for a first question.
    Its rewrite is kept only where ``adds_nothing`` says so; a model that fails changes nothing.
    """
    ruled = standalone(question, history)
    told = [turn for turn in history if turn.question.strip()]
    if complete is None or not told:
        return ruled
    try:
        proposed = first_question(complete(prompt_for(question, told)))
    except (FootnoteError, OSError):
        return ruled
    return proposed if adds_nothing(proposed, question, told) else ruled


def prompt_for(question: str, history: Sequence[Turn]) -> str:
    """What the model is asked: the last turns, shortened, and the question."""
    told = []
    for turn in history[-_TOLD_TURNS:]:
        told.append(f"Question: {_shortened(turn.question)}")
        if turn.answer:
            told.append(f"Answer: {_shortened(turn.answer)}")
    return _PROMPT.format(told="\n".join(told), question=_shortened(question))


def first_question(completion: str) -> str:
    """The first line of what a model wrote that is a question, without label and quotation marks.

    Empty if there is none: small models go on with an answer, or with a conversation of their own.
    """
    for line in completion.splitlines():
        text = _LABEL.sub("", line.strip(), count=1).strip(_AROUND)
        if text.endswith("?"):
            return text
        if text:
            return ""
    return ""


def adds_nothing(proposed: str, question: str, history: Sequence[Turn]) -> bool:
    """Whether a rewrite asks what the question asks, in words of the conversation alone.

    Every content word, name and number of it stands in the question or in the history; it keeps
    the question's own, its negations and the kind of answer that it asks for.
    """
    if not proposed or len(proposed) > _LONGEST_REWRITE:
        return False
    said = " ".join((question, *(f"{turn.question} {turn.answer}" for turn in history)))
    brought, asked = _content(proposed), _content(question)
    if not brought <= _content(said) or not asked - _POINTING <= brought:
        return False
    if not _figures(proposed) <= _figures(said) or _negations(proposed) != _negations(question):
        return False
    expected = understand(question).expects
    return expected is Expects.ANY or understand(proposed).expects is expected


def _content(text: str) -> set[str]:
    return {
        word.stem
        for word in words(text)
        if not is_function_word(word.surface) and word.surface != "s"
    }


def _figures(text: str) -> set[str]:
    """Numbers, dates and amounts as they are written: "19" is not in "1968 ... 2019"."""
    return {
        number
        for phrase in find_phrases(text)
        if phrase.kind is not Kind.NAME
        for number in re.findall(r"\d[\d.,:]*\d|\d", phrase.span.of(text))
    }


def _negations(text: str) -> int:
    plain = sum(word.surface.lower() in _NEGATIONS for word in words(text))
    return plain + len(_NEGATED.findall(text))


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_TOLD else text[:_LONGEST_TOLD].rsplit(" ", 1)[0] + " …"
