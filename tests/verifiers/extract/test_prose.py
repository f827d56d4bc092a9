import pytest

from verifiers.extract.prose import prose_formulas

# fmt: off
CASES = [
    ('the line is 3x - y + 2 = 0.', ['3x - y + 2 = 0']),
    ('So x = 2 and y = -1.', ['x = 2', 'y = -1']),
    ('area is 12π square units', ['12π']),
    ('So the length is 2√3.', ['2√3']),
    ('It factors as (x - 2)(x + 3).', ['(x - 2)(x + 3)']),
    ('The domain is [-2, 3).', ['[-2, 3)']),
    ('the set is {1, 2, 3}.', ['{1, 2, 3}']),
    ('They make 15 toys in 3 hours, 20 minutes (30 - 10).', ['15', '3', '20', '30 - 10']),
    ('The derivative is 2x cos(x^2).', ['2x cos(x^2)']),
    ('charge is 3.2 × 10^-19 C.', ['3.2 × 10^-19']),
    ('charge is 3.2 × 10^{-19} C', ['3.2 × 10^{-19}']),
    ('x ∈ (3, ∞).', ['x ∈ (3, ∞)']),
    ('Hence n ≡ 1 or 5 (mod 6).', ['n ≡ 1', '5 (mod 6)']),
    ('so m+n = 256 + 37 \\Rightarrow 293.', ['m+n = 256 + 37', '293']),
    ('at 10:30 AM.', ['10:30 AM']),
    ('ratio is 5:3.', ['5:3']),
    ('30 miles + 20 miles = 50 miles', ['30', '20', '50']),
    ('She paid $300/15=$20 per book.', ['$300/15=$20']),
    ('She will spend $216.00 + $144.00 = $360.00 on sets.', ['$216.00 + $144.00 = $360.00']),
    ('28 + 32 = 60%', ['28 + 32 = 60%']),
    ('c = ±5', ['c = ±5']),
    ('is 6!. and 6! ways, 42!', ['6!', '6!', '42']),
    ('GPT-4 got x_2 = 5, a 3rd', ['x_2 = 5']),
    ('a 5-year-old', ['5']),
    ('a = 1 and I = 5', ['a = 1', 'I = 5']),
    ('is 2 1/3 cups', ['2 1/3']),
    ('The integral is x^3/3 + C.', ['x^3/3 + C']),
    ('sin^2 x + 1 = 2', ['sin^2 x + 1 = 2']),
    ('|x - 3| < 5', ['|x - 3| < 5']),
    ('$f(3)=3-2\\sqrt{3}$', ['f(3)=3-2\\sqrt{3}']),
    ('5 x 4 = 20', ['5 x 4 = 20']),
    ('So the answer is -3.5 and -5 - 7 = -12', ['-3.5', '-5 - 7 = -12']),
    ('\\frac{1}{2} + 3', ['\\frac{1}{2} + 3']),
    ('x²+y²=25', ['x²+y²=25']),
    ('(a) 5 and (b) 7', ['5', '7']),
    ('A: 5', ['5']),
    ('the units digit of 18^6 is 4.', ['18^6', '4']),
]
# fmt: on


@pytest.mark.parametrize(("text", "formulas"), CASES)
def test_a_formula_in_prose_is_read_to_its_end(text: str, formulas: list[str]) -> None:
    assert [span.text for span in prose_formulas(text, 0, len(text))] == formulas
