"""Names of languages, in English and in the language itself, to ISO 639-1 codes."""

from __future__ import annotations

import re

# The languages news is most often published in; an unknown name gives no code.
_NAMES = {
    "ar": "arabic ara العربية عربي",
    "bg": "bulgarian bul български",
    "bn": "bengali bangla ben বাংলা",
    "ca": "catalan cat català",
    "cs": "czech ces cze čeština česky",
    "da": "danish dan dansk",
    "de": "german deu ger deutsch",
    "el": "greek ell gre ελληνικά",
    "en": "english eng",
    "es": "spanish spa español castellano",
    "et": "estonian est eesti",
    "fa": "persian farsi fas per فارسی",
    "fi": "finnish fin suomi",
    "fr": "french fra fre français",
    "he": "hebrew heb עברית",
    "hi": "hindi hin हिन्दी हिंदी",
    "hr": "croatian hrv hrvatski",
    "hu": "hungarian hun magyar",
    "id": "indonesian ind",
    "it": "italian ita italiano",
    "ja": "japanese jpn 日本語",
    "ko": "korean kor 한국어",
    "lt": "lithuanian lit lietuvių",
    "lv": "latvian lav latviešu",
    "ms": "malay msa may melayu",
    "nl": "dutch nld dut nederlands",
    "no": "norwegian nor norsk bokmål",
    "pl": "polish pol polski",
    "pt": "portuguese por português",
    "ro": "romanian ron rum română",
    "ru": "russian rus русский",
    "sk": "slovak slk slo slovenčina",
    "sl": "slovenian slovene slv slovenščina",
    "sr": "serbian srp srpski српски",
    "sv": "swedish swe svenska",
    "sw": "swahili swa kiswahili",
    "th": "thai tha ไทย",
    "tr": "turkish tur türkçe",
    "uk": "ukrainian ukr українська",
    "ur": "urdu urd اردو",
    "vi": "vietnamese vie việt",
    "zh": "chinese zho chi mandarin 中文 汉语 简体中文 繁體中文",
}
CODES: dict[str, str] = {name: code for code, names in _NAMES.items() for name in names.split()}
# "en", "en-GB", "pt_BR", "zh-Hant-TW"
_TAG = re.compile(r"(?P<code>[a-z]{2,3})(?:[-_][a-z0-9]{1,8})*", re.IGNORECASE)


def normalise_language(value: object) -> str:
    """The ISO 639-1 code of a language tag or a language's name; empty if it is neither."""
    text = value.strip().casefold() if isinstance(value, str) else ""
    if text in CODES:
        return CODES[text]
    found = _TAG.fullmatch(text)
    if not found:
        return ""
    code = found["code"]
    return code if len(code) == 2 else CODES.get(code, "")
