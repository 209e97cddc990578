"""The tables behind the reading of conversations: words that decide what points where."""

from __future__ import annotations

import re

AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)"
)

ATTRIBUTES = frozenset(
    ("price", "cost", "value", "weight", "speed", "size", "name", "date", "number", "amount",
     "reason", "cause", "result", "impact", "range", "length", "height", "width", "depth", "age",
     "population", "area", "budget", "purpose", "share", "percentage", "temperature", "capacity",
     "title", "duration", "deadline", "status", "location", "colour", "color", "salary", "score")
)  # fmt: skip
"""Nouns that say little without what they belong to."""

PERSONS = frozenset(
    ("president", "minister", "king", "queen", "man", "woman", "author", "director", "ceo",
     "founder", "pilot", "captain", "coach", "player", "singer", "actor", "actress", "scientist",
     "artist", "writer", "senator", "governor", "mayor", "judge", "chairman", "chairwoman",
     "spokesman", "spokeswoman", "leader", "chief", "head", "boss", "driver", "winner", "inventor",
     "architect", "engineer", "general", "chancellor", "doctor", "teacher", "lawyer", "editor")
)  # fmt: skip

# Verbs as they follow "did the company": where the noun phrase ends.
VERBS = frozenset(
    """
    accept accuse achieve acquire act add admit agree aim allow announce appear apply approve argue
    arrest arrive ask attack attend ban become begin believe belong block borrow break bring build
    burn buy call cancel carry catch cause change charge choose claim close collapse collect come
    compare complete confirm consider consist contain continue contribute control cost create cross
    cut deal decide declare defeat defend deliver demand deny describe design destroy develop die
    disappear discover drop earn elect employ end enter establish exist expand expect explain
    export face fail fall fight fill find finish flow fly follow form found gain get give go grow
    happen have help hire hit hold hope import improve include increase introduce invade invent
    invest invite join keep kill know last launch lay lead learn leave lend let lie like live lose
    make manufacture marry mean meet merge move name need offer open operate oppose order own pass
    pay plan play postpone predict prepare prevent produce promise propose protect prove provide
    publish raise reach receive recommend reduce refuse reject release rely remain remove rename
    repair replace report represent resign respond resume return reveal rise run say see seek sell
    send serve settle shut sign sink solve speak spend spread stand start stay steal stop strike
    sue suffer suggest support surrender survive take teach tell think threaten train travel try
    turn use violate visit vote want warn wear weigh win withdraw work worry write
    """.split()  # noqa: SIM905 - one word a line would fill pages
)

# Words that tell a name from a person's.
ORGANISATION = re.compile(
    r"\b(?:Corporation|Corp|Company|Inc|Ltd|Group|University|College|Institute|Agency|Ministry|"
    r"Department|Bank|Party|Union|Council|Court|Committee|Commission|Association|Club|Museum|"
    r"Airlines?|Airways|Motors?|Industr\w+|Systems|House|Cup|Olympics?|Games|League|Street|River|"
    r"Lake|Mount|Bridge|Tower|Sea|Ocean|Island|Islands|City|State|States|Kingdom|Republic|War|"
    r"Act|Treaty|Prize|Award|Airport|Station|Stadium|Park|Hospital|School|Church|Times|News|"
    r"New|North|South|East|West|United|Saudi|San|Santa|Los|Las|Hong|Sri|World|European|Great)\b"
)

# "it" that stands for nothing: "Is it true that", "What does it take to become a pilot?".
EXPLETIVE = re.compile(
    r"it\s+(?:(?:is|was|be)\s+)?(?:\w+\s+){0,2}?(?:true|possible|legal|safe|necessary|likely|clear|"
    r"known|important|easy|hard|difficult|normal|fair|raining|snowing|common|better|okay)\s+"
    r"(?:that|to|for|if|when)\b|it\s+(?:(?:is|was)\s+)?(?:\w+\s+){0,3}?that\b|"
    r"it\s+(?:take|cost|mean|feel|require)s?\s+(?:[\w’'-]+\s+){0,3}?to\s+\w+\s+\w+|"
    r"it\s+(?:like\s+)?to\s+\w+|it\s+(?:matter|snow|rain|raining|snowing)s?\b",
    re.IGNORECASE,
)

# "this week" points at the calendar, "this kind of" at what follows.
TIMELY = frozenset(
    ("day", "days", "week", "weeks", "weekend", "month", "months", "year", "years", "time", "times",
     "morning", "evening", "summer", "winter", "spring", "autumn", "season", "decade", "century",
     "kind", "sort", "type", "way", "point", "moment")
)  # fmt: skip

# The words of a fragment that ask but bring no topic: "Who else?", "How many exactly?".
ASKING_WORDS = frozenset(
    ("who", "whom", "whose", "what", "which", "when", "where", "why", "how", "exactly", "else",
     "more", "much", "many", "often", "long", "old", "far", "soon", "heavy", "big", "large", "tall",
     "high", "fast", "deep", "wide", "tell", "details", "detail", "explain", "elaborate", "go",
     "anything", "something", "really", "sure", "please", "come")
)  # fmt: skip
