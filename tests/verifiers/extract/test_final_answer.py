import time

import pytest

from verifiers import Problem, final_answer, verify
from verifiers.extract.boxes import balanced
from verifiers.extract.reasoning import after_reasoning

BOXED = [
    (r"so \boxed{42}.", "42"),
    (r"\boxed{40} no, \boxed{\frac{1}{2}} it is", r"\frac{1}{2}"),
    (r"\boxed 5 apples", "5"),
    (r"\fbox{7}", "7"),
    (r"\boxed{x = \{1, 2\}}", r"x = \{1, 2\}"),
    (r"\boxed{1}, \boxed{2} and \boxed{3}", "1 , 2 , 3"),
    (r"\boxed{-1} or \boxed{4}", r"-1 \text{ or } 4"),
    (r"first \boxed{9}. Then, after a new thought: \boxed{4}", "4"),
    (r"\boxed{42} and 43", "42 , 43"),
    (r"\boxed{\frac{1}{2}} \approx 0.5", r"\frac{1}{2}"),
    (r"It cannot be \boxed{12}. The answer is 13.", "13"),
    (r"<answer>\boxed{3}</answer>", "3"),
    (r"\boxed{1} ... on reflection <answer>2</answer>", "2"),
    (r"<answer>1</answer> so \boxed{2}", "2"),
    (r"forgotten brace \boxed{42", "42"),
]

STATED = [
    ("The answer is 42.", "42"),
    ("I hope it is correct. The final answer is $7$. I hope it is correct.", "7"),
    ("Answer: 42", "42"),
    ("ANSWER:   996  ", "996"),
    ("**Answer:** $x \\in (-\\sqrt{3}, \\sqrt{3})$", "x \\in (-\\sqrt{3}, \\sqrt{3})"),
    ("**Final Answer**\n\n73", "73"),
    ("✅ Final Answer: **73**", "73"),
    ("Final answer:\n\n$$\n70\n$$", "70"),
    ("2 + 3 = 5\n#### 5", "5"),
    ('{"reasoning": "2 and 3",\n "answer": "5"}', "5"),
    ('{"answer": 5}', "5"),
    ('"answer": "Anne is 8 years old."', "8 years"),
    ("The answer is: -3.5", "-3.5"),
    ("答案：42", "42"),
    ("Réponse : 42", "42"),
    ("Antwort: 42", "42"),
    ("<ANSWER>4</ANSWER>", "4"),
    ("\\<ANSWER>4\\</ANSWER>", "4"),
    ("the lineage.\n\n</ANSWER>4</ANSWER>", "4"),
    ("The answer is 41 or 42", "41 or 42"),
    ("The answer is 2. But wait, that is one short. So it is 3.", "3"),
    ("The answer is **$15** for all.", "$15"),
    ("The answer is not 7 but 8.", "8"),
    ("<answer>So the answer is 5</answer>", "5"),
    ('The final answer is "40", as 20% of them left.', "40"),
    ("The final answer is 35%, as 7 of 20 puppies have spots.", "35%"),
]

CONCLUDED = [
    ("Therefore, the number of ordered pairs is 9.", "9"),
    ("So, John consumed 48 calories.", "48 calories"),
    ("\\[ 3 \\times 16 = 48 \\]\n\nSo, John consumed 48 calories.", "48 calories"),
    ("Thus the value is \\( \\frac{3}{4} \\).", "\\frac{3}{4}"),
    ("The units digit of \\(18^6\\) is 4.", "4"),
    (
        "30 miles + 20 miles = 50 miles\n\n**Answer:** Rosie can run 50 miles in 7 hours.",
        "50 miles",
    ),
    ("**Answer:** Fern will make $64,800 more with the Widgeteer 3000.", "$64,800"),
    ("In total she will spend $216.00 + $144.00 = $360.00 on place settings.", "$360.00"),
    ("**Answer:** Mr. Josue now has $17000 in capital.", "$17000"),
    ("The probability is **4/9** then.", "4/9"),
    ("28 + 32 = 60%", "60%"),
    ("The total cost is indeed $103, not $123.", "$103"),
    ("The value is $x = 5$, not $x = 6$.", "5"),
    ("She paid $300/15=$20 per book.\nEach child got 20/4=5 books.\nA: 5", "5"),
    ("The correct answer is 3 hours (which is the time per day times 5).", "3"),
    ("The primes are 3 and 5.", "3 and 5"),
    ("The solution is $x=1$, $y=2$.", "x=1, y=2"),
    ("$x = 1$, $x = 2$ and $x = 3$ are the solutions: $1$, $2$ and $3$.", "1, 2, 3"),
]


@pytest.mark.parametrize(("text", "answer"), BOXED + STATED + CONCLUDED)
def test_the_final_answer_is_found(text, answer):
    assert final_answer(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\n\n",
        "No idea.\n\nSorry, I give up on this.",
        "The answer is 2.\n\nBut wait: the first line names three people, so the second may",
        r"\boxed{}",
        "<answer></answer>",
        "I don't know.",
        "There were 160 roses. We can't determine how many of the 160 are missing.",
        '{"reasoning": "4 * 40 = 160", "answer": "This cannot be solved without the orders."}',
        "So option 4 should be correct.\n\nLet me check.\n\n- Ralph",
        'So option 4 should be correct.\n\nLet me check it.\n\n- "',
        "By the formula it is 26,000.\n\nThe formula is \\(a^2 - b^2 = (a - b)(a + b",
        "I was told so by GPT-4.",
        "print(open('/home/run-0/out').read())",
    ],
)
def test_no_answer_is_none(text):
    assert final_answer(text) is None
    found = verify(Problem("p", "", "42", None), text)
    assert (found.verdict, found.reason) == ("incorrect", "no_answer.not_found")


def test_only_what_follows_the_reasoning_counts():
    assert final_answer(r"<think>\boxed{12}</think>\boxed{13}") == "13"
    assert after_reasoning("<think>a</think>b<|end_of_thought|>c") == "c"
    assert final_answer("closed but never opened</think>It is 5.") == "5"


def test_reasoning_that_never_closed_is_no_answer():
    found = verify(Problem("p", "", "42", None), r"<think>so \boxed{42} but wait")
    assert (found.verdict, found.reason) == ("undecided", "no_answer.unclosed")


def test_text_answers_are_whole_statements():
    assert final_answer("<answer>Paris</answer>", "text") == "Paris"
    assert final_answer("Therefore, the answer is East.", "text") == "East."
    assert final_answer("hello world", "text") == "hello world"


def test_braces_are_balanced_with_escapes():
    assert balanced(r"{a{b}\}c}", 0) == 8
    assert balanced("{open", 0) is None


LONG = {
    "plain": "word " * 200_000,
    "numbers": "1 " * 30_000,
    "digits": "9" * 1_000_000,
    "boxes": r"\boxed{" * 100_000,
    "closed boxes": r"\boxed{1}, " * 100_000,
    "dollars": "$" * 500_000,
    "dollar words": "$a " * 300_000,
    "brackets": r"\[" * 300_000,
    "spaces": " " * 1_000_000,
    "lines": "\n" * 1_000_000,
    "stars": "*" * 500_000,
    "answers": "answer " * 100_000,
    "markers": "the answer is " * 100_000,
    "tags": "<answer>" * 100_000,
    "equals": "=" * 500_000,
    "commas": "1," * 300_000,
    "quotes": '"answer": "' * 80_000,
    "slashes": "1/" * 300_000,
}


@pytest.mark.parametrize("kind", ["math", "choice", "text"])
@pytest.mark.parametrize("name", LONG)
def test_extraction_and_verdict_are_linear(name, kind):
    gold = {"math": "42", "choice": "B", "text": "Paris"}[kind]
    started = time.thread_time()
    verify(Problem("p", "(A) a (B) b", gold, kind), LONG[name])
    assert time.thread_time() - started < 6


@pytest.mark.parametrize(
    "text", ["The answer is not 8.", "The answer isn't 8.", "It cannot be 8.", "Answer: not 8"]
)
def test_what_is_denied_is_not_the_answer(text):
    assert verify(Problem("p", "", "8", None), text).verdict == "incorrect"


@pytest.mark.parametrize(
    "text",
    [
        r"This led me to $\boxed{8}$. However, I withdraw this answer, I have no final answer.",
        r"In your form, \boxed{8}. Unfortunately I could not complete the calculation.",
        r"Das ergibt \boxed{8}. Ich ziehe diese Antwort zurück, sie ist nicht belegt.",
        "所以是\\boxed{8}。但推导有误，我撤回这个答案。",
    ],
)
def test_a_response_that_renounces_its_answer_has_none(text):
    found = verify(Problem("p", "", "8", None), text)
    assert (found.verdict, found.reason) == ("incorrect", "no_answer.not_found")


@pytest.mark.parametrize(
    "text",
    [
        r"\boxed{8}. We could not find the solution by hand, so a table was used.",
        r"I withdraw this answer: \boxed{7}. On reflection it is \boxed{8}.",
        r"\boxed{8}. This result is derived by a quadratic in $y = \log x$.",
        r"\[ \boxed{<ANSWER>8</ANSWER>} \]",
        "Wir multiplizieren das Ergebnis anschließend mit vier.\n\n**Endergebnis: 8**",
    ],
)
def test_an_answer_that_stands(text):
    assert verify(Problem("p", "", "8", None), text).verdict == "correct"


def test_a_gold_of_several_boxes_is_all_of_them():
    gold = r"\(\boxed{1}\) and \(\boxed{-2}\)."
    assert verify(Problem("p", "", gold, None), r"\boxed{-2, 1}").verdict == "correct"
    assert verify(Problem("p", "", gold, None), r"\boxed{-2}").verdict == "incorrect"


@pytest.mark.parametrize(
    ("problem", "verdict"),
    [("", "undecided"), ("What percent is red?", "correct"), ("Find the sum.", "incorrect")],
)
def test_a_percent_sign_counts_where_nobody_asked_for_one(problem, verdict):
    assert verify(Problem("p", problem, "40", None), r"\boxed{40\%}").verdict == verdict
