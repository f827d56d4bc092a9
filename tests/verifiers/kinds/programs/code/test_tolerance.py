import pytest

from verifiers.kinds.programs.code.tolerance import stated_tolerance


@pytest.mark.parametrize("number", [
    "10^{-5}", "$10^{-5}$", "10^-5", "10-5", "10−5", "10⁻⁵", "1e-5", "1E-5", "0.00001", "10**-5",
    "1.0 \\times 10^{-5}", "1e-05",
])  # fmt: skip
@pytest.mark.parametrize("sentence", [
    "Answers within {} of the actual answer will be accepted.",
    "The absolute or relative error must be at most {}.",
    "Your answer is right if |a-b|/max(1,|b|) ≤ {}, where b is the jury's answer.",
    "Tolerance: {}.",
    "Any answer with an error of {} or less is accepted. Print it.",
    "误差不超过 {} 即视为正确。", "Погрешность не больше {}.", "L'erreur doit être au plus {}.",
    "El error absoluto debe ser menor que {}.", "相対誤差が {} 以下なら正解。",
])  # fmt: skip
def test_the_error_that_a_statement_allows(sentence, number):
    assert stated_tolerance("Compute a/b. " + sentence.format(number)) == 1e-5


@pytest.mark.parametrize("text", [
    "", "Print the number of errors. n <= 10^5", "0.001 <= x <= 10^-3.", "Round to 6 places.",
    "The number of errors is less than 0.01 n.", "Two points within 5 of each other.",
    "The prices differ by 0.5.",
])  # fmt: skip
def test_other_numbers_are_no_tolerance(text):
    assert stated_tolerance(text) is None
