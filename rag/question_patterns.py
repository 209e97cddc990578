"""The tables behind ``rag.question``: the words by which English asks for a kind of answer.

All are matched without regard to case, on the first few hundred characters of a question.
"""

from __future__ import annotations

AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|"
    r"must|isn['’]t|aren['’]t|wasn['’]t|weren['’]t|don['’]t|doesn['’]t|didn['’]t|hasn['’]t|"
    r"haven['’]t|can['’]t|couldn['’]t|won['’]t|wouldn['’]t|shouldn['’]t)"
)
_SMALL = rf"(?:{AUXILIARY}|a|an|the|of|in|on|at|to|by|for|from|with|and|or|he|she|it|they|you|we)"
# "which large Chinese", before the noun that tells the kind.
_MODIFIERS = rf"(?:(?!{_SMALL}\b)[\w’'-]+ ){{0,3}}"
_ASKS = r"(?:what|which|name|identify|list|give(?: me)?|tell me)"
_COPULA = r"(?: (?:is|are|was|were)|['’]s)"
_THE = r"(?: (?:the|a|an|his|her|its|their|this|that|all|of|names? of)){1,4}"
_SAYS_MORE = (
    r"(?= (?:of|in|on|at|to|for|from|behind|by|with|that|which|who|whose|where|when|named|called|"
    r"is|was|are|were|did|does)\b|\W*$)"
)


def _of_kind(nouns: str) -> str:
    """*Which large NOUN ...*, *what is the NOUN of ...*, *name the NOUN that ...*."""
    noun = rf"(?:{nouns})(?!\w|['’]s)"
    return (
        rf"{_ASKS} (?:of (?:the|these|those) )?{_MODIFIERS}{noun}|"
        rf"{_ASKS}{_COPULA}?{_THE} {_MODIFIERS}{noun}{_SAYS_MORE}"
    )


_PERSONS = (
    r"persons?|people|m[ae]n|wom[ae]n|presidents?|(?:prime )?ministers?|officials?|leaders?|kings?|"
    r"queens?|emperors?|authors?|scientists?|actors?|actress(?:es)?|singers?|players?|"
    r"politicians?|senators?|directors?|ceos?|chief executives?|founders?|celebrit(?:y|ies)|"
    r"generals?|governors?|spokes\w+|artists?|writers?|architects?|mayors?|judges?|lawyers?|"
    r"coach(?:es)?|captains?|pilots?|inventors?|engineers?|chair(?:man|woman|person)?"
)
_PLACES = (
    r"countr(?:y|ies)|cit(?:y|ies)|states?|places?|towns?|villages?|regions?|provinces?|"
    r"count(?:y|ies)|continents?|locations?|rivers?|seas?|oceans?|islands?|streets?|areas?|"
    r"capitals?|nations?|districts?|boroughs?|mountains?|lakes?|stadiums?|airports?|venues?"
)
_TIMES = r"years?|dates?|days?|months?|centur(?:y|ies)|decades?|time|season|era|weekday"
_NAMED = (
    r"compan(?:y|ies)|firms?|organi[sz]ations?|agenc(?:y|ies)|teams?|groups?|part(?:y|ies)|"
    r"universit(?:y|ies)|newspapers?|outlets?|airlines?|banks?|brands?|films?|movies?|books?|"
    r"songs?|shows?|treat(?:y|ies)|laws?|acts?|wars?|battles?|awards?|prizes?|languages?|"
    r"religions?|corporations?|subsidiar(?:y|ies)|institutions?|chains?|stores?|networks?|"
    r"websites?|apps?|museums?|schools?|clubs?|magazines?|manufacturers?|names?|titles?|nickname"
)
_MEASURED = (
    r"weight|height|length|speed|distance|depth|width|size|temperature|altitude|capacity|"
    r"thickness|diameter|mass|range|wingspan|magnitude"
)
_PRICED = (
    r"prices?|costs?|value|worth|salary|wages?|fees?|budget|amount of money|sum|revenues?|"
    r"profits?|fines?|turnover|losses|debt|funding|ransom"
)
_PAID = (
    r"costs?|pay|pays|paid|worth|spend|spent|price|earn|earned|money|sell for|sold for|raise|"
    r"raised|invest|invested|owe|owed|fined?|dollars?|euros?|pounds|budget|charged?|bid|donated?|"
    r"make a year|profit|revenue|debt"
)

_HOW_LONG = (
    r"how long (?:did|does|do|has|have|had|will|would|until|after|before|ago|must)\b|"
    r"how long (?:is|was|were|are) (?:\w+ ){1,3}?(?:film|movie|flight|trip|term|sentence|war|"
    r"contract|show|match|game|wait|mission|journey|trial|strike)\b|"
    r"how (?:many|much) (?:more )?(?:years?|months?|days?|weeks?|hours?|minutes?|seconds|decades?|"
    r"centuries|time)\b|how old\b|(?:what|which) age\b|"
    rf"what{_COPULA} .{{1,60}}['’]s? age\b|what{_COPULA} the (?:age|duration) of"
)
_HOW_LARGE = (
    r"how (?:tall|high|long|wide|deep|far|heavy|big|large|fast|hot|cold|thick|strong|small|low|"
    r"close|loud|warm|steep)\b|"
    r"(?:how much|what) (?:does|do|did|will|would|can) .{1,60}?\bweigh\b|"
    rf"{_of_kind(_MEASURED)}|(?:{_of_kind('area')})(?= of\b)|"
    rf"(?:what|which){_COPULA}.{{1,60}}? (?:[\w-]+ )?(?:{_MEASURED})\b"
)
_HOW_MUCH_CHANGED = (
    r"(?:by )?how much (?:did|does|do|has|have|had|will|would) .{1,80}? "
    r"(?:increased?|ris(?:e|en)|rose|grow|grown|fall|fallen|drop(?:ped)?|declined?|decreased?|"
    r"chang(?:e|ed)|shr[iu]nk|gain(?:ed)?|lose|lost|climb(?:ed)?|jump(?:ed)?)\b"
)
_HOW_MUCH_MONEY = (
    rf"how much\b.{{0,80}}?\b(?:{_PAID})\b|"
    r"(?:what|which)\b.{0,60}? (?:cost|charge|earn|spend|pay)\W*$|"
    rf"{_of_kind(_PRICED)}|"
    rf"(?:what|which){_COPULA}.{{1,60}}['’]s? {_MODIFIERS}(?:{_PRICED})\b"
)
_WHAT_SHARE = (
    rf"{_of_kind('percent(?:age)?|per cent|proportion|fraction')}|"
    rf"{_ASKS}(?:{_COPULA}(?: the)?)? (?:\w+ )?share of|how (?:many|much) per ?cent"
)
_WHOSE_NAME = (
    rf"what{_COPULA} (?:his|her) (?:full |first |last |real )?names?\b|"
    r"(?:tell me )?the name of the (?:man|woman|person)"
)
_WHAT_NAME = (
    rf"{_of_kind(_NAMED)}|what{_COPULA} .{{1,60}}? (?:called|named)\b|"
    r"what (?:does|did|do) .{1,60}? stand for\b"
)
_WHAT_REASON = (
    r"why\b|how come\b|what (?:caused|led to|prompted|motivated)\b|"
    rf"{_of_kind('reasons?|causes?|motives?')}"
)

# Matched where the asking begins. The first that matches decides: from particular to general.
# The keys are the values of ``rag.question.Expects``.
EXPECTATIONS: tuple[tuple[str, str], ...] = (
    ("percent", _WHAT_SHARE),
    ("amount", _HOW_MUCH_CHANGED),  # in per cent as well as in money
    ("money", _HOW_MUCH_MONEY),
    ("duration", _HOW_LONG),
    ("measure", _HOW_LARGE),
    ("number", rf"how (?:many|often)\b|{_of_kind('number|quantity|population|score|toll')}"),
    ("amount", rf"how much\b|{_of_kind('amount')}"),
    ("time", rf"when\b|how (?:soon|recently|late|early)\b|{_of_kind(_TIMES)}"),
    ("person", rf"(?:who|whom|whose)\b|{_of_kind(_PERSONS)}|{_WHOSE_NAME}"),
    ("place", rf"where\b|{_of_kind(_PLACES)}"),
    ("reason", _WHAT_REASON),
    ("name", _WHAT_NAME),
    ("manner", r"how\b"),
    ("thing", r"(?:what|which)\b"),
)

SEVERAL = (
    r"\b(?:list|name all|name the \w+s|(?:what|which|who) (?:are|were)|describe|explain|compare|"
    r"summari[sz]e|tell me (?:more )?about|what (?:else|happened)|"
    r"what (?:do|does|did) .{1,80} (?:say|think|believe|claim|do) about|what do (?:we|you) know|"
    r"in what (?:ways|areas|fields)|how (?:do|does|did|can)|why)\b|"
    # "which large firms have", but not "which bus goes to"
    rf"\b(?:which|what) (?!{_SMALL}\b)(?:[a-z]{{2,30}}(?<![siu])s\b(?!['’])|"
    rf"[\w’-]{{2,30}} (?!{_SMALL}\b)[a-z]{{2,30}}(?<![siu])s\b"
    r"(?!['’]| (?:to|the|a|an|in|on|at|from)\b))|"
    r"\b(?:and|or) (?:who|what|when|where|why|how)\b"
)
