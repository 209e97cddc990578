"""A model's draft as plain sentences with marks: no markup, no links, no notes get past here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rag.sentences import split_sentences

_HIDDEN = (
    # Thoughts of reasoning models, comments, and tags with what is between them where it runs.
    r"<(think|thinking|reasoning|script|style)\b[^>]*>.*?(?:</\1\s*>|\Z)",
    r"<!--.*?(?:-->|\Z)",
    r"<\|.{0,40}?\|>",
    r"</?[a-zA-Z!][^<>]{0,2000}(?:>|\Z)",
    r"!\[[^\]]*\](?:\([^)]*(?:\)|\Z)|\[[^\]]*\])?",  # an image, its description included
    r"^\s*\[[^\]]{1,60}\]:.*$",  # the address of a link or the text of a note
    r"\[[^\[\]]*\]\(\s*(?!https?:)[a-z]+:(?:[^()]|\([^()]*\))*(?:\)|\Z)",
    r"\[\^[^\]]{1,30}\]",
    r"```\w*",
)
_HIDDEN_RE = re.compile("|".join(f"(?:{p})" for p in _HIDDEN), re.DOTALL | re.MULTILINE)
# A mark beside another, [1][2], has the shape of a link as well.
_TARGET = r"\((?:[^()]|\([^()]*\))*(?:\)|\Z)"
_LINK = re.compile(rf"\[([^\[\]]*)\](?:{_TARGET}|\[(?!\s*\d{{1,3}}\s*\])[^\]]*\])")
_ADDRESS = re.compile(
    r"\(?(?:(?:\b[a-z][a-z0-9+.-]{1,20}:)?//[^\s/]\S*|\b(?:javascript|vbscript|data|mailto|file):\S+|"
    r"\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)+/\S*)",
    re.IGNORECASE,
)
_MARKER = (
    r"(?:\[|【)\s*(?:(?:quotes?|sources?|no\.?)\s*)?\d{1,3}(?:\s*(?:,|;|-|–|and|&)\s*\d{1,3})*\s*"
    r"(?:†[^\]】]{0,20})?(?:\]|】)"
)
_MARK = re.compile(_MARKER, re.IGNORECASE)
_MARK_RUN_BEHIND = re.compile(rf"([.!?…][”\"’')]*)((?:\s*{_MARKER})+)", re.IGNORECASE)
_EMPTIED = re.compile(r"\(\s*(?:see|cf\.?|source:?)?\s*\)", re.IGNORECASE)  # of its mark
_NUMBER = re.compile(r"\d{1,3}")
_RAISED = re.compile(r"(?<=[.!?,;”\"])[¹²³⁰-⁹]+|(?<=[^\W\d_]{4})[¹²³⁰-⁹]+")
_LINE_MARKUP = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+•][ \t]+|\d{1,2}[.)][ \t]+)+", re.MULTILINE
)
_EMPHASIS = re.compile(r"\*{1,3}|_{2,3}|~~|`+|(?<!\w)_|_(?!\w)")
_TABLE = re.compile(r"\s*\|[\s|:-]*")
_LABEL = re.compile(
    r"^\s*(?:(?:the )?(?:final )?(?:answer|response|assistant)\s*(?::|(?:to (?:this|the|your) "
    r"question )?is:)|(?:based on|according to) the (?:quotes?|provided quotes|text)"
    r"[^,:.]{0,30}[,:])\s*",
    re.IGNORECASE,
)
_SPACE_BEFORE_POINT = re.compile(r"\s+([.,;:!?])(?=\s|$)")
# Something of markup that may go on in the next piece.
_OPEN = re.compile(
    r"(?:!?\[[^\]]{0,300}(?:\](?:\([^)]{0,2000})?)?|<[^>]{0,2000}|\S*//\S*|\b\w+:/?|[*_`]+)\Z"
)
_ENDS = re.compile(r"[.!?…。！？][”\"’')\]]*\Z")

KEPT_CONTROLS = "\n\t"


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence of a draft, without its marks; ``marks``: the numbers that they named."""

    text: str
    marks: tuple[int, ...] = ()


def read_draft(raw: str, *, ended: bool, whole: bool = True) -> tuple[list[DraftSentence], str]:
    """The finished sentences of what a model wrote so far, and the rest that is under way.

    With ``ended``, nothing more comes: the last sentence is finished if it has its point, or if
    the model ended by itself (``whole``).
    """
    text = plain(raw if ended else _OPEN.sub("", raw))
    text = _MARK_RUN_BEHIND.sub(_moved_inside, text)
    sentences = [span.of(text) for span in split_sentences(text)]
    rest = ""
    # Behind the last point a mark may follow, which belongs before it.
    if sentences and not (ended and (whole or _ENDS.search(sentences[-1]))):
        rest = sentences.pop()
    read = [_read(sentence) for sentence in sentences]
    return [sentence for sentence in read if sentence.text], "" if ended else _read(rest).text


def plain(raw: str) -> str:
    """``raw`` without markup, links and characters that do not print; marks are left."""
    text = "".join(_printable(raw))
    for _ in range(3):  # what is left of one may make another
        cleaned = _LINK.sub(r"\1", _HIDDEN_RE.sub(" ", text))
        if cleaned == text:
            break
        text = cleaned
    text = _ADDRESS.sub(" ", text)
    text = _RAISED.sub("", _LINE_MARKUP.sub("", text))
    text = _TABLE.sub(" ", _EMPHASIS.sub("", text))
    return _LABEL.sub("", text.strip())


def _printable(raw: str) -> Iterator[str]:
    for char in raw:
        category = unicodedata.category(char)
        if category[0] != "C" or char in KEPT_CONTROLS:
            yield "" if char == "\ufffd" else char
        elif category == "Cc":
            yield " "


def _moved_inside(match: re.Match[str]) -> str:
    """``... euros. [1]`` as ``... euros [1].``, so that the mark stays with its sentence."""
    return f" {match[2].strip()}{match[1]}"


def _read(sentence: str) -> DraftSentence:
    marks = tuple(
        dict.fromkeys(
            int(number) for mark in _MARK.findall(sentence) for number in _NUMBER.findall(mark)
        )
    )
    text = " ".join(_EMPTIED.sub(" ", _MARK.sub(" ", sentence)).split())
    text = _SPACE_BEFORE_POINT.sub(r"\1", text).strip()
    return DraftSentence(text if any(char.isalnum() for char in text) else "", marks)
