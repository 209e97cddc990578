"""Sentences of an article that address a language model instead of its reader.

They are left out of what a model is shown. This is no defence by itself, for there is no end of
ways to say it: what holds is that nothing unsupported is shown. It saves a small model from being
led astray, and so its answer from being dropped.
"""

from __future__ import annotations

import re

_PATTERNS = (
    # Tags and labels of roles, as chat templates and prompts write them.
    r"<\|[^|]{1,40}\|>|</?(?:system|assistant|user|instructions?|prompt)\b[^>]*>|\[/?(?:INST|SYS)\]",
    r"<<SYS>>|(?:^|\n|#)\s*(?:system|assistant|developer)(?: (?:prompt|message|note))?\s*:",
    # What is written to a model about what it was told.
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?|rules|"
    r"guidelines|context|quotes|above|previous|prior|everything)\b",
    r"\b(?:new|updated|following|hidden|secret) instructions?\b|\bsystem prompt\b|"
    r"\byour (?:instructions|prompt|guidelines|training)\b",
    # The model itself, and what it is to write.
    r"\b(?:as|dear|attention|note to|you are)\b.{0,15}\b(?:an? |the )?(?:ai|llm|chat ?bot|"
    r"language model|assistant)\b",
    r"\b(?:answer|reply|respond|output|print|say|write|repeat)\b.{0,20}\b(?:only|exactly|nothing "
    r"but|with the (?:word|phrase|text)|verbatim|the following)\b.{0,20}[:“\"'‘]",
    r"!\[[^\]]{0,200}\]\(|\]\(\s*(?:https?:|javascript:|data:|//)",
)
_COMPILED = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE)


def addresses_model(text: str) -> bool:
    """Whether a sentence reads like an instruction to a model, or like one's markup."""
    return bool(_COMPILED.search(text))
