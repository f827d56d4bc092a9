"""What test code sees of a call: values that are no plain data, changes, prints, exceptions."""

import pytest

PASSES = [
    ("assert list(f(3)) == [0, 1, 2]", "def f(n):\n    for i in range(n): yield i"),
    ("assert sum(f(3)) == 3", "def f(n): return map(int, range(n))"),
    ("assert next(f(3)) == 0", "def f(n): return iter(range(n))"),
    ("from fractions import Fraction\nassert f(1, 2) == Fraction(1, 2)",
     "from fractions import Fraction\ndef f(a, b): return Fraction(a, b)"),
    ("from decimal import Decimal\nassert f('1.5') == Decimal('1.5')",
     "from decimal import Decimal\ndef f(a): return Decimal(a)"),
    ("import datetime\nassert f() == datetime.date(2024, 2, 29)",
     "import datetime\ndef f(): return datetime.date(2024, 2, 29)"),
    ("import re\nassert f('a').pattern == 'a'", "import re\ndef f(s): return re.compile(s)"),
    ("assert f(iter([1, 2])) == 3", "def f(it): return sum(it)"),
    ("assert f(range(3)) == 3", "def f(r): return len(r)"),
    ("assert sorted(f({1: 2})) == [1]", "def f(d): return d.keys()"),
    ("a = [3, 1, 2]\nf(a)\nassert a == [1, 2, 3]", "def f(a): a.sort()"),
    ("m = [[1, 2], [3, 4]]\nrow = m[0]\nf(m)\nassert row == [9, 2]",
     "def f(m): m[0][0] = 9"),
    ("d = {}\nf(d)\nassert d == {'k': 1}", "def f(d): d['k'] = 1"),
    ("s = set()\nf(s)\nassert 1 in s", "def f(s): s.add(1)"),
    ("import io, contextlib\nb = io.StringIO()\nwith contextlib.redirect_stdout(b):\n    f(2)\n"
     "assert b.getvalue() == '2\\n'", "def f(n): print(n)"),
    ("class MyErr(Exception): pass\ntry:\n    f()\n    assert False\nexcept MyErr as e:\n"
     "    assert str(e) == 'x'", "class MyErr(Exception): pass\ndef f(): raise MyErr('x')"),
    ("with pytest.raises(ValueError, match='neg'):\n    f(-1)\nassert f(1) == pytest.approx(0.3)",
     "def f(n):\n    if n < 0: raise ValueError('negative')\n    return 0.1 + 0.2"),
    ("import pytest\nfrom solution import f\n@pytest.mark.parametrize('a, b', [(1, 2), (2, 3)])\n"
     "def test_f(a, b):\n    assert f(a) == b", "def f(n): return n + 1"),
    ("import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n"
     "        self.assertEqual(f(1), 2)\nif __name__ == '__main__':\n    unittest.main()",
     "def f(n): return n + 1"),
    ("assert Solution().g([1]) == 1", "class Solution:\n    def g(self, a): return a[0]"),
    ("assert len(str(f(5001))) == 5001", "def f(n): return 10 ** (n - 1)"),
]  # fmt: skip


@pytest.mark.parametrize(("test", "program"), PASSES)
def test_what_a_call_did_is_seen(judged, test, program):
    report = judged({"type": "asserts", "cases": [test]}, program)
    assert report.reason == "pass.tests", report


WRONG = [
    ("assert list(f(3)) == [0, 1, 2]", "def f(n):\n    yield 7"),
    ("a = [3, 1, 2]\nf(a)\nassert a == [1, 2, 3]", "def f(a): sorted(a)"),
    ("def test_a():\n    assert f(1) == 2", "def f(n): return 7"),
    ("import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n"
     "        self.assertEqual(f(1), 2)", "def f(n): return 7"),
    ("with pytest.raises(ValueError):\n    f(-1)", "def f(n): return n"),
]  # fmt: skip


@pytest.mark.parametrize(("test", "program"), WRONG)
def test_what_a_call_did_wrong_is_wrong(judged, test, program):
    report = judged({"type": "asserts", "cases": [test]}, program)
    assert report.reason == "fail.wrong_output", report


@pytest.mark.parametrize(("test", "program"), [
    ("assert f(3).val == 3", "class N:\n    def __init__(s, v): s.val = v\ndef f(n): return N(n)"),
    ("assert f(lambda x: x * 2, [1]) == [2]", "def f(g, a): return [g(x) for x in a]"),
])  # fmt: skip
def test_what_cannot_cross_is_nobodys_wrong_answer(judged, test, program):
    assert judged({"type": "asserts", "cases": [test]}, program).reason == "undecided.border"


@pytest.mark.parametrize("test", [
    "import no_such_module\nassert f(1) == 2",
    "def test_a(capsys):\n    assert f(1) == 2",
])  # fmt: skip
def test_test_code_that_does_not_work_is_broken(judged, test):
    assert judged({"type": "asserts", "cases": [test]}, "def f(n): return 2").reason in (
        "undecided.broken_tests", "fail.no_function")  # fmt: skip
