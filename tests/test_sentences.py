"""Sentence boundaries: what must hold for every text, and what must hold for chosen ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.sentences import split_sentences
from rag.values import Span

# What decides boundaries, drawn far more often than chance would.
_MARKS = ".!?…;:,\"'“”‘’«»()[]•-–。！？।؟۔」』\n\r\t \u2029\u200f\ufeff\ud800\x00"
_WORDS = "Mr. U.S. J. No. 5 a.m. The he Rostec said ... 中 ה"
_PIECES = st.sampled_from([*_MARKS, *_WORDS.split(), "\r\n", "\n\n", " . "])
TEXTS = st.one_of(st.text(), st.lists(_PIECES, max_size=60).map("".join))

# Each row is split into exactly these sentences, when joined by a space.
SPACED = [
    # Titles, initials and abbreviations.
    ("Mr. Smith met Dr. Jones.", "Both left."),
    ("Gov. Brown and Sen. Lee spoke to Gen. Mark Hall.", "Rep. King listened."),
    ("The U.S. Senate voted.", "It passed."),
    ("He lives in the U.S.", "The president does too."),
    ("It was founded in Washington, D.C.", "In 2017 it moved."),
    ("Apple Inc. Chief Executive Tim Cook spoke.", "He left."),
    ("The firm is called Acme Inc.", "It makes anvils."),
    ("He came at 9 a.m. Monday and left at 5 p.m. EDT.", "Nobody saw him."),
    ("The doors open at 7 p.m.", "Tickets cost $5."),
    ("See No. 5 on p. 12 of vol. 3.", "No.", "That was it."),
    ("It opened on Jan. 5 and closed on Sept. 30, 2017.", "The rest is history."),
    ("Some fruit, e.g. Apples and i.e. Pears, vs. Plums.", "Others rot."),
    ("J. R. R. Tolkien and George W. Bush never met.", "J.K. Rowling met neither."),
    ("They take vitamin C.", "The effect is small."),
    ("The court overturned Roe v. Wade.", "Others follow."),
    ("He teaches at St. John's in St. Petersburg.", "She works at Cornell Univ. Press."),
    ("Smith et al. found it.", "Then they left."),
    ("She bought pens, paper, etc.", "Nothing else was left."),
    ("Martin Luther King Jr. Day is a holiday.", "Sammy Davis Jr. sang."),
    ("PITTSBURGH, Pa. — The team won.", "It was late."),
    ("It affects patients with MS.", "The drug helps."),
    ("It helped years ago.", "Amazon sells it."),
    # Numbers, addresses, names with marks.
    ("It exceeds $45.5 billion.", "Pi is 3.14.", "15 people agree."),
    ("It ended in 2017.", "The 2nd came later.", "He was 12.", "She was not."),
    ("Chinadaily.com and globaltimes.cn reported it.", "Write to a.b@c-d.org.", "Now."),
    ("See https://example.org/a.B?c=D!e for more.", "Booking.Com too."),
    ("Yahoo! Finance reported it.", "Others did not!", "Why?"),
    ("They sold out.", "iPhone sales fell.", "eBay grew."),
    ("It rose by 4 percent.[12]", "The rest fell.¹", "Nothing held."),
    # Ellipses.
    ("I have ... no idea.", "Well...", "The end."),
    ("He waited… and waited.", "Then…", "Nothing."),
    # Quotations and brackets.
    ("“It exceeds $45 billion.", "More comes from China,” said Rostec CEO Sergey Chemezov."),
    ("“I did it.”", "He left."),
    ("“Why?” he asked.", '"Why?" he asked again.', "‘Why?’ she said."),
    ("“Is it over?” Biden asked reporters.", "“No!” they cried."),
    ("“Who Wants to Go?”", "He stayed."),
    ('"I did it."', "He left.", '"Stop!"', "She did."),
    ("(It was late.)", "Then he left (he was tired).", "[Nobody saw.]", "So what."),
    ("The firm (est. 1990, Ga.) grew.", "It (really!) did."),
    # Tokenised text.
    ("They recur every calendar year .", "Any predictable change counts ."),
    ("He said `` it is over . ''", "Then he left .", 'He said " no . "', "She left ."),
    ("Mr. Bush came ( in 2001 . )", "He left . . . and came back .", "Was it so ?", "Yes !"),
    # Other languages.
    ("Am 5. Oktober kam Dr. Weiß z. B. Deutschland näher.", "Es war der 3. Weltkrieg."),
    ("Er sagte: „Ich komme.“", "Dann ging er.", "Das kostet ca. 5 Mio. Euro bzw. Franken."),
    ("Das war 2017.", "Es endete usw.", "Danach war d. h. Ruhe."),
    ("M. Macron est arrivé.", "Mme. Le Pen aussi.", "« Pourquoi ? » demanda-t-il."),
    ("« Je viens. »", "Il partit.", "Voir p. ex. Paris, av. Foch.", "C’est tout."),
    ("¿Por qué?", "¿Cuándo?", "El Sr. González llegó a EE. UU. el lunes.", "Fin."),
    ("Ud. sabe que S.A. Martínez vende.", "¡Basta!", "¡ya está!"),
    ("L'avv. Rossi è qui.", "È tardi.", "Il Dott. Bianchi no."),
    ("А. С. Пушкин жил в г. Москва.", "Он умер.", "Это было в 1837 г. и т.д."),
    ("Τι κάνεις;", "Καλά.", "Έλα."),
    ("यह सच है।", "आप कैसे हैं?", "ठीक॥"),
    ("هل هذا صحيح؟", "نعم.", "د. محمد هنا."),
    ("یہ سچ ہے۔", "ٹھیک ہے۔"),
    ("זה נכון.", "באמת?", "כן."),
    ("그는 갔다.", "왜?", "몰라."),
    ("Це так.", "Ні!", "Чому?"),
]

# Each row is split into exactly these sentences, when joined without a space.
UNSPACED = [
    ("It is a helicopter.", "The other flew in 2017.", "More later."),
    ("He came.", "“It is late.”", "He left."),
    ("He came.[3]", "It rained."),
    ("The U.S.A is large, and Ph.D students at Node.js know U.S.-China trade.",),
    ("他说。", "“为什么？”他问。", "“我做到了。”", "他离开了！", "《你好！》是电影。"),
    ("彼は来た。", "「なぜ？」と彼は聞いた。", "終わり。"),
    ("真的吗?", "约翰.史密斯说3.5亿。"),
    ("ฉันไปตลาดแล้วฉันก็กลับบ้าน",),
    ("Visit System.Out.Println or www.Example.Org now",),
]

# Line breaks: the text, then its sentences.
LINES = [
    ("A heading\n\nA text. Its end.", ["A heading", "A text.", "Its end."]),
    ("A heading\r\nBy John Smith\r\n\r\nText.", ["A heading", "By John Smith", "Text."]),
    ("• one thing\n• another thing\n• a third", ["• one thing", "• another thing", "• a third"]),
    ("- milk\n- bread.\n* salt", ["- milk", "- bread.", "* salt"]),
    ("1. Buy milk\n2. Buy bread\n10) Go", ["1. Buy milk", "2. Buy bread", "10) Go"]),
    ("•\nOne thing\n•\nAnother", ["•\nOne thing", "•\nAnother"]),
    ("Home • News • Sports", ["Home", "• News", "• Sports"]),
    ("# A long heading in Markdown\nand text", ["# A long heading in Markdown", "and text"]),
    ("milk\nbread\nsalt", ["milk", "bread", "salt"]),
    ("Apple Inc.\nAcme Corp.\nThe end", ["Apple Inc.", "Acme Corp.", "The end"]),
    ("One\u2029Two\u2028Three\fFour", ["One", "Two", "Three", "Four"]),
    (
        "He moved to the north of the\nNetherlands.",
        ["He moved to the north of the", "Netherlands."],
    ),
    ("He moved up to the north of the\nUnion.", ["He moved up to the north of the\nUnion."]),
    ("  \n\t\u00a0\n", []),
    ("", []),
]

# Hard-wrapped texts; "|" stands where a sentence ends.
WRAPPED = [
    "The Russian high-tech conglomerate Rostec has extended its large-scale\n"
    "cooperation with China to various areas, including composite materials,\n"
    "aero engines and the manufacture of civil helicopters, said Mr.\n"
    "Chemezov.| More than 15 percent of this amount comes from the People's\n"
    "Republic of China and the rest from others.|\n"
    "- Both sides are working on an aircraft with a wide\n"
    "  body.|\n"
    "\n"
    "A Heading|\n"
    "Both will sell it.",
    "中国和俄罗斯正在寻求更密切的工业合作，\n以发展军用和民用产品。|合作已经扩展到了\n各个领域。",
    "चीन और रूस सैन्य और नागरिक उत्पादों के\nविकास में घनिष्ठ औद्योगिक सहयोग की तलाश\nकर रहे हैं।| यह सच है।",
]


def split(text: str) -> list[str]:
    return [sentence.of(text) for sentence in split_sentences(text)]


@given(TEXTS, st.data())
def test_sentences_hold_every_word_of_the_region_once(text: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(text)))
    region = Span(first, data.draw(st.integers(first, len(text))))
    sentences = split_sentences(text, region)
    position = region.start
    for sentence in sentences:
        assert text[position : sentence.start].strip() == "", "a word was left out"
        assert sentence.of(text), "an empty sentence"
        assert sentence.of(text) == sentence.of(text).strip()
        assert position <= sentence.start < sentence.end <= region.end
        position = sentence.end
    assert text[position : region.end].strip() == ""


@given(TEXTS)
def test_a_region_is_split_as_if_it_were_all_there_is(text: str) -> None:
    before, after = "Before that, Mr. ", " The rest. And"
    shifted = split_sentences(before + text + after, Span(len(before), len(before) + len(text)))
    assert [Span(s.start - len(before), s.end - len(before)) for s in shifted] == split_sentences(
        text
    )


@given(TEXTS.map(lambda text: " ".join(text.split())))
def test_a_sentence_of_a_line_is_not_split_again(text: str) -> None:
    for sentence in split(text):
        assert split(sentence) == [sentence]


@pytest.mark.parametrize("sentences", SPACED, ids=" ".join)
def test_sentences_set_apart_by_a_space(sentences: tuple[str, ...]) -> None:
    assert split(" ".join(sentences)) == list(sentences)


@pytest.mark.parametrize("sentences", UNSPACED, ids="".join)
def test_sentences_without_a_space_between(sentences: tuple[str, ...]) -> None:
    assert split("".join(sentences)) == list(sentences)


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_lines(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("marked", WRAPPED)
def test_wrapped_lines(marked: str, ending: str) -> None:
    expected = [part.strip() for part in marked.replace("\n", ending).split("|")]
    assert split(marked.replace("|", "").replace("\n", ending)) == expected


def test_marks_of_direction_and_lone_surrogates_survive() -> None:
    text = "\u200fזה נכון.\u200f זה לא.\ud800 The\x00 end."
    assert split(text) == ["\u200fזה נכון.\u200f", "זה לא.\ud800 The\x00 end."]


@pytest.mark.parametrize("unit", ["a", "a ", "(", '"', ". ", "- ", "\n ", "a.b", "A.", "._", '."a'])
def test_a_huge_line_is_split_in_linear_time(unit: str) -> None:
    """Anything quadratic takes hours here; the suite as a whole would not end."""
    # Where every second character is a mark to decide, a tenth of the length is telling enough.
    size = 200_000 if "." in unit.strip() else 2_000_000
    text = unit * (size // len(unit)) + "x"
    sentences = split_sentences(text)
    assert "".join("".join(s.of(text).split()) for s in sentences) == "".join(text.split())
