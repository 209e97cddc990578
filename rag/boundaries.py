"""Whether a mark of punctuation ends a sentence: one small decision a mark."""

from __future__ import annotations

import re

from rag.abbreviations import (
    ELISIONS,
    EXCLAIMED_NAMES,
    MONTHS,
    NAME_PARTICLES,
    ORDINAL_INTRODUCERS,
    SENTENCE_STARTERS,
    SPEECH_VERBS,
    TIME_FOLLOWERS,
    Abbreviation,
    classify,
)
from rag.marks import (
    ALWAYS,
    BULLETS,
    LOOK_BACK,
    Candidate,
    Following,
    Kind,
    following_of,
    word_before,
)

_ASKING = "!?‼⁇⁈⁉‽\u037e;"
_OPENING_QUOTES = "“‘„‚«‹\"'`”’»›"
_CLOSING_QUOTES = "”’»›“\"'」』"
_TITLE_CLOSERS = "》〉"
_DASHES = "-–—―"
_SINGLE_BEFORE = re.compile(r"(?<!\w)([^\W\d_])\.\s?$")
_WORD_PART = re.compile(r"[-.’']")
# What comes before an abbreviation without a space: "Anglo-U.S.", "Warrior:Dr.", "l'avv.".
_JOINED_BEFORE = re.compile(r".*[-/:]|.*['’](?=..)")
_APOSTROPHE = re.compile(r"['’]")
_ADDRESS = re.compile(r"://|www\.|[@/\\=][^\s]*$")
# Endings of internet names, capitalised in headlines: "Booking.Com" holds no boundary.
_DOMAIN_ENDING = re.compile(r"(?:com|org|net|gov|edu|io|uk|eu|ru|cn|js|tv)\b", re.IGNORECASE)
_SPEECH_FOLLOWS = re.compile(
    rf"(?:[^\W\d_][\w.’'-]{{0,40}}\s{{1,2}}){{1,4}}?(?:{'|'.join(sorted(SPEECH_VERBS))})\b"
)
_CJK_SPEECH_FOLLOWS = re.compile(r"[とっ]|[^\s。，,、！？]{0,8}?[说說道问問喊叫答称稱]")
_TIME_ZONE = re.compile(r"(?:[A-Z]{1,3}T|UTC|MSK)\b|\w{1,40} [Tt]ime\b")
_DATE_GOES_ON = re.compile(r"\d{1,2}\.|\d{4}\b")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def divides(candidate: Candidate) -> bool:
    """Whether the sentence ends at ``candidate.stop`` (before the mark, where it is a bullet)."""
    text, stop = candidate.text, candidate.stop
    if candidate.marks in BULLETS:
        return text[candidate.start - 1].isspace() and text[candidate.end].isspace()
    following = following_of(candidate)
    if following.kind is Kind.NOTHING:
        return False
    if candidate.marks[0] in ALWAYS:
        return not _cjk_quotation_goes_on(candidate)
    if not text[stop].isspace():
        return _divides_unspaced(candidate, following)
    if following.kind is Kind.LOWER or candidate.start == candidate.sentence:
        return False
    return _divides_spaced(candidate, following)


def _divides_spaced(candidate: Candidate, following: Following) -> bool:
    before = candidate.text[candidate.start - 1]
    if candidate.marks[0] == ";":
        return _is_greek(before) and following.kind is Kind.CAPITAL
    if any(mark in _ASKING for mark in candidate.marks):
        return _question_divides(candidate, following)
    if _is_ellipsis(candidate.marks):
        return not before.isspace() or bool(candidate.closers) or _is_starter(following.word)
    return _full_stop_divides(candidate, following)


def _cjk_quotation_goes_on(candidate: Candidate) -> bool:
    """``“为什么？”他问。`` is one sentence, ``“我做到了。”他离开了。`` are two."""
    if candidate.text[candidate.stop].isspace():
        return False
    last = candidate.closers[-1:]
    if last and last in _TITLE_CLOSERS:
        return True
    return bool(
        last
        and last in _CLOSING_QUOTES
        and _CJK_SPEECH_FOLLOWS.match(candidate.text, candidate.stop, candidate.limit)
    )


def _divides_unspaced(candidate: Candidate, following: Following) -> bool:
    """A forgotten space, ``helicopter.The``, but no name, address or number."""
    text, start, mark = candidate.text, candidate.start, candidate.marks[0]
    window = text[max(candidate.sentence, start - LOOK_BACK) : start]
    if not window or not window[-1].isalnum() or mark == ";" or _ADDRESS.search(window):
        return False
    if following.kind is Kind.UNCASED:
        unspaced_name = mark == "." and _HAN.match(text, following.start)
        return _is_uncased(window[-1]) and not unspaced_name
    word, before = following.word, word_before(candidate)
    if following.kind is not Kind.CAPITAL or not (word[1:2].islower() or word in ("A", "I")):
        return False
    if _DOMAIN_ENDING.match(word) or "." in before or "." in word.rstrip("."):
        return False
    return len(before) > 1 and (mark != "." or classify(before) is Abbreviation.NONE)


def _question_divides(candidate: Candidate, following: Following) -> bool:
    """After ``?`` or ``!``: unless a name carries the mark or the quotation's speaker follows."""
    if _is_starter(following.word) or following.kind is not Kind.CAPITAL:
        return True
    if candidate.marks == "!" and word_before(candidate).lower() in EXCLAIMED_NAMES:
        return False
    quoted = any(closer in _CLOSING_QUOTES for closer in candidate.closers)
    return not (quoted and _SPEECH_FOLLOWS.match(candidate.text, following.start, candidate.limit))


def _full_stop_divides(candidate: Candidate, following: Following) -> bool:
    word = word_before(candidate)
    if word.isdecimal():
        return _number_divides(candidate, following, word)
    kind = _abbreviation(candidate, word)
    if kind is Abbreviation.NONE or kind is Abbreviation.TITLE:
        return kind is Abbreviation.NONE
    if kind is Abbreviation.NUMBERED:
        return following.kind is not Kind.DIGIT
    if len(candidate.marks) > 1:
        return True
    if ")" in candidate.closers and candidate.text[candidate.sentence] != "(":
        return False
    if following.kind is not Kind.CAPITAL:
        return following.kind is Kind.UNCASED and kind is not Abbreviation.INITIAL
    if kind is Abbreviation.TIME:
        day = _WORD_PART.split(following.word.lower())[0]
        zone = _TIME_ZONE.match(candidate.text, following.start, candidate.limit)
        return day not in TIME_FOLLOWERS and not zone
    return _begins_after_abbreviation(following, kind)


def _begins_after_abbreviation(following: Following, kind: Abbreviation) -> bool:
    """Whether a capitalised word after ``U.S.`` or ``Inc.`` begins a sentence."""
    if any(dash in following.opener for dash in _DASHES):
        return False
    initial = kind is Abbreviation.INITIAL
    if not initial and any(quote in following.opener for quote in _OPENING_QUOTES):
        return True
    if initial and following.word.lower() in NAME_PARTICLES:
        return False
    return _is_starter(following.word)


def _is_starter(word: str) -> bool:
    if word[1:2] == ".":
        return False
    head, apostrophe, _ = _APOSTROPHE.sub("'", word).rstrip(".-").lower().partition("'")
    return head in SENTENCE_STARTERS or bool(apostrophe and head in ELISIONS)


def _number_divides(candidate: Candidate, following: Following, number: str) -> bool:
    """``1. First`` numbers an item, ``am 5. Oktober`` a day; ``in 2017. The`` ends a sentence."""
    if len(number) > 3:
        return True
    text, first = candidate.text, candidate.start - len(number)
    before = text[max(candidate.sentence, first - LOOK_BACK) : first].split()
    if not any(character.isalnum() for character in "".join(before)):
        return False
    if len(number) > 2:
        return True
    if following.kind is Kind.DIGIT:
        return not _DATE_GOES_ON.match(text, following.start, candidate.limit)
    if following.word.rstrip(".").lower() in MONTHS:
        return False
    return before[-1].lower() not in ORDINAL_INTRODUCERS or _is_starter(following.word)


def _abbreviation(candidate: Candidate, word: str) -> Abbreviation:
    kind = classify(word)
    if kind is Abbreviation.NONE:
        kind = classify(_JOINED_BEFORE.sub("", word))
    if len(word) > 2:
        return kind
    # "z. B.", "p. ex.", "a. m.": the letter before belongs to it.
    first = candidate.start - len(word)
    before = candidate.text[max(candidate.sentence, first - LOOK_BACK) : first]
    if found := _SINGLE_BEFORE.search(before):
        joined = classify(f"{found.group(1)}.{word}")
        return joined if joined in (Abbreviation.TITLE, Abbreviation.TIME) else kind
    return kind


def _is_ellipsis(marks: str) -> bool:
    return "…" in marks or marks.count(".") > 2 or marks == ".."


def _is_greek(character: str) -> bool:
    return "\u0370" <= character <= "\u03ff" or "\u1f00" <= character <= "\u1fff"


def _is_uncased(character: str) -> bool:
    return character.isalpha() and character.lower() == character.upper()
