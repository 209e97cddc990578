"""Words that decide whether a full stop ends a sentence: data and one look-up.

General knowledge of a few languages (English, German, French, Spanish, Italian, Portuguese,
Dutch, Russian), collected by hand. A word is given without its last full stop.
"""

from __future__ import annotations

import re
from enum import Enum, auto


class Abbreviation(Enum):
    """What may follow a shortened word's full stop inside the same sentence."""

    NONE = auto()
    """Not an abbreviation: the full stop ends the sentence."""
    TITLE = auto()
    """Always goes on: ``Mr.``, ``e.g.``"""
    NUMBERED = auto()
    """Goes on before a number only: ``No. 5``."""
    TIME = auto()
    """Goes on before a day, a month or a time zone: ``9 a.m. Monday``."""
    MAY_END = auto()
    """Ends where the next word is one that mostly begins sentences: ``in the U.S. The ...``."""
    INITIAL = auto()
    """A single letter; as ``MAY_END``, but particles of names go on: ``J. Le Carré``."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Written with a capital.
_CAPITAL_TITLES = _words(
    """
    Mr Mrs Ms Mx Messrs Dr Drs Prof Profs Rev Revd Hon Fr Msgr Mgr Gen Col Lt Maj Capt Sgt Cpl Pvt
    Pfc Spc Brig Adm Cmdr Comdr Cdr Ens Sen Sens Rep Reps Gov Govs Pres Amb Supt Insp Det Atty Cllr
    Mt Mme Mmes Mlle Mlles MM M Hr Sra Srta Dra Ud Uds Vd Vds EE Dña Gral Lic Arq Dott Sig Avv Exmo
    Exma Dipl Priv Ing Г-н Г-жа
    """
)
_LOWER_TITLES = _words(
    """
    e.g eg i.e cf def viz vs v ca approx a.k.a resp incl excl esp p.ej ej p.ex c.-à-d env vgl bzw
    z.b d.h u.a v.a i.d.r s.o s.u sog evtl ggf inkl zzgl dipl-ing bijv o.a d.w.z dhr mevr drs núm
    т.е им ул проф акад avv
    """
)
_NUMBERED = _words(
    """
    no nos nr nrs num vol vols fig figs art arts sec sect ch chap chaps pp pg abs kap bd rs pt pts
    ver para paras eq ex nº pág págs p.p стр рис rte hwy ft sun sat wed thu thur thurs fri tue tues
    mon ref tab tel ext est
    """
)
_TIME = _words("a.m p.m")
_CAPITAL_MAY_END = _words(
    """
    Inc Corp Co Cos Ltd Bros Jr Sr Esq St Ste Ave Blvd Rd Ln Sq Dept Univ Assn Intl Natl Govt Bldg
    Mfg UU Cía Cia Ltda Str Mrd Mio Jh Std Ph.D Ft Pty Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov
    Dec Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb
    Nev Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wyo Ont Que
    """
)
_LOWER_MAY_END = _words(
    """
    al dept min bldg govt janv févr avr juil sept oct nov déc abr dic av avda boul hab geb gest hrsg
    aufl aprox т.д т.п г гг млн млрд тыс руб ibid
    """
)

# Every part of one or two letters, at least two parts: U.S, Ph.D, S.p.A, J.-P, z.B.
_DOTTED = re.compile(r"[^\W\d_]{1,2}(?:\.-?[^\W\d_]{1,2})+")

TIME_FOLLOWERS = _words(
    """
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sept sep oct nov dec eastern central pacific mountain greenwich
    local
    """
)

# Words that mostly begin sentences and seldom follow an abbreviation as part of a name.
SENTENCE_STARTERS = _words(
    """
    the a an this that these those he she it they we i you his her its their our my your there here
    in on at for from with by as after before during since until under over between among while when
    where what who why how which whose if although though because unless but and or so yet nor
    however meanwhile moreover furthermore nevertheless therefore thus then also still now today
    yesterday tomorrow not no yes once both some many most several all each every one two three
    according despite instead such only even another other more is are was were do does did has have
    had can could would should
    der die das den dem des ein eine einen einem einer er sie es wir ihr ich im am um zum zur bei
    nach
    vor mit aus von auf für über unter zwischen seit wenn weil dass aber und oder doch auch nun dann
    dort hier dies diese dieser dieses damit dabei jedoch laut
    le la les un une des il elle ils elles nous vous je on ce cet cette ces dans en au
    aux pour par sur sous avec sans mais et ou où donc si selon depuis après avant pendant leur
    el los las una unos unas ellos ellas nosotros este esta estos estas ese esa con sin por
    para pero si según desde hasta cuando como donde también además del sus
    lo gli uno una nel nella con per anche secondo os as um uma no na mas het een de hij zij
    wij maar ook volgens в на он она они мы я это но и а с по для как
    """
)
# French and Italian words that lose a vowel before the next: "L’accord", "C’est", "Qu’il".
ELISIONS = _words("l c d j qu n s m dell nell all un")
NAME_PARTICLES = _words(
    "la le les de del des di da du el los las van von der den dem lo as os on so no in an"
)

# A German or Nordic ordinal follows: "der 3. Weltkrieg", "am 12. Tag".
ORDINAL_INTRODUCERS = _words(
    "der die das den dem des am im vom zum zur beim ab bis seit jeder jedes jeden den det"
)
MONTHS = _words(
    """
    januar jänner februar märz april mai juni juli august september oktober november dezember
    jan feb mär apr jun jul aug sep sept okt nov dez januari februari maart mei augustus
    marts maj december december ledna února března dubna května června
    """
)

# Names that carry an exclamation mark inside a sentence.
EXCLAIMED_NAMES = _words("yahoo jeopardy yum wham mamma")

# "“Why?” Smith asked." is one sentence: the verb of speaking belongs to the quotation.
SPEECH_VERBS = _words(
    """
    said says asked asks added told wrote writes tweeted posted replied answered continued exclaimed
    shouted yelled cried wondered joked quipped recalled declared insisted noted explained warned
    """
)


def classify(word: str) -> Abbreviation:
    """What kind of abbreviation ``word`` (without its last full stop) is.

    >>> classify("Mr"), classify("U.S"), classify("helicopter")
    (<Abbreviation.TITLE: 2>, <Abbreviation.MAY_END: 5>, <Abbreviation.NONE: 1>)
    """
    lower = word.lower()
    capital = word.capitalize() if word.isupper() else word
    if word in _CAPITAL_TITLES:
        return Abbreviation.TITLE
    # "ca. 50" but "Los Angeles, CA. The ...", "Roe v. Wade" but "Henry V. The ...".
    uncapitalised = word[1:] == lower[1:] and (len(word) > 1 or word == lower)
    if uncapitalised and lower in _LOWER_TITLES:
        return Abbreviation.TITLE
    if lower in _TIME:
        return Abbreviation.TIME
    if len(word) == 1 and word.isalpha():
        return Abbreviation.INITIAL
    # "MR. SMITH" in a headline, but "patients with MS. The ..." too.
    if capital in _CAPITAL_TITLES or capital in _CAPITAL_MAY_END or word in _LOWER_MAY_END:
        return Abbreviation.MAY_END
    if lower in _NUMBERED:
        return Abbreviation.NUMBERED
    return Abbreviation.MAY_END if _DOTTED.fullmatch(word) else Abbreviation.NONE
