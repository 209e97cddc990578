"""Marks are whole lines, alter nothing, and take no line that could be a fact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.boilerplate import is_title_line, mark_boilerplate
from rag.boilerplate_rules import is_boilerplate_line
from rag.values import Span

TITLE = "Bridge opens in Porto"
STORY = "The new bridge across the Douro opened on Thursday after four years of work."

PROMPTS = [
    "Advertisement",
    "ADVERTISEMENT",
    "Story continues below advertisement",
    "This post is also available in: heעברית (Hebrew)",
    "This article is also available in Spanish and Portuguese.",
    "Cet article est également disponible en : English",
    "Dieser Artikel ist auch verfügbar auf: English",
    "Available in: English | Español",
    "Share on Facebook",
    "Click to share on Twitter (Opens in new window)",
    "Share on Facebook Share on Twitter Share via Email",
    "* Share this article on LinkedIn",
    "Sign up for our newsletter",
    "Sign up here for our weekly newsletter, and never miss a story.",
    "(Sign up for our newsletter here. You can unsubscribe at any time.)",
    "Subscribe to the Daily Harbor today.",
    "Subscribe to our newsletter. Thanks for reading!",
    "Abonnieren Sie unseren Newsletter",
    "Suscríbete a nuestro boletín",
    "Read more:",
    "Read more: Mayor opens a second bridge",
    "Related: Why did the bridge cost so much?",
    "► More: Ten bridges to see in Porto",
    "Lire aussi : Le maire inaugure un deuxième pont",
    "Lesen Sie auch: Zweite Brücke eröffnet",
    "Lee también: El alcalde abre otro puente",
    "Читайте также: Мэр открыл второй мост",
    "We use cookies to improve your experience on our website.",
    "This website uses cookies. By continuing you agree to our privacy policy.",
    "© 2022 The Daily Harbor. All rights reserved.",
    "Copyright 2022 The Daily Harbor. All rights reserved.",
    "This material may not be published, broadcast, rewritten or redistributed.",
    "AP",
    "Getty Images",
    "(Reuters)",
    "Ana Lima/The Daily Harbor/Getty Images",
    "Photo: Ana Lima / Reuters",
    "Photo by Ana Lima for The Daily Harbor",
    "12 Comments",
    "Comments (3)",
    "1.2k shares",
    "5 min read",
    "Follow us on Twitter and Facebook",
    "Follow Ana Lima on Twitter: @analima",
    "Skip to main content",
    "Leave a comment",
    "Click here to subscribe",
    "_____",
    "* * *",
]

FACTS = [
    STORY,
    "The company shares its profit on Facebook pages.",
    "Subscribers to the newsletter rose to 40,000 in May.",
    "Sign up for the marathon opens on Monday.",
    "Register by May 5 to receive text alerts about the flood.",
    "Sign up for our newsletter, the mayor said.",
    "Sign up for our newsletter. The bill passed 51-49 on Tuesday.",
    "Get the 2021 newsletter for $45 a year.",
    "“We use cookies,” said the mayor.",
    "Grandmother uses cookies as bait for the mice.",
    "By using a loophole in its privacy policy, the firm sold the data.",
    "Copyright law was changed in 1998.",
    "The treaty reserved all rights.",
    "More: the plan also costs five million euros, and begins in May.",
    "Related companies must file a report.",
    "This post is also available in stores from May.",
    "Available in stores from May",
    "Photo: President Silva signs the bill that ends the tax on bread",
    "Photographs of the bridge were shown on Monday.",
    "Reuters reported the deal first.",
    "The mayor opens the bridge. Ana Lima/Reuters",
    "- Reuters",
    "• Facebook",
    "Facebook",
    "Credit: Mastercard",
    "12 comments were submitted to the council.",
    "5 minutes",
    "Follow the river on foot, or on a bicycle.",
    "Home | Away | Draw",
    "Name | Age | City",
    "Gold",
    "600 metres",
    "Length: 600 metres",
    "World",
    "Updated on 5 May: the bridge is closed.",
    "https://harbor.example/report.pdf",
    "Contact the council at 555-0100.",
]


def marked(text: str, title: str = "") -> list[str]:
    """The marked lines, trimmed."""
    spans = mark_boilerplate(text, title)
    return [line for span in spans for line in map(str.strip, span.of(text).splitlines()) if line]


LINES = st.sampled_from([*PROMPTS, *FACTS, TITLE, "", "dual-use", "---", "title: x", "By Ana Lima"])
PAGES = st.lists(LINES | st.text(max_size=60), max_size=25).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", "\n\n", "\u2028"]).map(lambda end: end.join(lines))
)


@given(PAGES, st.sampled_from([TITLE, ""]))
def test_marks_are_whole_lines_in_order_and_alter_nothing(text: str, title: str) -> None:
    spans = mark_boilerplate(text, title)
    starts = {0}
    for line in text.splitlines(keepends=True):
        starts.add(max(starts) + len(line))
    kept, position = [], 0
    for span in spans:
        assert position <= span.start < span.end <= len(text)
        assert {span.start, span.end} <= starts
        kept.append(Span(position, span.start))
        position = span.end
    kept.append(Span(position, len(text)))
    whole = sorted([*spans, *(span for span in kept if len(span))])
    assert "".join(span.of(text) for span in whole) == text


@given(PAGES)
def test_a_line_that_could_be_a_fact_is_kept_wherever_it_stands(text: str) -> None:
    page = f"{text}\n\n{STORY}\n\n{text}"
    assert STORY not in marked(page, TITLE)


@pytest.mark.parametrize("line", PROMPTS)
def test_a_prompt_is_marked(line: str) -> None:
    assert is_boilerplate_line(line)
    assert marked(f"{STORY}\n\n{line}\n\n{STORY}") == [line]
    assert marked(f"{STORY}\r\n{line}\r\n{STORY}") == [line]


@pytest.mark.parametrize("line", FACTS)
def test_a_line_that_could_be_a_fact_is_kept(line: str) -> None:
    assert not is_boilerplate_line(line)
    assert marked(f"{TITLE}\n\n{STORY}\n\n{line}\n\n{STORY}", TITLE) == [TITLE]


def test_a_title_block_is_marked_and_the_story_kept() -> None:
    block = [TITLE, TITLE.upper(), "bridges", "This post is also available in: English", "LISBON —"]
    text = "\n\n".join([*block, STORY, "tags", TITLE])
    assert marked(text, TITLE) == block


def test_a_byline_in_the_title_block_is_kept_and_passed_over() -> None:
    text = f"{TITLE}\n\nBy Ana Lima\n\n4 March 2021\n\n{TITLE}\n\n{STORY}"
    assert marked(text, TITLE) == [TITLE, TITLE]


def test_small_letters_alone_do_not_make_a_tag() -> None:
    poem = "the bridge\nis open\n\nand no one\nwalks"
    assert marked(poem) == []
    assert marked(poem, TITLE) == []


def test_an_article_that_is_only_its_title_keeps_it() -> None:
    assert marked(TITLE, TITLE) == []
    assert marked(f"Advertisement\n\n{TITLE}", TITLE) == ["Advertisement"]


@pytest.mark.parametrize(
    ("line", "title", "same"),
    [
        ("# Bridge opens in Porto", TITLE, True),
        ("BRIDGE OPENS  IN PORTO", TITLE, True),
        (TITLE, f"{TITLE} - The Daily Harbor", True),
        (TITLE, f"{TITLE} | Harbor", True),
        ("Bridge opens in Porto after four years", "Bridge opens in Porto after ...", True),
        ("Bridge opens in Porto after four years", TITLE, False),
        ("Bridge opens in Lisbon", TITLE, False),
        (STORY, "The new ...", False),
        (TITLE, "", False),
    ],
)
def test_a_title_is_known_again(line: str, title: str, same: bool) -> None:
    assert is_title_line(line, title) is same


def test_lines_of_a_wrapped_paragraph_are_no_lines_of_their_own() -> None:
    text = (
        "The harbour is best seen from the new bridge, which the paper asks readers to\n"
        "Subscribe to our newsletter\n"
        "for, and which they do in great numbers, as the editor of the paper wrote.\n"
    )
    assert marked(text) == []
    assert marked("Sign up for our newsletter\nand a ticket, the mayor told everyone.") == []


def test_menus_are_marked_and_lists_of_a_story_are_not() -> None:
    menu = ["Home", "World", "Politics", "Contact us"]
    assert marked("\n".join([*menu, "", STORY])) == menu
    assert marked(f"Home | World | Politics | About us\n\n{STORY}")[0].startswith("Home |")
    topics = "\n".join(["World", "Politics", "Sports", "Economy"])
    assert marked(f"{STORY}\n\n{topics}\n\n{STORY}") == []


def test_lists_of_links_are_marked_and_a_single_link_is_not() -> None:
    links = [f"- [Bridge {number}](https://harbor.example/{number})" for number in range(3)]
    assert marked("\n".join([STORY, *links])) == links
    assert marked(f"{STORY}\n{links[0]}\n{STORY}") == []


def test_front_matter_is_marked_and_a_rule_is_no_front_matter() -> None:
    assert marked(f"---\ntitle: {TITLE}\n---\n\n{STORY}") == ["---", f"title: {TITLE}", "---"]
    assert marked(f"---\n{STORY}\n---\n\n{STORY}") == ["---", "---"]


@pytest.mark.parametrize(
    "piece", ["a", " ", "sign up ", "click to share ", "[x](y) ", "| ", "#", "“x,"]
)
def test_a_line_of_two_million_characters_is_kept(piece: str) -> None:
    """And at once: a rule that looks back and forth in it would take hours."""
    line = piece * (2_000_000 // len(piece))
    spans = mark_boilerplate(f"{line}\n\n{STORY}", TITLE)
    assert all(STORY not in span.of(f"{line}\n\n{STORY}") for span in spans)
    assert len(mark_boilerplate(f"{piece}\n" * 20_000, TITLE)) <= 20_000
