"""Exports hold every quote with its offsets, and nothing of an article acts in them."""

from __future__ import annotations

import html
import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_answers import hostile_answers, plain_answer
from markdown_it import MarkdownIt

from rag.escaping import escape_markdown
from ui.conversations import Kept
from ui.exporting import MEDIA_TYPES, export, file_name

TIME = "2026-11-25T10:00:00+00:00"


def kept(*answers: object, title: str = "The bridge") -> Kept:
    return Kept("0123456789abcdef", title, TIME, TIME, 1, answers)  # type: ignore[arg-type]


HOSTILE = kept(*hostile_answers(), title=hostile_answers()[0].question)
PLAIN = kept(plain_answer(), plain_answer("Who?", "Lena Foss did."))


class Elements(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def elements(page: str) -> Elements:
    found = Elements()
    found.feed(page)
    return found


@pytest.mark.parametrize("form", sorted(MEDIA_TYPES))
def test_every_form_holds_every_quote_with_its_offsets(form: str) -> None:
    text = html.unescape(export(PLAIN, form)).replace("\\", "")
    for needed in ("The bridge", "Courier", "2023-05-14", "bridge.txt", "10", "21", "Lena Foss"):
        assert needed in text, needed
    one = export(PLAIN, form, 1)
    assert "Lena Foss" in one
    assert "How long" not in one
    with pytest.raises(IndexError):
        export(PLAIN, form, 2)


def test_json_is_what_the_command_line_prints_of_each_answer() -> None:
    from rag.deserialising import answer_from_dict

    values = json.loads(export(HOSTILE, "json"))
    assert tuple(answer_from_dict(answer) for answer in values["answers"]) == HOSTILE.answers


def test_html_of_a_hostile_article_is_inert_and_complete() -> None:
    page = export(HOSTILE, "html")
    found = elements(page)
    assert not {"script", "img", "iframe", "link", "base", "form", "object", "svg"} & set(
        found.tags
    )
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    for name, value in found.attributes:
        assert name not in ("href", "src") or value.startswith("#"), (name, value)
    assert "<img src=x onerror=" in found.text
    assert "default-src 'none'" in dict(found.attributes)["content"] or "default-src" in page


def test_markdown_of_a_hostile_article_is_inert_and_complete() -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(export(HOSTILE, "md"))
    inner = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inner)}
    assert not kinds & {"html_block", "html_inline", "image", "link_open", "code_inline", "fence"}
    assert "table_open" not in kinds
    shown = "".join(child.content for child in inner)
    assert "<img src=x onerror=" in shown
    assert "![pixel](http://203.0.113.9/p.png)" in shown


@given(st.text(max_size=60))
def test_escaped_markdown_shows_the_text_and_means_nothing(text: str) -> None:
    escaped = escape_markdown(text)
    tokens = MarkdownIt("commonmark").parse(f"x {escaped}")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert all(child.type == "text" for child in tokens[1].children or ())
    alone = MarkdownIt("commonmark").parse(escaped)
    assert {token.type for token in alone} <= {"paragraph_open", "inline", "paragraph_close"}


def test_markdown_keeps_plain_sentences_readable() -> None:
    plain = "The take-off weight is 4.5 tonnes, said Mr. Foss. It's 4,200 “long”?"
    assert escape_markdown(plain) == plain
    assert escape_markdown("2011. Then") == "2011\\. Then"


def test_names_are_plain_and_never_empty() -> None:
    assert file_name(PLAIN, "md") == "footnote-the-bridge.md"
    assert file_name(PLAIN, "html", 1) == "footnote-who.html"
    assert file_name(kept(plain_answer(), title="桥"), "json") == "footnote-0123456789abcdef.json"
    name = file_name(HOSTILE, "md")
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
