"""Metadata is taken as the source states it, and guessed only where there is no doubt."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.dates import date_of_url, normalise_date
from rag.languages import normalise_language
from rag.metadata import MAX_FIELD_CHARACTERS, Metadata, clean, from_fields, front_matter
from rag.metadata_guesses import guess, is_byline

STORY = "The new bridge across the Douro opened on Thursday after four years of work."
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(
    DAYS, st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d %B %Y", "%B %d, %Y", "%d.%m.%Y"])
)
def test_a_date_in_any_form_is_the_same_day(day: date, form: str) -> None:
    assert normalise_date(day.strftime(form)) == day.isoformat()
    assert normalise_date(day) == day.isoformat()


@given(DAYS, st.times(), st.integers(-12, 14))
def test_the_day_is_the_one_that_was_written(day: date, time: object, zone: int) -> None:
    assert normalise_date(f"{day}T{time}{zone:+03d}:00") == day.isoformat()
    assert normalise_date(f"{day:%a, %d %b %Y} 23:59:00 GMT") == day.isoformat()


@given(st.text(max_size=80) | st.integers() | st.floats() | st.booleans() | st.none())
def test_whatever_a_date_field_holds_it_gives_a_day_or_nothing(value: object) -> None:
    found = normalise_date(value)
    assert found == "" or date.fromisoformat(found).isoformat() == found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Sunday, June 19, 2022", "2022-06-19"),
        ("Jun. 19, 2022 10:30 p.m. EDT", "2022-06-19"),
        ("19. Juni 2022", "2022-06-19"),
        ("1er mai 2021", "2021-05-01"),
        ("19 de junio de 2022", "2022-06-19"),
        ("2022年6月19日", "2022-06-19"),
        ("06/19/2022", "2022-06-19"),
        (1655596800, "2022-06-19"),
        (1655596800000, "2022-06-19"),
        (datetime(2022, 6, 19, 23) + timedelta(), "2022-06-19"),  # noqa: DTZ001 - a file's own time
        ("03/04/2022", ""),  # March or April
        ("2022", ""),
        ("May 2022", ""),
        ("June 31, 2022", ""),
        ("2022-13-01", ""),
        ("Tuesday", ""),
        (2022, ""),
        (True, ""),
    ],
)
def test_only_sure_days_are_dates(value: object, expected: str) -> None:
    assert normalise_date(value) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://harbor.example/2022/06/19/bridge.html", "2022-06-19"),
        ("https://harbor.example/world/2022/jun/19/bridge", "2022-06-19"),
        ("https://harbor.example/2022/06/bridge", ""),
        ("https://harbor.example/2022/26/19/bridge", ""),
        ("https://harbor.example/bridge?d=/2022/06/19/", ""),
        ("https://harbor.example/12022/06/19/", ""),
    ],
)
def test_a_url_tells_its_date_in_the_path_only(url: str, expected: str) -> None:
    assert date_of_url(url) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("en", "en"), ("en-GB", "en"), ("pt_BR", "pt"), ("zh-Hant-TW", "zh"), ("deu", "de"),
        ("English", "en"), ("עברית", "he"), ("Klingon", ""), ("", ""), (None, ""), (7, ""),
    ],
)  # fmt: skip
def test_languages_become_their_codes(value: object, expected: str) -> None:
    assert normalise_language(value) == expected


def test_fields_are_known_by_many_names() -> None:
    told = from_fields(
        {
            "Headline": " Bridge\n opens ",
            "authors": ["Ana Lima", {"name": "Jo Roe"}],
            "site_name": "Harbor",
            "datePublished": "4 March 2021",
            "Permalink": "https://harbor.example/a",
            "lang": "en-GB",
            "unknown": "ignored",
        }
    )
    expected = Metadata(
        title="Bridge opens",
        author="Ana Lima, Jo Roe",
        outlet="Harbor",
        date="2021-03-04",
        url="https://harbor.example/a",
        language="en",
    )
    assert told == expected


def test_a_url_for_a_source_is_a_url_and_only_the_web_is_linked_to() -> None:
    assert from_fields({"source": "https://harbor.example/a"}) == Metadata(
        url="https://harbor.example/a"
    )
    for url in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https://[",
        "http://a b.c",
    ):
        assert from_fields({"url": url}).url == ""


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text()) | st.none()))
def test_any_fields_give_one_printable_line_each(values: dict[str, object]) -> None:
    told = from_fields({**values, "title": "".join(map(str, values))})
    for value in (told.title, told.author, told.outlet, told.url):
        assert value == " ".join(value.split())
        assert len(value) <= MAX_FIELD_CHARACTERS
        value.encode()  # raises for half a character
    assert clean({"a": 1}) == clean(None) == clean(True) == ""


@given(st.builds(Metadata, st.text(), st.text()), st.builds(Metadata, st.text(), st.text()))
def test_what_is_known_is_never_replaced(first: Metadata, second: Metadata) -> None:
    joined = first.or_else(second)
    assert joined.title == (first.title or second.title)
    assert joined.author == (first.author or second.author)
    assert first.or_else(first) == first.or_else(Metadata()) == Metadata().or_else(first) == first


def test_front_matter_is_read_as_articles_use_it() -> None:
    text = (
        "---\n# a comment\ntitle: \"Bridge: it opens\"\nauthor:\n  - Ana Lima\n  - 'Jo Roe'\n"
        f"nested:\n  deep: value\ndate: 2021-03-04 10:00:00\nempty:\n---\n\n{STORY}\n"
    )
    told, span = front_matter(text)
    assert (told.title, told.author, told.date) == (
        "Bridge: it opens",
        "Ana Lima, Jo Roe",
        "2021-03-04",
    )
    assert span is not None
    assert text[span.end :] == f"{STORY}\n"


@pytest.mark.parametrize(
    "text",
    [
        "---\nThe bridge is open.\n---\n",
        "---\nnote: the bridge is open\n---\n",  # no key that articles use
        "---\ntitle: Bridge\n\nThe bridge is open.",  # never closed
        "title: Bridge\n---\n",
        "--- \n---\n",
    ],
)
def test_what_only_resembles_front_matter_is_text(text: str) -> None:
    assert front_matter(text) == (Metadata(), None)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("Bridge opens in Porto\n\n", "Bridge opens in Porto"),
        ("\n\nBridge opens in Porto\r\n\r\n", "Bridge opens in Porto"),
        ("# Bridge opens\n", "Bridge opens"),
        ("Bridge opens\n============\n", "Bridge opens"),
        ("Advertisement\n\nBridge opens?\n\n", "Bridge opens?"),
        ("Bridge opens in Porto\n", ""),
        ("The bridge opened on Thursday.\n\n", ""),
        ("By Ana Lima\n\n", ""),
        ("4 March 2021\n\n", ""),
        ("LISBON —\n\n", ""),
        ("the bridge is open\n\n", ""),
        (f"{'Bridge ' * 30}\n\n", ""),
        ("", ""),
    ],
)
def test_a_title_is_guessed_where_it_stands_as_one(head: str, title: str) -> None:
    assert guess(f"{head}{STORY}\n\n{STORY}").title == title


def test_a_byline_and_a_date_above_the_story_are_taken() -> None:
    told = guess(
        f"Bridge opens\n\nBy Ana Lima and Jo Roe, Reuters\n\nPublished 4 March 2021\n\n{STORY}"
    )
    assert told == Metadata("Bridge opens", "Ana Lima, Jo Roe", "Reuters", "2021-03-04")
    told = guess(f"Bridge opens\n\nBy Ana de Lima | March 4, 2021\n\n{STORY}")
    assert (told.author, told.date) == ("Ana de Lima", "2021-03-04")


def test_what_stands_below_the_first_paragraph_is_not_taken() -> None:
    told = guess(f"Bridge opens\n\n{STORY}\n\nMarch 4, 2021\n\nBy Ana Lima\n\n{STORY}")
    assert (told.author, told.date) == ("", "")


def test_a_byline_s_names_hold_no_control_characters() -> None:
    told = guess(f"Bridge opens\n\nBy Ana Li\x16ma and Jo Roe\n\n{STORY}")
    assert told.author == "Ana Li ma, Jo Roe"


@pytest.mark.parametrize(
    "line",
    ["By Thursday", "By the river", "By 2030", "By Ana Lima, who was there.", "Bye Ana Lima"],
)
def test_what_only_resembles_a_byline_names_no_author(line: str) -> None:
    assert not is_byline(line)
    assert guess(f"Bridge opens\n\n{line}\n\n{STORY}").author == ""


def test_a_headline_is_not_taken_for_a_byline() -> None:
    assert guess(f"By Popular Demand\n\n{STORY}").author == ""


def test_an_agency_is_taken_from_its_dateline_and_other_brackets_are_not() -> None:
    assert guess(f"LISBON, Portugal (AP) — {STORY}").outlet == "AP"
    assert guess(f"The Porto Bridge Company (PBC) – {STORY}").outlet == ""


def test_a_url_tells_outlet_and_date_before_a_dateline_does() -> None:
    told = guess(f"LISBON (AP) — {STORY}", url="https://www.harbor.example/2021/03/04/bridge")
    assert (told.outlet, told.date) == ("harbor.example", "2021-03-04")
