"""English verbs, as far as turning a statement into a question needs them: base forms."""

from __future__ import annotations

import re
from functools import lru_cache

_IRREGULAR = {
    past: pair.split(":")[0]
    for pair in """
    become:became begin:began bind:bound bite:bit blow:blew break:broke bring:brought build:built
    burn:burnt buy:bought catch:caught choose:chose come:came deal:dealt dig:dug draw:drew
    drink:drank drive:drove eat:ate fall:fell feel:felt fight:fought find:found flee:fled fly:flew
    forget:forgot freeze:froze get:got give:gave go:went grow:grew hang:hung hear:heard hide:hid
    hold:held keep:kept know:knew lay:laid lead:led lend:lent lose:lost make:made mean:meant
    meet:met pay:paid ride:rode ring:rang rise:rose run:ran say:said see:saw seek:sought sell:sold
    send:sent shake:shook shoot:shot sing:sang sink:sank sit:sat sleep:slept speak:spoke
    spend:spent stand:stood steal:stole strike:struck swear:swore swim:swam take:took teach:taught
    tell:told think:thought throw:threw wear:wore win:won withdraw:withdrew write:wrote
    cost:cost hit:hit put:put cut:cut set:set
    """.split()  # noqa: SIM905 - one pair a line would fill pages
    for past in pair.split(":")[1:]
}
# Participles that are no past form as well; those of the table above mostly are both.
_PARTICIPLES = frozenset(
    """
    been begun bitten blown broken chosen come done drawn driven drunk eaten fallen flown forgotten
    frozen given gone grown hidden known ridden risen run seen shaken shown spoken stolen sung sunk
    sworn swum taken thrown withdrawn won worn written
    """.split()  # noqa: SIM905
)
# Forms of the present that are not also plurals of nouns, as "plans" and "costs" are.
_PRESENT = frozenset(
    """
    allow argue become begin believe belong bring build buy carry connect consist contain employ
    exceed expect follow include keep lead lie make open operate own produce provide publish
    replace require seek sell send serve speak take teach treat want weigh
    """.split()  # noqa: SIM905
)
_NO_VERB = frozenset(
    """
    bed bleed breed deed embed exceed feed freed hundred indeed infrared kindred need proceed red
    sacred seed shed speed succeed weed
    """.split()  # noqa: SIM905
)
_SHORT = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")
_DOUBLED = re.compile(r"(?P<single>.*([bdgklmnprtv]))\2")


def base_of_past(word: str) -> str:
    """``open`` of *opened*, ``win`` of *won*; empty for what is no past form."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if not word.endswith("ed") or word in _NO_VERB or len(word) < 4:
        return ""
    stem = word[:-2]
    if stem.endswith("i"):
        return f"{stem}e" if len(word) < 5 else f"{stem[:-1]}y"  # tied, carried
    if _SHORT.fullmatch(stem):
        return f"{stem}e"  # "noted" cannot be of "not", which would double its last letter
    doubled = _DOUBLED.fullmatch(stem)
    forms = (stem, f"{stem}e", *([doubled["single"]] if doubled else []))
    return max(forms, key=_frequency)


def base_of_present(word: str) -> str:
    """``own`` of *owns*, of the verbs whose form is not also a noun's; else empty."""
    forms = (word[:-1], word[:-2], f"{word[:-3]}y") if word.endswith("s") else ()
    return next((form for form in forms if form in _PRESENT), "")


def is_participle(word: str) -> bool:
    """Whether a word can follow *has* or *was* as a form of its verb: *opened*, *taken*."""
    return word in _PARTICIPLES or bool(base_of_past(word))


@lru_cache(maxsize=4096)
def _frequency(word: str) -> float:
    from wordfreq import zipf_frequency

    return zipf_frequency(word, "en")
