"""How the command line looks: colours on a terminal, plain text anywhere else.

Articles are other people's text. Before any of it reaches a terminal, control characters are
replaced, or an article could move the cursor, retitle the window or hide words; and it is handed
to rich as ``Text``, never as markup.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rag.doctor import Check, State
from rag.errors import FootnoteError
from rag.values import (
    Answer,
    AnswerSentence,
    Citation,
    Hit,
    LoadProblem,
    RankedArticle,
    Reason,
    SyncPlan,
    SyncReport,
    Usage,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

HIGHLIGHT = "bold"
MARK = "cyan"
FAINT = "dim"
WARNING = "yellow"

# Zs and Zl/Zp collapse to a space for display; Cc and Cf steer terminals or reorder what is read.
_STEERING = frozenset({"Cc", "Cf"})
# Joiners and the soft hyphen are format characters that words of many scripts are written with.
_HARMLESS_FORMAT = frozenset("\u200c\u200d\u00ad")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

MAX_LISTED = 20
NEAREST = 3

# Ours, since a quotation mark would run into those that the article has.
QUOTE = "|"


def displayable(text: str) -> str:
    """``text`` on one line, white space collapsed, steering characters replaced."""
    line = " ".join(text.split())
    return "".join(
        REPLACEMENT if unicodedata.category(c) in _STEERING and c not in _HARMLESS_FORMAT else c
        for c in line
    )


def print_json(value: object) -> None:
    """One JSON value on standard output, in one piece."""
    # Escaped to ASCII: safe for any terminal and any encoding that standard output may have.
    print(json.dumps(value, indent=2))


def print_error(error: FootnoteError) -> None:
    """What is wrong, then what to type, on standard error."""
    console = _console(stderr=True)
    console.print(_text(displayable(error.wrong), "red"))
    console.print(_text(displayable(error.mend)))


def note(message: str) -> None:
    """A remark beside the result: on standard error, so that output stays parseable."""
    _console(stderr=True).print(_text(displayable(message), FAINT))


def print_answer(answer: Answer) -> None:
    """The sentences with their marks and the sources below; or the abstention and what is near."""
    console = _console()
    if not answer.sentences:
        console.print(_text(displayable(answer.message), WARNING))
        _print_nearest(console, answer.retrieved)
        return
    if answer.reason is Reason.ARTICLES_DISAGREE:
        console.print(_text(displayable(answer.message), WARNING))
        for sentence in answer.sentences:
            console.print(
                _text(f"{sentence.citations[0].date}  ", FAINT).append_text(_sentence(sentence))
            )
        _print_sources(console, answer)
        return
    body = _text("")
    for sentence in answer.sentences:
        body.append_text(_sentence(sentence)).append(" ")
    body.rstrip()
    console.print(body)
    if answer.notice:
        console.print(_text(displayable(answer.notice), WARNING))
    if answer.headline:
        console.print()
        console.print(_text("Short answer: ").append(displayable(answer.headline), HIGHLIGHT))
    _print_sources(console, answer)
    if answer.usage:
        console.print(_text(_cost(answer.usage, len(answer.rejected)), FAINT))


def print_hits(hits: Sequence[Hit]) -> None:
    """Ranked passages, each with the scores that put it there."""
    console = _console()
    if not hits:
        console.print(_text("No passage shares anything with that.", WARNING))
    for rank, hit in enumerate(hits, start=1):
        scores = hit.scores
        head = _text(f"{rank:>2}. ", MARK).append(displayable(hit.article.title), HIGHLIGHT)
        head.append(f"  {displayable(hit.article.id)}[{hit.chunk.span.start}:{hit.chunk.span.end}]")
        console.print(head)
        console.print(
            _text(
                f"    total {scores.total:.3f} = dense {scores.dense:.3f}, "
                f"sentence {scores.sentence:.3f}, lexical {scores.lexical:.3f}, "
                f"late {scores.late:.3f}",
                FAINT,
            )
        )
        console.print(_text("    " + displayable(hit.text)))


def print_report(report: SyncReport) -> None:
    """Counts by kind, then every problem with its reason."""
    console = _console()
    kinds = _kinds(report)
    counts = [f"{len(names)} {kind}" for kind, names in kinds if names]
    counts.append(f"{report.unchanged} unchanged")
    console.print(
        _text(", ".join(counts), HIGHLIGHT).append(
            f"  ({report.embedded_chunks} passages embedded, {report.seconds:.1f} s)", FAINT
        )
    )
    for kind, names in kinds:
        _print_names(console, kind, names)
    _print_problems(console, report.problems)
    if report.rebuilt:
        console.print(_text(f"Everything was built anew: {displayable(report.rebuilt)}."))


def print_plan(plan: SyncPlan) -> None:
    """Counts of files and articles by kind, then every name, and why the sync would stop."""
    console = _console()
    files = [("added", plan.added), ("changed", plan.changed), ("removed", plan.removed)]
    counts = [f"{len(names)} {kind}" for kind, names in files if names]
    console.print(_text("Nothing was written; a sync would do this.", FAINT))
    console.print(
        _text("files:    ").append(", ".join([*counts, f"{plan.unchanged} unchanged"]), HIGHLIGHT)
    )
    kinds = _kinds(plan.articles)
    counts = [f"{len(names)} {kind}" for kind, names in kinds if names]
    counts.append(f"{plan.articles.unchanged} unchanged")
    console.print(_text("articles: ").append(", ".join(counts), HIGHLIGHT))
    for kind, names in kinds:
        _print_names(console, kind, names)
    _print_problems(console, plan.problems)
    if plan.rebuild:
        console.print(_text(f"Everything would be built anew: {displayable(plan.rebuild)}."))
    if plan.refusal:
        console.print(_text(f"The sync would stop: {displayable(plan.refusal)}", WARNING))


def confirm(question: str) -> bool:
    """Ask on the terminal; without one the answer is no."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    _console(stderr=True).print(_text(f"{displayable(question)} [y/N] ", WARNING), end="")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def print_checks(checks: Sequence[Check]) -> None:
    """One line a check, and below each that is not well what to type."""
    console = _console()
    styles = {State.OK: "green", State.WARN: WARNING, State.FAIL: "red"}
    for check in checks:
        line = _text(f"{check.state.value:<5}", styles[check.state])
        console.print(line.append(f"{check.name:<10} {displayable(check.found)}"))
        if check.mend:
            console.print(_text(f"{'':<16}{displayable(check.mend)}"))


@contextmanager
def stage_bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each stage on standard error, moved by calling this with (stage, done, total).

    This is what a sync takes as ``on_progress``. Nothing is drawn where standard error is no
    terminal: logs stay readable.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = _console(stderr=True)
    tasks = {}
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:

        def move(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(displayable(stage).capitalize(), total=total)
            progress.update(tasks[stage], completed=done, total=total)

        yield move


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """One bar, moved by calling what this yields with (done, total): see ``stage_bars``."""
    with stage_bars() as move_stage:

        def move(done: int, total: int) -> None:
            move_stage(title, done, total)

        yield move


def _kinds(report: SyncReport) -> list[tuple[str, Sequence[str]]]:
    """The articles of a report by what became of them."""
    return [
        ("added", report.added),
        ("edited", report.edited),
        ("renamed", [f"{old} -> {new}" for old, new in report.renamed]),
        ("removed", report.removed),
        ("duplicates", [f"{alias} = {kept}" for alias, kept in report.duplicates]),
    ]


def _print_problems(console: Console, problems: Sequence[LoadProblem]) -> None:
    if problems:
        console.print(_text(f"{len(problems)} left out:", WARNING))
    for problem in problems:
        console.print(
            _text("  " + displayable(problem.source), WARNING).append(
                ": " + displayable(problem.reason)
            )
        )


def _sentence(sentence: AnswerSentence) -> Text:
    """The sentence with its answering phrase in bold and its marks in colour."""
    body = _text("")
    highlight = sentence.highlight
    if highlight is None:
        body.append(displayable(sentence.text))
    else:
        before, phrase = sentence.text[: highlight.start], highlight.of(sentence.text)
        after = sentence.text[highlight.end :]
        body.append(_joined(before)).append(displayable(phrase), HIGHLIGHT).append(_joined(after))
    for citation in sentence.citations:
        body.append(f" [{citation.number}]", MARK)
    return body


def _joined(part: str) -> str:
    """``displayable``, keeping one space at the ends where the part borders on another."""
    head = " " if part[:1].isspace() else ""
    tail = " " if part[-1:].isspace() else ""
    shown = displayable(part)
    return f"{head}{shown}{tail}" if shown else head


def _print_sources(console: Console, answer: Answer) -> None:
    console.print()
    console.print(_text(f"Sources (confidence {answer.confidence:.0%})", FAINT))
    for citation in answer.citations:
        _print_source(console, citation)


def _print_source(console: Console, citation: Citation) -> None:
    head = _text(f"[{citation.number}] ", MARK).append(_described(citation), HIGHLIGHT)
    console.print(head)
    place = f"{citation.article_id}[{citation.start}:{citation.end}]"
    where = ", ".join(part for part in (place, citation.url) if part)
    console.print(_text("    " + displayable(where), FAINT))
    console.print(_text(f"    {QUOTE} {displayable(citation.quote)}"))


def _described(citation: Citation) -> str:
    """Title, outlet and date, as far as they are known."""
    parts = (citation.title or citation.article_id, citation.outlet, citation.date)
    return ", ".join(displayable(part) for part in parts if part)


def _cost(usage: Usage, rejected: int) -> str:
    """What a model's part of an answer cost, and how much of it was not shown."""
    tokens = usage.prompt_tokens + usage.completion_tokens
    spent = "kept from before" if usage.cached else f"{tokens:,} tokens"
    left_out = f", {rejected} of its sentences left out" if rejected else ""
    return f"Drafted by {displayable(usage.model)}: {spent}, {usage.seconds:.1f} s{left_out}"


def _print_nearest(console: Console, articles: Sequence[RankedArticle]) -> None:
    if not articles:
        return
    console.print()
    console.print(_text("The nearest articles", FAINT))
    for article in articles[:NEAREST]:
        shown = displayable(article.title or article.article_id)
        console.print(_text("  " + shown, HIGHLIGHT).append(f"  {displayable(article.article_id)}"))
        if article.passage:
            console.print(_text(f"    {QUOTE} {displayable(article.passage.quote)}"))


def _print_names(console: Console, kind: str, names: Sequence[str]) -> None:
    for name in names[:MAX_LISTED]:
        console.print(_text(f"  {kind}: {displayable(name)}"))
    if len(names) > MAX_LISTED:
        console.print(_text(f"  {kind}: and {len(names) - MAX_LISTED} more (all with --json)"))


def _text(content: str, style: str = "") -> Text:
    from rich.text import Text

    # Appended, since a style of the whole would also colour what is appended after it.
    return Text().append(content, style)


def _console(*, stderr: bool = False) -> Console:
    """A console that wraps and colours on a terminal and leaves lines alone elsewhere."""
    from rich.console import Console

    class PipeAwareConsole(Console):
        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704 - called in an except clause; rich itself would exit with 1

    stream = sys.stderr if stderr else sys.stdout
    options: dict[str, Any] = {} if stream.isatty() else {"color_system": None}
    return PipeAwareConsole(
        file=stream, soft_wrap=not stream.isatty(), highlight=False, emoji=False, **options
    )
