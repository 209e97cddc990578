"""Marks the parts of a text that are not the story. Marks only: the text itself is never altered.

Whole lines only. What can be told from a line alone is in ``boilerplate_rules``; here is what
takes the neighbours: the block of title and tags at the top, menus, lists of links, and lines
that belong to a wrapped paragraph and so are no lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.boilerplate_phrases import ALONE, NAVIGATION, NAVIGATION_ONLY
from rag.boilerplate_rules import MAX_LINE_CHARACTERS, fold, is_boilerplate_line
from rag.metadata import front_matter
from rag.metadata_guesses import is_byline
from rag.values import Span

# A title block is a headline, perhaps again, a dateline and a few tags.
MAX_TITLE_BLOCK_LINES = 8
MAX_TAG_WORDS = 5
MAX_DATELINE_CHARACTERS = 60
# Two of a kind are a coincidence, three are a menu.
MIN_MENU_LINES = 3
# A shorter line was not broken because it was full, so the next one does not continue it.
MIN_WRAPPED_CHARACTERS = 40
# A title that a search engine cut must still say this much to be known again.
MIN_CUT_TITLE_CHARACTERS = 16

_SENTENCE_ENDS = tuple('.!?…。！？:"”»)’')
_LINK = re.compile(
    r"(?:[-*+•]\s+)?(?:\[[^\[\]]{0,200}\]\([^()\s]{1,300}\)|https?://\S{1,300})[.,]?"
)
_SEPARATORS = re.compile(r"\s[|•·›»/]\s|\s?\|\s?")
# " - CNN", " | The Daily Harbor": the site's own name behind a page's title.
_SITE_SUFFIX = re.compile(r"\s+[-–—|]\s+[^-–—|]{2,40}$")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is not blank: its span with the line break, and its trimmed words."""

    span: Span
    text: str
    after_blank: bool


def mark_boilerplate(text: str, title: str) -> tuple[Span, ...]:
    """The spans of ``text`` that are neither embedded nor quoted: sorted, disjoint, whole lines.

    ``title`` is the article's known title, which may be empty; its line is marked, since it is
    embedded apart and a headline is no sentence to quote. An article that says nothing but its
    title keeps it. Takes time linear in the text.
    """
    _, front = front_matter(text)
    lines = list(_lines(text, front.end if front else 0))
    titles = _title_block(lines, title)
    marked = _menus(lines) | {index for index in range(len(lines)) if _is_marked(lines, index)}
    if len(marked | titles) < len(lines):
        marked |= titles
    spans = [front] if front and len(front) else []
    return _joined(spans + [lines[index].span for index in sorted(marked)])


def _lines(text: str, start: int) -> Iterator[_Line]:
    after_blank = True
    for raw in text[start:].splitlines(keepends=True):
        trimmed = raw.strip()
        if trimmed:
            yield _Line(Span(start, start + len(raw)), trimmed, after_blank)
        after_blank = not trimmed
        start += len(raw)


def _is_marked(lines: list[_Line], index: int) -> bool:
    return is_boilerplate_line(lines[index].text) and not _is_wrapped(lines, index)


def _is_wrapped(lines: list[_Line], index: int) -> bool:
    """Whether the line seems to be a piece of a paragraph that is wrapped over several lines."""
    line = lines[index]
    if index and not line.after_blank:
        before = lines[index - 1].text
        if len(before) >= MIN_WRAPPED_CHARACTERS and not before.endswith(_SENTENCE_ENDS):
            return not is_boilerplate_line(before)
    if index + 1 < len(lines) and not lines[index + 1].after_blank:
        return lines[index + 1].text[0].islower() and not line.text.endswith(_SENTENCE_ENDS)
    return False


def _title_block(lines: list[_Line], title: str) -> set[int]:
    """The title's lines at the top with the tags and datelines around them."""
    found: set[int] = set()
    seen_title = False
    for index, line in enumerate(lines[:MAX_TITLE_BLOCK_LINES]):
        if is_title_line(line.text, title):
            found.add(index)
            seen_title = True
        elif _is_dateline_alone(line.text) or (seen_title and _is_tag(line.text)):
            found.add(index)
        elif not (is_byline(line.text) or is_boilerplate_line(line.text)):
            break
    return found


def is_title_line(line: str, title: str) -> bool:
    """Whether a line says the title and nothing else, as it stands or as search engines cut it."""
    if not title or len(line) > MAX_LINE_CHARACTERS:
        return False
    said = _bare(line)
    known = _bare(title)
    if said and said in (known, _bare(_SITE_SUFFIX.sub("", title))):
        return True
    if title.rstrip().endswith(("...", "…")):
        return len(known) >= MIN_CUT_TITLE_CHARACTERS and said.startswith(known)
    return False


def _bare(text: str) -> str:
    return fold(text).strip(" #*_=.…\"'“”")


def _is_tag(text: str) -> bool:
    """A few words all in small letters, which neither a sentence nor a name is: "dual-use"."""
    words = text.split()
    if len(words) > MAX_TAG_WORDS or text.endswith(_SENTENCE_ENDS):
        return False
    return text.islower() and not any(character.isdigit() for character in text)


def _is_dateline_alone(text: str) -> bool:
    """A place and an outlet whose story begins on the next line: "London CNN —"."""
    if len(text) > MAX_DATELINE_CHARACTERS or not text.endswith(("—", "–")):
        return False
    words = text.rstrip("—– ").split()
    return bool(words) and all(word[0].isupper() or word[0] in "(.," for word in words)


def _menus(lines: list[_Line]) -> set[int]:
    """Runs of menu entries and of bare links, and rows of menu entries."""
    found = {index for index, line in enumerate(lines) if _is_menu_row(line.text)}
    entries = [_is_entry(line.text) for line in lines]
    for start, end in _runs(entries):
        words = {fold(line.text).strip(" -*+•") for line in lines[start:end]}
        if end - start >= MIN_MENU_LINES and words & (NAVIGATION_ONLY | ALONE):
            found.update(range(start, end))
    links = [len(line.text) <= 600 and bool(_LINK.fullmatch(line.text)) for line in lines]
    for start, end in _runs(links):
        if end - start >= MIN_MENU_LINES:
            found.update(range(start, end))
    return found


def _is_entry(text: str) -> bool:
    return len(text) <= MAX_DATELINE_CHARACTERS and fold(text).strip(" -*+•") in NAVIGATION | ALONE


def _is_menu_row(text: str) -> bool:
    if len(text) > MAX_LINE_CHARACTERS or not _SEPARATORS.search(text):
        return False
    parts = [fold(part).strip(" |") for part in _SEPARATORS.split(text)]
    words = {part for part in parts if part}
    known = len(words & (NAVIGATION | ALONE))
    return (
        known >= MIN_MENU_LINES - 1
        and known >= len(words) / 2
        and bool(words & (NAVIGATION_ONLY | ALONE))
    )


def _runs(flags: list[bool]) -> Iterator[tuple[int, int]]:
    """Where flags stay true: half-open ranges."""
    start = None
    for index, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = index
        elif not flag and start is not None:
            yield start, index
            start = None


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """Sorted disjoint spans, those that touch made one."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].end >= span.start:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return tuple(joined)
