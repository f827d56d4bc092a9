import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.kinds.programs.code import find_program

PY = "```python\n{}\n```"


@pytest.mark.parametrize(
    ("response", "text", "rule"),
    [
        (PY.format("a = 1"), "a = 1\n", "last_fence"),
        (PY.format("a = 1") + "\nBetter:\n" + PY.format("a = 2"), "a = 2\n", "last_fence"),
        ("<think>" + PY.format("a = 1") + "</think>" + PY.format("\na"), "\na\n", "last_fence"),
        (PY.format("a = 1") + "\nOutput:\n```\n7\n```", "a = 1\n", "last_fence"),
        (PY.format("a = 1") + "\nRun it:\n```bash\npython a.py\n```", "a = 1\n", "last_fence"),
        ("```\na = 1\n```", "a = 1\n", "bare_fence"),
        ("```Python3\na = 1\n```", "a = 1\n", "last_fence"),
        ("1. So:\n   ```py\n   if a:\n       b\n   ```\n", "if a:\n    b\n", "last_fence"),
        ("~~~python\na = '''\n```\n'''\n~~~", "a = '''\n```\n'''\n", "last_fence"),
        ("````python\na = '```'\n```\n````", "a = '```'\n```\n", "last_fence"),
        ("text\n```python\na = 1\n", "a = 1\n", "open_fence"),
        ("a, b = map(int, input().split())\nprint(a + b)",
         "a, b = map(int, input().split())\nprint(a + b)", "whole"),
        ("So.\n<answer>\na = input()\nprint(a)\n</answer>", "\na = input()\nprint(a)\n", "whole"),
        ("<think>```py\na=1\n```</think>\n<answer>def f(x):\n    return x\n</answer>\nDone.",
         "def f(x):\n    return x\n", "whole"),
        ("<answer>print(1)</answer> no, <answer>print(2)</answer>", "print(2)", "whole"),
    ],
)  # fmt: skip
def test_where_the_program_stands(response, text, rule):
    found = find_program(response)
    assert (found.text, found.rule) == (text, rule)


def test_the_span_is_where_the_text_is():
    response = "Sure.\n" + PY.format("a = 1")
    found = find_program(response)
    assert response[slice(*found.span)] == found.text == "a = 1\n"


def test_the_block_with_the_function_goes_before_the_example():
    response = PY.format("def f(x):\n    return x") + "\nUsage:\n" + PY.format("print(f(1))")
    assert find_program(response, "python", "f").rule == "entry_fence"
    assert "def f" in find_program(response, "python", "f").text
    script = PY.format("const f = x => x").replace("python", "js")
    assert find_program(script, "javascript", "f").rule == "entry_fence"


@pytest.mark.parametrize(
    "response",
    ["", "The answer is 5.", "<think>```python\na=1\n```", "```python\n\n```",
     "```java\nint a;\n```",
     "```python\nx\n``` </think> no code after it"],
)  # fmt: skip
def test_no_program(response):
    assert find_program(response) is None


@given(st.text(alphabet="`~pyth\n a=<>/"))
def test_any_text_is_survived_and_the_span_holds(text):
    found = find_program(text)
    if found:
        assert 0 <= found.span[0] <= found.span[1] <= len(text)


def test_a_megabyte_takes_no_time():
    for text in (
        "```\n" * 300_000,
        "```python\n" + "`" * 1_000_000,
        "> " * 500_000 + "```",
        "```python\n" + "x # ```\n" * 120_000,
    ):
        started = time.thread_time()  # of this thread alone, whatever else the machine does
        find_program(text, "python", "f")
        assert time.thread_time() - started < 10  # what is quadratic takes minutes
