from hypothesis import given
from hypothesis import strategies as st

from schemas.printable import STEERING, printable


@given(st.text(st.characters()))
def test_nothing_printable_steers_a_terminal(text: str) -> None:
    assert not STEERING.search(printable(text))


def test_what_is_plain_stays() -> None:
    assert printable("a\n\tÄ 数 [bold]:smile: \\frac") == "a\n\tÄ 数 [bold]:smile: \\frac"
    assert printable("\x1b]52;c;x\x07\u202e\x9b") == "\\x1b]52;c;x\\x07\\u202e\\x9b"
