"""Which single lines are surely no part of a story: prompts, links, credits, notices.

Precision over recall, as a line that is taken away can never be quoted: a rule holds for a line
as a whole, each sentence of it must be a prompt of its own, and a line that attributes something
to someone, or is longer than a prompt ever is, stays.
"""

from __future__ import annotations

import re

from rag.boilerplate_phrases import AGENCIES, ALONE, CREDITED
from rag.languages import CODES

# Longer lines are paragraphs. Also what keeps the rules linear: none sees more than this.
MAX_LINE_CHARACTERS = 400
# Longer headlines are whole sentences, which could be facts.
MAX_TEASER_CHARACTERS = 160

# Arrows, emphasis and invisible marks around a prompt; a list's bullet says something of its own.
_AROUND = " \t\xa0\u200b\u200e\u200f\ufeff►▶▸»>→*_#"
_BULLET = re.compile(r"(?:[-+•·‣◦–]|\*(?!\*)|\d{1,3}[.)])\s+")
_ENDS = " .:!…>»→"
_CLOSERS = "\"'”’»)]"
_SPACES = re.compile(r"[\s\u200b]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
# Someone's statement has content of its own: «"We use cookies," he said».
_ATTRIBUTION = re.compile(
    r"\b(?:said|says|told|according|announced|reported|claimed|sagte|laut|dijo|según|selon)\b"
    r"|[\"“”„«][^\"“”«»]{0,200},[\"”“»]"
)

_SITES = (
    r"(?:facebook|twitter|x|linked ?in|whats ?app|reddit|pinterest|telegram|instagram|e-?mail"
    r"|tumblr|you ?tube|tik ?tok|threads|bluesky|mastodon|flipboard|messenger|pocket|wechat|weibo"
    r"|google(?: news| plus|\+)?|apple (?:news|podcasts)|spotify|social media)"
)
_SITE_LIST = rf"{_SITES}(?:(?:,? (?:and|or|und|et|y|e) |, ?| ?/ ?){_SITES})*"
_LETTER = (
    r"\b(?:news ?letters?|in-?box|mailing list|daily (?:digest|briefing)|weekly (?:digest|briefing)"
    r"|infolettre|boletín|boletim)\b"
)
_ALERTS = r"\b(?:e-?mail|text|push|news|breaking) ?(?:news )?alerts?\b"
_SUBSCRIBED = r"(?:sign up|subscribe|register|join|get|receive|don't miss|never miss)\b"
_ASK = r"(?:please )?(?:click (?:here )?to )?"
_SHARE_VERB = (
    r"(?:share|tweet|pin|e-?mail|print|post|send|partager|teilen|compartir|condividi|compartilhar)"
)

_SHARE = re.compile(
    rf"(?:click (?:here )?to )?{_SHARE_VERB}(?: (?:this|it|a link))?"
    rf"(?: (?:article|story|post|page|link))?"
    rf" (?:on|via|to|by|with|sur|auf|en|per|su|no) (?:a friend|{_SITES}\b)"
    r"(?: \(opens in (?:a )?new (?:window|tab)\))?"
)
_AVAILABLE = re.compile(
    r"(?:this (?:post|article|story|page|content) is (?:also )?available in"
    r"|cet article est (?:aussi|également) disponible en"
    r"|dieser (?:artikel|beitrag) ist auch (?:verfügbar )?(?:auf|in)"
    r"|est[ea] (?:artículo|entrada|artigo|post) (?:también )?est[aá] (?:também )?"
    r"(?:también )?dispon(?:ible|ível) (?:también )?(?:en|em)"
    r"|questo articolo è (?:anche )?disponibile (?:anche )?in"
    r"|эта статья также доступна на|available in|read (?:this )?(?:article |story )?in|leer en"
    r"|lire en)(?P<colon> ?:)?(?P<rest> ?.{2,80})"
)
_TEASER = re.compile(
    r"(?:read more|read also|also read|read next|more|related|see also|also see|see more"
    r"|related (?:story|stories|article|articles|coverage|news)|learn more|recommended reading"
    r"|don't miss|more on this|you may also like|lire aussi|à lire aussi|lesen sie auch"
    r"|mehr zum thema|lee también|lea también|te puede interesar|leia mais|leia também"
    r"|leggi anche|lees ook|läs också|läs även|читайте также|przeczytaj też|les også|læs også"
    r"|اقرأ أيضا) ?[:|] ?.+"
)

_PROMPTS = (
    # Newsletters. Dates and sums make a fact of it: "Register by May 5 to get text alerts".
    rf"{_ASK}{_SUBSCRIBED}(?!.*\d{{2}})(?!.*[$€£%]).{{0,120}}{_LETTER}.{{0,80}}",
    rf"{_ASK}{_SUBSCRIBED}(?!.*\d).{{0,80}}{_ALERTS}.{{0,60}}",
    rf"{_ASK}(?:sign up|subscribe)(?: now| today| here| for free)*(?: (?:on|via) {_SITE_LIST})?",
    r"support (?:local|independent|quality) journalism"
    r"(?:(?: and|[:,]) (?:subscribe|become a (?:digital )?subscriber)[^\d$€£%]{0,60})?",
    rf"{_ASK}(?:subscribe|become a (?:digital )?subscriber) (?:to|of|at)\b[^\d$€£%]{{2,80}}",
    r"(?:inscrivez-vous|abonnez-vous|abonnieren sie|jetzt abonnieren|suscríbete|suscríbase"
    r"|inscreva-se|iscriviti|подпишитесь|подписывайтесь|schrijf je in)\b[^\d$€£%]{0,80}",
    r"(?:thank you|thanks) for (?:reading|subscribing|signing up)",
    r"(?:you can )?unsubscribe (?:at any time|anytime|here)",
    # Following.
    rf"(?:you can )?(?:follow|like|find|join|connect with) (?:us|me|him|her|them) on {_SITE_LIST}\b"
    r"[^.!?]{0,60}",
    r"(?:follow|like|find|join) us on\b[^.!?\d]{0,60}",
    rf"follow [^.!?]{{2,60}} on {_SITE_LIST}(?: ?:? ?(?:at )?@[\w.]+)?",
    r"(?:síguenos|suivez-nous|folgen sie uns|seguici|siga-nos|следите за нами)\b[^\d]{0,60}",
    # Cookies and consent.
    r"(?:we(?: and our partners)?|this (?:web)?site|our (?:web)?site|\w+\.\w{2,6}) uses? (?:\w+ )?"
    r"cookies(?: .{0,120}\b(?:experience|traffic|browser|browsing|ads?|advertising|content"
    r"|personali[sz]e|analy[sz]e|(?:web)?site|services|policy|settings|preferences)\b.{0,60})?",
    r"by (?:continuing|using|clicking|browsing|signing up|subscribing|submitting)\b.{0,120}"
    r"\byou (?:agree|accept|consent|acknowledge)\b.{0,120}",
    r"(?:please )?(?:accept|enable|manage)(?: \w+){0,2} (?:cookies|javascript)"
    r"(?: (?:to|in|on|for) .{0,80})?",
    r"(?:please )?(?:read|see) our (?:cookie|privacy) (?:policy|notice).{0,40}",
    # Rights.
    r"(?:© ?|\(c\) ?(?=\d{4})|copyright (?:© ?|\(c\) ?)?(?=\d{4})|copyright ©).{0,120}",
    r".{0,60}\ball rights reserved",
    r"(?:this material|this content|this article|no part of .{2,60}) may not be"
    r" (?:published|broadcast|reproduced|copied|rewritten).{0,120}",
    # Counts and reading times.
    r"\(?(?:\d[\d.,]*[km]?|no) (?:comments?|shares?|likes?|views?|kommentare|commentaires?"
    r"|comentarios?|комментари\w+)\)?",
    r"comments? ?\(\d[\d.,]*\)",
    r"(?:estimated )?reading time:? \d{1,2} ?min(?:ute)?s?",
    r"\d{1,2} ?-?min(?:ute|uten|utes|utos)?s? (?:read|lesezeit|de lecture|de lectura)",
    # The page speaking of itself.
    r"\(?(?:this )?(?:story|article) continues (?:below|after) [\w ]{2,30}\)?",
    r"(?:click|tap) here (?:to|for) (?:subscribe|sign up|read|view|see|share|more|join|follow)\b"
    r"[^\d]{0,60}",
    r"(?:for )?more [\w .&'-]{1,40}: ?https?://\S+(?:(?: and|,) https?://\S+)*",
)
_PROMPT = re.compile("|".join(f"(?:{prompt})" for prompt in _PROMPTS))

_CREDIT = re.compile(
    r"\(?(?P<kind>photo|photos|image|images|photograph|foto|fotos|credit)"
    r"(?: credits?| courtesy)?(?: ?: ?(?:by )?| by | courtesy of )(?P<who>.{2,80}?)\)?",
    re.IGNORECASE,
)
# Written small inside names and between them.
_PARTICLES = frozenset(
    {
        *("and", "of", "for", "the", "via", "by", "de", "la", "le", "van", "von"),
        *("der", "den", "di", "da", "dos", "el", "al", "y", "et"),
    }
)
MAX_CREDIT_WORDS = 9


def is_boilerplate_line(line: str) -> bool:
    """Whether the line, as a whole, is a prompt, link, credit, notice or ornament of its page.

    Knows nothing of the line's neighbours. The time it takes is bounded for lines of any length.
    """
    if len(line) > MAX_LINE_CHARACTERS:
        return False
    shown = _SPACES.sub(" ", line).strip()
    bullet = _BULLET.match(shown)
    shown = shown[bullet.end() if bullet else 0 :].strip(_AROUND)
    if not any(character.isalnum() for character in shown):
        return bool(line.strip())
    if not bullet and _is_credit(shown):
        return True
    folded = fold(shown)
    if folded.strip(_ENDS) in ALONE or _is_teaser(folded):
        return True
    if _ATTRIBUTION.search(folded):
        return False
    return _is_available(folded) or _is_prompt(folded)


def fold(text: str) -> str:
    """Lower case, single spaces and straight apostrophes: how phrases are compared."""
    return _SPACES.sub(" ", text).strip().casefold().replace("’", "'")


def _is_prompt(folded: str) -> bool:
    """Whether every sentence of the line is a prompt; one that is not keeps the whole line."""
    bare = folded[1:-1] if folded.startswith("(") and folded.endswith(")") else folded
    return all(_is_prompt_sentence(part.strip(_ENDS)) for part in _SENTENCE_END.split(bare))


def _is_prompt_sentence(sentence: str) -> bool:
    if not sentence or sentence in ALONE or _PROMPT.fullmatch(sentence):
        return True
    rest, shares = _SHARE.subn("", sentence)
    return bool(shares) and not any(character.isalnum() for character in rest)


def _is_teaser(folded: str) -> bool:
    """A prefix and another page's headline; a full stop makes a sentence of it, which stays."""
    if len(folded) > MAX_TEASER_CHARACTERS or folded.rstrip(_CLOSERS).endswith((".", "。")):
        return False
    return bool(_TEASER.fullmatch(folded))


def _is_available(folded: str) -> bool:
    """The rest must be names of languages: "available in stores from May" is a fact."""
    found = _AVAILABLE.fullmatch(folded)
    if not found:
        return False
    names = [name.strip("(),.;:/•·|") for name in re.split(r"[\s,/|•·]+", found["rest"])]
    others = [n for n in names if n and n not in CODES and n not in _PARTICLES]
    # A plugin writes each language's own name and code run together: "heעברית (Hebrew)".
    allowed = 1 if found["colon"] else 0
    return len(others) <= allowed and any(name in CODES for name in names)


def _is_credit(shown: str) -> bool:
    """Only names, "Photo: Ana Lima/Reuters": a caption that tells something stays."""
    found = _CREDIT.fullmatch(shown)
    if found:
        named = found["kind"].casefold() != "credit" or _ends_in(CREDITED, found["who"])
        return named and _is_names(found["who"])
    bare = shown.strip("()")
    if bare.casefold() in AGENCIES:
        return True
    return "/" in bare and _ends_in(CREDITED, bare) and _is_names(bare)


def _ends_in(agencies: frozenset[str], text: str) -> bool:
    return text.rpartition("/")[2].strip().casefold() in agencies


def _is_names(text: str) -> bool:
    words = text.replace("/", " ").replace(",", " ").split()
    if not 0 < len(words) <= MAX_CREDIT_WORDS or text.endswith((".", "!", "?")):
        return False
    return all(w[0].isupper() or not w[0].isalnum() or w.casefold() in _PARTICLES for w in words)
