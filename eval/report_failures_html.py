"""The failures of a run as HTML: folded, and in each the article with its marks in two colours."""

from __future__ import annotations

from eval.excerpts import Mark, Piece
from eval.judged import Blame
from eval.report import RunView
from eval.report_failures import Excerpt, Failure, Fault
from eval.report_parts import counted, one_line, words
from rag.values import Status

MEANINGS = {
    Fault.ERROR: "The question ended in an error.",
    Fault.INVALID: "A citation does not hold the article's words at its offsets.",
    Fault.NOT_REFUSED: "The articles do not say, and it was answered.",
    Fault.WRONG_SENTENCE: "No sentence that bears out the answer was cited.",
    Fault.WRONG_ANSWER: "No gold answer stands in the answer.",
    Fault.REFUSED: "The articles say, and it was refused.",
}
# Of a miss, whether its answer was in the articles that were found.
WHOSE = {
    Blame.RETRIEVER: "missed by the retriever",
    Blame.ANSWERER: "found, and not used",
    Blame.REFUSED: "found, and not used",
}
MARKS = {Mark.CITED: "cited", Mark.GOLD: "gold", Mark.BOTH: "cited and gold"}
LEGEND = (
    '<p class="legend">In the articles: '
    + " ".join(f'<mark class="{mark}">{name}</mark>' for mark, name in MARKS.items())
    + "</p>"
)


def failures_html(view: RunView) -> str:
    """The failures by fault, the gravest first; empty where there are none."""
    parts = []
    for fault, count in view.faults.items():
        shown = [failure for failure in view.failures if failure.fault is fault]
        more = count - len(shown)
        note = (
            f'<p class="note">And {more:,} more; the rows in <code>{one_line(view.file)}</code>'
            " hold them all, <code>--failures N</code> shows more of them.</p>"
            if more
            else ""
        )
        parts.append(
            f'<h3 id="{anchor(fault)}">{fault.capitalize()} '
            f'<span class="count">{count:,}</span></h3><p class="note">{MEANINGS[fault]}</p>'
            f"{''.join(_failure(failure) for failure in shown)}{note}"
        )
    return LEGEND + "".join(parts) if parts else ""


def anchor(fault: Fault) -> str:
    """What the heading of a fault is called in links."""
    return fault.replace(" ", "-")


def gold_html(answerable: bool, answers: tuple[str, ...]) -> str:
    """The gold answers, or that there is none."""
    if not answerable:
        return "<em>the articles do not say</em>"
    quoted = (f'<q dir="auto">{words(answer)}</q>' for answer in answers)
    return " <i>or</i> ".join(quoted) or "<em>answerable</em>"


def _failure(failure: Failure) -> str:
    whose = WHOSE.get(failure.blame) if failure.blame else None
    blame = f' · <span class="blame">{whose}</span>' if whose else ""
    return (
        f'<details class="failure"><summary><span class="asked" dir="auto">'
        f"{words(failure.question)}</span>"
        f'<small class="kind">{one_line(failure.kind)}{blame}</small></summary>'
        f'<div class="inside">{_facts(failure)}'
        f"{''.join(_excerpt(excerpt) for excerpt in failure.excerpts)}</div></details>"
    )


def _facts(failure: Failure) -> str:
    facts = {
        "Before it": _history(failure),
        "Answer": _answer(failure),
        "Short answer": f'<span dir="auto">{words(failure.short_answer)}</span>'
        if failure.short_answer
        else "",
        "Gold": gold_html(failure.answerable, failure.gold_answers),
        "Confidence": "" if failure.status is Status.ERROR else f"{failure.confidence:.2f}",
        "Retrieved": _retrieved(failure),
        "Question": f"<code>{one_line(failure.id)}</code>",
    }
    lines = "".join(f"<dt>{name}</dt><dd>{told}</dd>" for name, told in facts.items() if told)
    return f"<dl>{lines}</dl>"


def _history(failure: Failure) -> str:
    return "".join(
        f'<p dir="auto">{words(question)} {f"<q>{words(answer)}</q>" if answer else ""}</p>'
        for question, answer in failure.history
    )


def _answer(failure: Failure) -> str:
    refused = "<em>refused:</em> " if failure.status is Status.ABSTAINED else ""
    answer = words(failure.answer) or "<em>nothing</em>"
    return f'{refused}<span dir="auto">{answer}</span>'


def _retrieved(failure: Failure) -> str:
    items = "".join(
        f'<li dir="auto">{one_line(name)}{" <b>gold</b>" if relevant else ""}</li>'
        for name, relevant in failure.retrieved
    )
    return f"<ol>{items}</ol>" if items else ""


def _excerpt(excerpt: Excerpt) -> str:
    details = " · ".join(one_line(told) for told in (excerpt.outlet, excerpt.date) if told)
    wrong = "".join(
        f'<p class="wrong">Quoted, but not what stands there: <q dir="auto">{words(quote)}</q></p>'
        for quote in excerpt.wrong_quotes
    )
    text = "".join(_piece(piece) for piece in excerpt.pieces)
    return (
        f'<article><h4 dir="auto">{one_line(excerpt.title)}</h4>'
        f'<p class="details">{details}</p>{wrong}'
        f'<div class="text" dir="auto">{text or "<em>There is no such article.</em>"}</div>'
        "</article>"
    )


def _piece(piece: Piece) -> str:
    if piece.mark is Mark.GAP:
        return '<span class="gap">[…]</span>'
    if piece.mark is Mark.NONE:
        return words(piece.text)
    name = MARKS[piece.mark]
    return f'<mark class="{piece.mark}" title="{name}">{words(piece.text)}</mark>'


def summary_html(view: RunView) -> str:
    """How many questions went wrong in which way, as links to them."""
    links = "".join(
        f'<li><a href="#{anchor(fault)}"><b>{count:,}</b> {fault}</a></li>'
        for fault, count in view.faults.items()
    )
    total = sum(view.faults.values())
    return f'<p>{counted(total, "failure")}:</p><ul class="faults">{links}</ul>' if total else ""
