import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.reports.html.markup import Mark, markup, pieces, plain
from tasks.reports.html.mathml import mathml
from tasks.reports.html.visible import HIDDEN, visible

TAGS = re.compile(r"<(?!/?(?:strong|code|pre|span|mark|math|m[a-z]+)\b)")
BITS = st.sampled_from(
    ["<script>alert(1)</script>", "$x^2$", "$$", "\\[", "\\]", "```python\n", "```", "`", "**",
     "\n", "\\text{<b>}", "\\href{javascript:x}{y}", "\x1b[31m", "\u202e", "{", "}", "\\frac",
     "&lt;", "&#x202e;", " ", "漢"]
)  # fmt: skip


@given(st.lists(BITS | st.text(max_size=5), max_size=30).map("".join))
def test_no_text_becomes_markup(text: str) -> None:
    for html in (markup(text), plain(text)):
        assert not TAGS.search(html)
        assert "javascript:" not in "".join(re.findall("<[^>]*>", html))
        assert not HIDDEN.search(re.sub("[\n\u2061-\u2064]", "", html))


@given(st.lists(BITS | st.text(max_size=5), max_size=30).map("".join))
def test_pieces_have_no_gaps(text: str) -> None:
    found = list(pieces(text))
    assert "".join(text[piece.start : piece.end] for piece in found) == text


def test_latex_reader_s_markup_is_not_passed_on() -> None:
    found = mathml(r"\text{<script>alert(1)</script>} \href{javascript:alert(1)}{x} \style{a}{y}")
    assert found is not None
    assert "<script" not in found and "href" not in found and "style" not in found
    assert "&lt;script&gt;" in found


@pytest.mark.parametrize("broken", [r"\frac{", "{" * 300, r"\left(", "x^2^3", "a" * 3000])
def test_broken_latex_stays_text(broken: str) -> None:
    assert mathml(broken) is None
    assert f'<code class="tex">${broken}$</code>' in markup(f"so ${broken}$") or len(broken) > 2000


def test_prices_are_no_formula() -> None:
    assert markup("It costs $5 and $6.") == "It costs $5 and $6."


def test_code_is_coloured_and_formulas_in_it_are_not_read() -> None:
    html = markup("```python\nprint('$x$')\n```")
    assert '<span class="nb">print</span>' in html and "<math" not in html


def test_a_place_is_marked_in_prose_and_around_a_formula() -> None:
    text = "so it is 42, thus $42$"
    assert '<mark class="answer" id="answer">42</mark>' in markup(text, [Mark(9, 11, "answer")])
    assert re.search(
        r'<mark class="answer" id="answer"><math', markup(text, [Mark(19, 21, "answer")])
    )


@pytest.mark.parametrize(
    "unit", ["$a ", "\\[", "*a", "`", "`` ` ", "\\begin{a}", "[", ">", "~~~\n", "```\n", "$x$ "]
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    began = time.process_time()
    markup(unit * (60_000 // len(unit)))
    assert time.process_time() - began < 5


def test_hidden_characters_are_shown() -> None:
    assert visible("a\x1b[31m\u202eb\u200b\n\tc") == "a␛[31m⟨U+202E⟩b⟨U+200B⟩\n\tc"
    assert visible("שלום 漢字 é") == "שלום 漢字 é"
