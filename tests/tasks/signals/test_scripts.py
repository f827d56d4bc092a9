from tests.tasks.signals.measured import measured


def scripts(thought: str) -> list[float | int | None]:
    names = ["latin_share", "han_share", "scripts", "script_switches"]
    return [measured(*names, thought=thought)[name] for name in names]


def test_a_language_that_slips_in_shows() -> None:
    assert scripts("We add 所以 and so on.")[2:] == [2, 2]


def test_letters_of_formulas_are_no_script() -> None:
    assert scripts("Let α ≤ π and x ∈ ℝ.") == [1, 0, 1, 0]
    assert scripts("已知 x = 3，求 y 的值")[3] == 0


def test_japanese_is_one_language_in_two_scripts() -> None:
    assert scripts("答えは二つあります")[2:] == [2, 0]


def test_nothing_has_no_share() -> None:
    assert scripts("1 + 1 = 2") == [None, None, 0, 0]
