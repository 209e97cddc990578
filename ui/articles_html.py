"""The Articles tab as HTML. Pure functions; nothing enters it unescaped.

Buttons carry what they do in ``data-do`` and on what in ``data-name``; ``library.js`` hands that
to the server, which trusts nothing in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.config import Config
from rag.escaping import escape, escape_line
from rag.listing import ArticleState, ListedArticle
from rag.readers import SUFFIXES
from rag.values import Article, SyncPlan, SyncReport
from ui.links import ArticleTarget
from ui.marks import details, name_of
from ui.panel import article_html

# Names of a preview or a report before the rest is only counted.
NAMES = 12
_STATES = {
    ArticleState.INDEXED: "Indexed",
    ArticleState.DUPLICATE: "Duplicate",
    ArticleState.FAILED: "Failed",
}
_STAGES = {
    "reading": "Reading files",
    "embedding": "Reading sentences",
    "storing": "Storing",
}


def button(text: str, do: str, name: str = "", kind: str = "") -> str:
    """A button that does ``do`` to ``name``."""
    look = f' class="{kind}"' if kind else ""
    named = f' data-name="{escape(name)}"' if name else ""
    return f'<button type="button"{look} data-do="{do}"{named}>{escape(text)}</button>'


def listing_html(
    every: Sequence[ListedArticle], shown: Sequence[ListedArticle], found: int, asked: str = ""
) -> str:
    """The list: its counts, a line each, and a button for more."""
    if not every:
        return '<div class="fn-empty"><h3>No articles yet</h3><p>Drop files to begin.</p></div>'
    lines = "".join(_line(one, one.id == asked) for one in shown)
    more = f'<p class="lib-more">{button("Show more", "more")}</p>' if found > len(shown) else ""
    nothing = "" if found else '<p class="fn-empty">No article holds these words.</p>'
    return (
        f'<p class="lib-counts" role="status">{_counts(every, found)}</p>'
        f'<ul class="lib-list">{lines}</ul>{nothing}{more}'
    )


def article_view(article: Article) -> str:
    """One article to read, with the way back to the list."""
    body = article_html(article, ArticleTarget(article.id))
    return f'<p class="lib-back">{button("← All articles", "back")}</p><div>{body}</div>'


def told_html(message: str, *, back: bool = False) -> str:
    """A message to the reader."""
    way = f'<p class="lib-back">{button("← All articles", "back")}</p>' if back else ""
    return f'{way}<p class="lib-told" role="status" dir="auto">{escape(message)}</p>'


def shelf_html(config: Config, closed: str, told: str) -> str:
    """Where files are dropped, what a sync would change, and what was told last."""
    folder = escape_line(str(config.articles))
    return (
        f"{_drop(config, folder, closed)}"
        '<section class="lib-sync"><h3>The folder</h3>'
        f"<p>The list is what <b>{folder}</b> held at the last sync.</p>"
        f"<p>{button('See what changed', 'preview')}</p></section>"
        f'<div class="lib-news" aria-live="polite">{told}</div>'
    )


def preview_html(plan: SyncPlan) -> str:
    """What a sync would do, and the button that does it."""
    if not plan.articles.changed:
        return '<p class="lib-told">Nothing changed: the index holds the folder as it is.</p>'
    warning = f'<p class="lib-note" dir="auto">{escape(plan.refusal)}</p>' if plan.refusal else ""
    return (
        f"<h3>A sync would change</h3>{_changed(plan.articles)}{warning}"
        f"<p>{button('Sync now', 'sync', kind='lib-main')}</p>"
    )


def progress_html(stage: str, done: int, total: int) -> str:
    """How far a sync is."""
    of = f' max="{max(total, 1)}" value="{min(done, total)}"' if total else ""
    count = f" {done:,} of {total:,}" if total else ""
    return (
        f'<p class="lib-told"><label>{_STAGES.get(stage, "Working")}{count}'
        f"<progress{of}></progress></label></p>"
    )


def report_html(report: SyncReport) -> str:
    """What a sync did."""
    if not report.changed and not report.problems:
        return '<p class="lib-told">Nothing changed.</p>'
    return f"<h3>Synced</h3>{_changed(report)}"


def _changed(report: SyncReport) -> str:
    """The articles that a sync touches, by what becomes of them."""
    parts = (
        ("New", report.added),
        ("Edited", report.edited),
        ("Renamed", [f"{old} → {new}" for old, new in report.renamed]),
        ("Removed", report.removed),
        ("Failed", [f"{one.source}: {one.reason}" for one in report.problems]),
    )
    return "".join(_names(kind, names) for kind, names in parts)


def refused_html(refused: Sequence[str]) -> str:
    """The uploads that were not taken, each with the reason."""
    items = "".join(f'<li dir="auto">{escape_line(line)}</li>' for line in refused[:NAMES])
    return f'<p class="lib-kind">Not taken</p><ul>{items}</ul>' if items else ""


def _drop(config: Config, folder: str, closed: str) -> str:
    if closed:
        return (
            '<section class="lib-drop lib-closed"><h3>Uploading is off</h3>'
            f'<p dir="auto">{escape(closed)}</p></section>'
        )
    kinds = ",".join(sorted(SUFFIXES))
    return (
        f'<section class="lib-drop" data-root="{escape(config.root_path)}"'
        f' data-megabytes="{config.upload_mb}" data-files="{config.upload_files}">'
        "<label><b>Drop articles here</b> or choose files"
        f'<input type="file" multiple accept="{kinds}"></label>'
        f"<p>Into {folder}. Up to {config.upload_files:,} files of {config.upload_mb:,} MB: "
        f"{escape_line(', '.join(kind[1:] for kind in sorted(SUFFIXES)))}.</p>"
        '<ul class="lib-uploads" aria-live="polite"></ul></section>'
    )


def _counts(every: Sequence[ListedArticle], found: int) -> str:
    states = [one.state for one in every]
    parts = [
        f"{states.count(state):,} {word}"
        for state, word in (
            (ArticleState.INDEXED, "indexed"),
            (ArticleState.DUPLICATE, "duplicate"),
            (ArticleState.FAILED, "failed"),
        )
        if state in states
    ]
    narrowed = f" · {found:,} found" if found != len(every) else ""
    return f"{', '.join(parts)}{narrowed}"


def _line(one: ListedArticle, asked: bool) -> str:
    name = escape_line(name_of(one.title, one.id))
    title = (
        f'<span dir="auto">{name}</span>'
        if one.state is ArticleState.FAILED
        else f'<button type="button" class="lib-title" data-do="open"'
        f' data-name="{escape(one.id)}" dir="auto">{name}</button>'
    )
    meta = details(one.outlet, one.date, one.source if one.source != one.id or one.title else "")
    state = f'<span class="lib-state lib-{one.state}">{_STATES[one.state]}</span>'
    return (
        f'<li><div class="lib-line"><div>{title}<p class="fn-meta">{meta}</p>{_note(one)}</div>'
        f"{state}{'' if asked else _removing(one)}</div>{_asking(one) if asked else ''}</li>"
    )


def _removing(one: ListedArticle) -> str:
    label = escape_line(f"Remove {name_of(one.title, one.id)}")
    return (
        f'<button type="button" class="lib-remove" data-do="ask" data-name="{escape(one.id)}"'
        f' title="Remove" aria-label="{label}">✕</button>'
    )


def _note(one: ListedArticle) -> str:
    if one.state is ArticleState.DUPLICATE:
        return (
            '<p class="lib-note">The same text as <button type="button" class="lib-of"'
            f' data-do="open" data-name="{escape(one.note)}" dir="auto">'
            f"{escape_line(one.note)}</button></p>"
        )
    return f'<p class="lib-note" dir="auto">{escape(one.note)}</p>' if one.note else ""


def _asking(one: ListedArticle) -> str:
    file = escape_line(one.source)
    if one.is_row:
        return (
            f'<div class="lib-ask" role="alert"><p><b dir="auto">{file}</b> holds many articles.'
            " One of them cannot be removed here: take its row out of the file, then sync.</p>"
            f"<p>{button('Keep it', 'ask')}</p></div>"
        )
    return (
        f'<div class="lib-ask" role="alert"><p>Delete the file <b dir="auto">{file}</b> from the'
        " folder? It is not kept anywhere else.</p><p>"
        f"{button('Delete the file', 'remove', one.id, 'lib-danger')}"
        f"{button('Keep it', 'ask')}</p></div>"
    )


def _names(kind: str, names: Iterable[str]) -> str:
    listed = list(names)
    if not listed:
        return ""
    items = "".join(f'<li dir="auto">{escape_line(name)}</li>' for name in listed[:NAMES])
    left = len(listed) - NAMES
    more = f"<li>and {left:,} more</li>" if left > 0 else ""
    return f'<p class="lib-kind">{kind} <b>{len(listed):,}</b></p><ul>{items}{more}</ul>'
