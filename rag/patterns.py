"""The tables behind ``rag.phrases``: how English writes dates, amounts, measures and names.

Every repetition is bounded and no two neighbours can match the same text in many ways, so that
matching stays linear in the text: articles hold lines of megabytes.
"""

from __future__ import annotations

import unicodedata

# --- numbers

_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_TEENS = (
    "zero|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|"
    f"(?:{_TENS})[-\\s](?:{_UNITS})|{_TENS}|{_UNITS}"
)
_SCALE = "hundred|thousand|million|billion|trillion|dozen"
_WORD_NUMBER = (
    rf"(?:(?:half\s)?an?\s(?:{_SCALE})|(?:a\s)?dozen|"
    r"(?:tens|dozens|hundreds|thousands|millions|billions)\sof\s(?:thousands|millions|billions)|"
    r"(?:dozens|hundreds|thousands|millions|billions)|"
    rf"(?:{_TEENS})(?:\sand\sa\shalf)?(?:[-\s](?:{_SCALE})(?:(?:\sand)?\s(?:{_TEENS}))?){{0,4}})"
    r"(?!\w)"
)
_DIGITS = r"(?:\d{1,3}(?:,\d{3}){1,6}|\d{1,15})(?:\.\d{1,15})?(?!\d)"
_SCALED = rf"(?:[-\s](?:{_SCALE}|bn|mn)\b|(?:bn|mn|tn|m|k)\b)?"
_NUMBER = rf"(?:[-−+]?{_DIGITS}{_SCALED}|{_WORD_NUMBER})"
_QUALIFIER = (
    r"(?:(?:(?:more|less|fewer|higher|greater) than|no (?:more|fewer|less) than|at least|at most|"
    r"as (?:many|much) as|up to|about|around|nearly|almost|over|under|roughly|approximately|some|"
    r"an estimated|only|just)\s)?"
)
_RANGE = (
    rf"(?:between\s{_NUMBER}\sand\s{_NUMBER}|{_QUALIFIER}{_NUMBER}(?:\s?[-–]\s?{_NUMBER}|"
    rf"\s(?:to|or)\s{_NUMBER})?)"
)
# Not inside a word, a decimal or a designation: "F-16", "COVID-19", "3.14", "9/11".
_STARTS = r"(?<!\w)(?<!\w[-‐–/])(?<!\d[.,:])"

_FRACTION = (
    rf"(?:(?:{_UNITS})[-\s](?:third|quarter|fifth|sixth|seventh|eighth|ninth|tenth)s?|"
    r"(?:a|the) (?:third|quarter|fifth|tenth) of|(?:over|about|nearly|almost|than) half(?! an?\b)|"
    rf"half of|(?:{_UNITS}) in (?:every )?(?:{_TEENS}|\d{{1,3}}(?!\d)))\b"
)
PERCENT = (
    rf"{_STARTS}(?:{_RANGE}(?:\s?%|[-\s]?(?:percent(?:age points?)?|per cent|pct)\b)|"
    rf"{_QUALIFIER}{_FRACTION})"
)

# --- money

_SIGN = r"(?:US|AU|NZ|HK|CA|[ACSRN])?[$€£¥₪₹₽₩]"
# The names that are also other things ("20 won", "three crowns") count only after a scale.
_CURRENCY = (
    r"(?:(?:U\.?S\.? |American |Australian |Canadian |Hong Kong )?dollars?|cents?|euros?|"
    r"pounds? sterling|yuan|renminbi|yen|roubles?|rubles?|rupees?|shekels?|francs?|pesos?|"
    r"dirhams?|rand|riyals?|lira|zloty|kronor|kroner|rupiah|USD|EUR|GBP|CNY|RMB)"
)
MONEY = (
    rf"(?<!\w){_QUALIFIER}(?:between\s)?{_SIGN}\s?{_DIGITS}{_SCALED}"
    rf"(?:(?:\s?[-–]\s?|\s(?:to|and)\s(?={_SIGN})){_SIGN}?\s?{_DIGITS}{_SCALED})?|"
    rf"{_STARTS}{_RANGE}[-\s]{_CURRENCY}\b|"
    rf"{_STARTS}{_RANGE}(?<=lion) (?:pounds|won|crowns)\b|"
    rf"(?<!\w)(?:USD|EUR|GBP|CNY|RMB)\s?{_DIGITS}{_SCALED}"
)

# --- time

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_CLEAR_MONTH = r"(?:January|February|July|September|October|November|December)"
_SEASON = r"(?:spring|summer|autumn|fall|winter)"
_WEEKDAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_YEAR = r"(?:1\d{3}|20\d{2})(?!\d)"
_DAY_OF_MONTH = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?!\w)"
_ERA = r"\s?(?:BCE|BC|CE|AD|B\.C\.|A\.D\.)(?!\w)"
_LEAD = (
    r"(?:(?:the )?(?:(?:end|beginning|start|middle|close|turn|spring|summer|autumn|fall|winter|"
    rf"(?:first|second|third|fourth) (?:quarter|half)) (?:of )?(?:the )?|"
    rf"{_SEASON} |(?:late|early|mid)[-\s](?:the )?))?"
)
_ORDINAL = (
    r"(?:\d{1,2}(?:st|nd|rd|th)|(?:twenty[-\s])?(?:first|second|third|fourth|fifth|sixth|seventh|"
    r"eighth|ninth)|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth)"
)
_TIME_UNIT = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|century|centuries)"
_ZONE = r"(?: (?:GMT|UTC|EST|EDT|CET|BST|PST|PDT|ET|PT|local time)\b)?"
_AFTER_PREPOSITION = (
    r"(?:(?<=\bin )|(?<=\bof )|(?<=\bby )|(?<=\bsince )|(?<=\buntil )|(?<=\bfrom )|(?<=\bto )|"
    r"(?<=\bduring )|(?<=\bbefore )|(?<=\bafter )|(?<=\blate )|(?<=\bearly )|(?<=\bmid-)|"
    r"(?<=\blast )|(?<=\bnext ))"
)
# "1800 soldiers" is a count, "1800" alone a year.
_COUNTED = (
    r"(?![-\s](?:people|persons|men|women|children|soldiers|troops|workers|employees|staff|jobs|"
    r"students|homes|houses|votes|seats|tickets|cars|ships|planes|patients|cases|deaths|miles|"
    r"kilomet\w+|met(?:re|er)s?|feet|tonn?es|tons|kg|km|pounds|euros|dollars|square|metric|cubic))"
)
_DATES = (
    rf"{_LEAD}(?:{_WEEKDAY},? )?(?:the )?{_DAY_OF_MONTH} (?:of )?{_MONTH}(?:,? {_YEAR})?(?!\w)",
    rf"{_LEAD}(?:{_WEEKDAY},? )?{_MONTH} (?:the )?{_DAY_OF_MONTH}"
    rf"(?:\s?[-–]\s?{_DAY_OF_MONTH})?(?:,? {_YEAR})?(?!\w)",
    rf"{_LEAD}{_MONTH},?(?: of)? {_YEAR}",
    rf"{_YEAR}-\d\d-\d\d(?!\d)",
    r"\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2})(?!\d)",
    rf"{_YEAR}\s?[-–/]\s?(?:{_YEAR}|\d\d(?!\d))",
    rf"{_LEAD}(?:the )?{_YEAR}s\b",
    rf"{_LEAD}(?:the )?['’]\d0s\b",
    rf"{_LEAD}(?:the )?{_ORDINAL}(?: (?:and|to) {_ORDINAL})? centur(?:y|ies)(?:{_ERA})?",
    rf"(?:AD|A\.D\.) ?\d{{1,4}}(?!\w)|\d{{1,5}}{_ERA}",
    rf"Q[1-4],? {_YEAR}",
    rf"\d{{1,2}}(?:[:.]\d\d)?\s?(?:a\.m\.|p\.m\.|[ap]m\b){_ZONE}",
    rf"\d{{1,2}}:\d\d(?::\d\d)?(?![\d:]){_ZONE}",
    rf"{_QUALIFIER}(?:{_NUMBER}|a|an|several|a few) {_TIME_UNIT} (?:ago|earlier|later)\b",
    rf"(?:last|next|this|late|early|the (?:following|previous)) "
    rf"(?:week|weekend|month|year|decade|century|{_SEASON}|{_WEEKDAY}|{_MONTH})(?!\w)",
    rf"(?:yesterday|today|tomorrow|tonight|noon|midnight)\b|{_WEEKDAY}s?(?: (?:morning|afternoon|"
    r"evening|night))?\b",
    rf"{_LEAD}(?:1[89]\d\d|20\d\d)(?!\w)(?![.,:]\d){_COUNTED}",
    rf"{_LEAD}{_AFTER_PREPOSITION}{_YEAR}(?!\w)(?![.,:]\d){_COUNTED}",
    rf"{_CLEAR_MONTH}\b|{_AFTER_PREPOSITION}{_MONTH}(?!\w)",
)
DATE = rf"(?<!\w)(?<!\d[.,:/])(?:{'|'.join(_DATES)})"
DURATION = (
    rf"{_STARTS}{_RANGE}[-\s]{_TIME_UNIT}(?:[-\s]old)?\b|"
    r"(?<!\w)(?:aged \d{1,3}(?!\d)|half an hour|"
    rf"(?:several|many|a few|a couple of) {_TIME_UNIT}\b|"
    rf"(?:(?:more|less) than|nearly|almost|over|under|about|around|half) an? {_TIME_UNIT}\b)|"
    r"(?:(?<=\bfor )|(?<=\bwithin )|(?<=\bin )|(?<=\btook )|(?<=\btakes )|(?<=\blasted ))"
    rf"(?:an? {_TIME_UNIT}|decades|centuries)\b"
)

# --- measures

_LENGTH = (
    r"kilomet(?:re|er)s?|met(?:re|er)s?|centimet(?:re|er)s?|millimet(?:re|er)s?|miles?|yards?|"
    r"feet|foot|ft|inch(?:es)?|light[-\s]years?|km|cm|mm|nm"
)
_OTHER_UNIT = (
    r"acres?|hectares?|lit(?:re|er)s?|gallons?|barrels?|bushels?|pints?|tonnes?|tons?|kilograms?|"
    r"kilos?|grams?|milligrams?|pounds?|lbs?|ounces?|kg|mg|degrees?(?: (?:Celsius|Fahrenheit))?|"
    r"°\s?[CF]?|mph|kph|km/h|km/s|m/s|knots?|watts?|kilowatts?|megawatts?|gigawatts?|kW|MW|GW|TW|"
    r"(?:kilo|mega|giga|tera)?watt[-\s]hours?|[kMGT]Wh|volts?|amps?|(?:kilo|mega|giga)?hertz|"
    r"[kMG]?Hz|decibels?|horsepower|bits?|bytes?|(?:kilo|mega|giga|tera)bytes?|[KMGT]B|calories|"
    r"votes?|seats?|points?|goals?|runs|wickets"
)
_PER = r"(?: (?:per|an?) (?:second|minute|hour|day|week|month|year|capita|person)\b|/(?:h|s)\b)?"
_UNIT = rf"(?:(?:square|cubic|nautical|metric) )?(?:{_LENGTH}|{_OTHER_UNIT})(?:[²³]|(?!\w)){_PER}"
MEASURE = (
    rf"{_STARTS}(?:\d{{1,2}}[-\s]?(?:ft|feet|foot)[-\s]\d{{1,2}}(?:[-\s]?(?:in|inch|inches))?\b|"
    rf"{_RANGE}[-\s]?{_UNIT}|"
    rf"\d{{1,5}}(?:\.\d{{1,3}})?\s?m\b(?= (?:sprint|race|dash|high|tall|long|wide|deep|above|below|"
    rf"freestyle|hurdles|from|away)\b))"
)
# "one" alone is more often a pronoun than a count.
NUMBER = rf"{_STARTS}(?!(?:only |just )?one\b(?![-\s](?:{_SCALE})\b)){_RANGE}(?:st|nd|rd|th)?(?!\w)"

# --- names

# Capitals of the alphabets that have them: Latin, Greek, Cyrillic, Armenian.
_CAPITALS = "".join(
    c for c in map(chr, (*range(0x41, 0x590), *range(0x1E00, 0x2000))) if c.isupper()
)
# Accents written apart from their letter, as in file names and texts of macOS.
_MARKS = "".join(c for c in map(chr, range(0x300, 0x370)) if unicodedata.category(c) == "Mn")
_WORD = rf"[{_CAPITALS}](?:(?!['’]s\b)(?:[\w{_MARKS}]|[.&’'‐-](?=\w))){{0,60}}"
_TITLE = r"(?:Mr|Mrs|Ms|Dr|St|Gen|Sen|Gov|Lt|Col|Sgt|Prof|Rev|Capt|Maj|Adm|Rep|Mt|Ft|Jr|Sr)\."
_ELEMENT = (
    rf"(?:{_TITLE}(?=\s)|(?:[{_CAPITALS}]\.){{2,5}}(?!\w)|[{_CAPITALS}]\.(?=\s[{_CAPITALS}])|"
    rf"(?:al|el|as|ash|ar|an|bin|ibn|abu|[ei]|[dl]['’])-?(?=[{_CAPITALS}])(?:{_WORD})|{_WORD})"
)
_PARTICLE = (
    r"of(?: the)?|de(?: la| los| las)?|du|del|della|di|da|dos|das|von(?: der)?|van(?: de[rn]?)?|"
    r"der|den|ter|bin|ibn|al|el|la|le|y|upon|&"
)
_EPITHET = r"the\s(?=(?:Great|Terrible|Conqueror|Elder|Younger|Magnificent|Wise|Baptist|Pooh)\b)"
_JOIN = rf"(?:\s(?:(?:{_PARTICLE})\s|{_EPITHET})?|,\s(?=(?:Jr|Sr|Inc|Ltd|LLC|PLC)\b))"
# "and" joins two names, except within the name of an institution.
_INSTITUTION = (
    r"(?:Department|Ministry|Minister|Secretary|Centers?|Centres?|Institutes?|Office|Bureau|"
    r"Agency|Commission|Committee|Faculty|School|College|Museum|Academy)\s(?:of|for)\s(?:the\s)?"
)
_PAIRS = (
    r"Trinidad and Tobago|Bosnia and Herzegovina|Antigua and Barbuda|Turks and Caicos|"
    r"Saint Kitts and Nevis|Food and Drug Administration|Procter and Gamble|Marks and Spencer|"
    r"Johnson and Johnson|Standard and Poor['’]s"
)
NAME = (
    rf"(?<!\w)(?:{_PAIRS}|(?:{_ELEMENT}\s){{0,2}}{_INSTITUTION}{_ELEMENT}"
    rf"(?:(?:\sand)?\s{_ELEMENT}){{0,6}}|{_ELEMENT}(?:{_JOIN}{_ELEMENT}){{0,11}})"
)
# The number belongs to these names: "Boeing 737", "Apollo 11", "Article 50".
NUMBERED_NAME = (
    rf"(?<!\w)(?:{_ELEMENT}\s){{0,3}}(?:Boeing|Airbus|Apollo|Soyuz|Gemini|Voyager|Windows|Formula|"
    r"Article|Section|Chapter|Amendment|Proposition|Resolution|Type|Model|Mark|Route|Highway|"
    r"Interstate|Flight|Channel|Area|Unit|Terminal|Group|Expo|Phase|Catch|Studio|iPhone|Galaxy)"
    rf"\s\d{{1,4}}[A-Z]?(?!\w)(?!,\d)(?:\s{_ELEMENT}){{0,2}}"
)
QUOTE = r'“[^“”]*”|"[^"]*"|«[^«»]*»|(?<!\w)‘[^‘]{2,80}?’(?!\w)'

# --- words

FUNCTION_WORDS = frozenset(
    """
    a about according after again against all also although am among an and another any anyone
    anything are aren't as at be because been before being besides between both but by
    can can't cannot
    could couldn't despite did didn't do does doesn't doing don't done during each either else
    even ever every everyone everything few for from further given had hadn't has hasn't have
    haven't having he he'd he'll he's her hers herself him himself his how however i i'd i'll i'm
    i've if in instead into is isn't it it'll it's its itself last later let's like many may me
    meanwhile might mine more moreover most much must my myself neither next no nobody none nor
    not nothing now of off on once one only onto or other our ours ourselves out over per rather
    said same shall she she'd she'll she's should shouldn't since so some someone something still
    such than that that's the their theirs them themselves then there there's these they they'd
    they'll they're they've this those though through thus to today together too toward towards
    two under unless until up upon us very was wasn't we we'd we'll we're we've were weren't what
    what's when where whether which while who who's whom whose why will with within without won't
    would wouldn't yet you you'd you'll you're you've your yours yourself
    """.split()  # noqa: SIM905 - one word a line would fill pages
)
# Content words that often open a sentence or a request, and then owe it their capital.
OPENERS = frozenset(
    """
    analysts apparently based briefly citing compare currently describe early earlier eventually
    explain finally following former founded generally give hundreds identify including initially
    interestingly just launched list local located long name nearly never nevertheless nonetheless
    officials often originally overall people perhaps please police previously probably recently
    reportedly researchers roughly scientists several similarly sometimes soon summarise summarize
    tell thousands traditionally typically ultimately unfortunately unlike usually
    """.split()  # noqa: SIM905
)
