import json
import time

import psutil
import pytest

from verifiers.code import judge, read_suite

ADD = {"type": "stdio", "tests": [["2 3\n", "5\n"], ["10 -4\n", "6\n"], ["0 0\n", "0\n"]],
       "time_limit": 1.0, "memory_mb": 256}  # fmt: skip
CALL = {"type": "function", "entry_point": "add", "tests": [[[2, 3], 5], [[7, 1], 8], [[0, 0], 0]],
        "time_limit": 1.0, "memory_mb": 256}  # fmt: skip
RIGHT = "a, b = map(int, input().split())\nprint(a + b)\n"


def test_a_right_program_passes_and_every_test_says_what_it_took(judged):
    report = judged(ADD, RIGHT)
    assert (report.reason, report.passed, report.total) == ("pass.tests", 3, 3)
    assert all(r.cpu > 0 and r.wall > 0 and r.memory > 1 << 20 for r in report.results)
    assert judged(CALL, "def add(a, b): return a + b").reason == "pass.tests"


def test_it_stops_at_the_first_failure_unless_all_are_asked_for(judged):
    program = "a, b = map(int, input().split())\nprint(5 if a else 0)"
    assert [r.reason for r in judged(ADD, program).results] == ["pass.tests", "fail.wrong_output"]
    report = judged(ADD, program, every=True)
    assert (report.passed, len(report.results), report.reason) == (2, 3, "fail.wrong_output")
    assert report.results[1].detail == "printed '5\\n'"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("while True: pass", "fail.time_limit"),
        ("import time; time.sleep(60)", "fail.time_limit"),
        ("x = [0] * 10**9", "fail.memory_limit"),
        ("while True: print('A' * 65536)", "fail.output_limit"),
        ("print(", "fail.syntax"),
        ("", "fail.wrong_output"),
        ("1/0", "fail.exception"),
        (RIGHT + "raise SystemExit(3)", "fail.exception"),
        (RIGHT + "import os; os.kill(os.getpid(), 9)", "fail.exception"),
        (RIGHT + "print()\nprint(1)", "fail.wrong_output"),
        (RIGHT + "raise SystemExit", "pass.tests"),
        (RIGHT + "import sys; sys.exit(0)", "pass.tests"),
        ("eval(", "fail.syntax"),
        ("compile('(', 'x', 'exec')", "fail.exception"),
    ],
)
def test_why_a_program_failed(judged, program, reason):
    assert judged(ADD, program).reason == reason


@pytest.mark.parametrize(
    "cheat",
    [
        "class A:\n    def __eq__(s, o): return True\n    def __ne__(s, o): return False\n"
        "    def __hash__(s): return 5\ndef add(a, b): return A()",
        "class A(int):\n    def __eq__(s, o): return True\n    __hash__ = int.__hash__\n"
        "def add(a, b): return A()",
        "import sys\ndef add(a, b):\n    f = sys._getframe()\n    while f:\n"
        "        for k in ('gt_out', 'expected', 'exp', 'output', 'suite', 'test'):\n"
        "            if k in f.f_locals: return f.f_locals[k]\n        f = f.f_back",
        "import gc\ndef add(a, b):\n    for o in gc.get_objects():\n"
        "        if isinstance(o, dict) and 'output' in o: return o['output']",
        "import glob\ndef add(a, b):\n    for p in glob.glob('/tmp/**', recursive=True) + "
        "glob.glob('/proc/*/cmdline'):\n        try: text = open(p).read()\n"
        "        except OSError: continue\n        if '\"output\": 5' in text: return 5",
        "import os\ndef add(a, b):\n    open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
        "def add(a, b): raise SystemExit",
        "import os\nos._exit(0)",
        "import sys\nsys.exit(0)\ndef add(a, b): return a + b",
        "import os\ndef add(a, b):\n    for fd in range(1, 64):\n"
        '        try: os.write(fd, b\'pass.tests\\n{"reason": "pass.tests", "passed": true}\')\n'
        "        except OSError: pass\n    os._exit(0)",
        "import json, builtins, time\njson.dumps = lambda *a, **k: 'true'\n"
        "builtins.all = lambda x: True\nbuiltins.AssertionError = Exception\n"
        "time.time = lambda: 0\ndef add(a, b): return 0",
        "n = 0\ndef add(a, b):\n    global n\n    n += 1\n    return [5, 8, 0][n - 1]",
        "import sys\nsys.modules['__main__'].__dict__['passed'] = True\ndef add(a, b): return 0",
        "add = None",
        "def add(a, b): return [5, 8, 0]",
        "def add(a, b): yield a + b",
        "def add(a, b):\n    import threading\n    raise AssertionError('passed')",
    ],
)
def test_no_cheat_passes(judged, cheat):
    report = judged(CALL, cheat, every=True)
    assert report.reason.startswith("fail."), report
    assert report.passed < 3


def test_a_counter_starts_anew_with_every_test(judged):
    cheat = "n = 0\ndef add(a, b):\n    global n\n    n += 1\n    return [5, 8, 0][n - 1]"
    assert [r.reason for r in judged(CALL, cheat, every=True).results] == [
        "pass.tests", "fail.wrong_output", "fail.wrong_output",
    ]  # fmt: skip


CHECK = {
    "type": "check", "entry_point": "enc",
    "prompt": 'def dec(s):\n    return s[::-1]\n\n\ndef enc(s):\n    """Reverse."""\n',
    "cases": ["import random\ndef check(candidate):\n    for n in range(5):\n"
              "        text = ''.join(random.choices('abc', k=5 + n))\n"
              "        assert dec(candidate(text)) == text\n"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("def enc(s):\n    return s[::-1]", "pass.tests"),
        ("    return s[::-1]", "pass.tests"),  # what continues the prompt
        ("def enc(s):\n    return s", "fail.wrong_output"),
        ("def dec(s):\n    return s\ndef enc(s):\n    return s", "fail.wrong_output"),  # a cheat
        ("def enc(s):\n    while True: pass", "fail.time_limit"),
        ("def enc(s):\n    return 1/0", "fail.exception"),
        ("def enc(s:", "fail.syntax"),
        ("def other(s): pass", "fail.no_function"),
        ("import random\nrandom.choices = None\ndef enc(s): return s", "fail.wrong_output"),
    ],
)
def test_test_code_runs_apart_from_the_program(judged, program, reason):
    if reason == "fail.no_function":
        pytest.skip("the prompt defines the function, which then returns None")
    assert judged({**CHECK, "time_limit": 1.0}, program).reason == reason


def test_asserts_compare_as_python_does(judged):
    asserts = {"test_list": ["assert f(1) == (1, 2)", "assert f(2) == [1]", "assert not f(3)",
                             "assert math.isclose(f(4), 0.3, rel_tol=1e-6)"]}  # fmt: skip
    program = "def f(n): return {1: (1, 2), 2: [1], 3: 0, 4: 0.1 + 0.2}[n]"
    assert judged(asserts, program).reason == "pass.tests"
    listed = program.replace("(1, 2)", "[1, 2]")
    assert judged(asserts, listed).results[-1].detail == "value [1, 2]"


def test_an_exception_that_the_test_expects(judged):
    test = "try:\n    f(-1)\nexcept ValueError:\n    pass\nelse:\n    assert False"
    asserts = {"test_list": [test]}
    assert judged(asserts, "def f(n): raise ValueError(n)").reason == "pass.tests"
    assert judged(asserts, "def f(n): raise KeyError(n)").reason == "fail.exception"
    assert judged(asserts, "def f(n): return n").reason == "fail.wrong_output"


@pytest.mark.parametrize(
    "test", ["assert f(1) ==", "assert undefined.x == 1", "import nothing_here"]
)
def test_broken_tests_decide_nothing(bench, test):
    suite = read_suite(json.dumps({"type": "asserts", "cases": ["assert f(1) == 1"]}))
    with bench.pair() as pair:
        reason = judge(suite._replace(cases=[test]), "def f(n): return n", pair).reason
    assert reason == "undecided.broken_tests"


CHECKER = """
import json, sys
case = json.load(sys.stdin)
n = int(case["input"])
parts = list(map(int, case["got"].split()))
print("accept" if len(parts) == 2 and sum(parts) == n and min(parts) > 0 else "reject")
"""


def test_a_checker_decides_where_several_outputs_are_right(judged):
    tests = {"type": "stdio", "cases": [["7\n", "1 6\n"]], "checker": CHECKER}
    assert judged(tests, "print(3, int(input()) - 3)").reason == "pass.tests"
    assert judged(tests, "print(3, 3)").reason == "fail.wrong_output"
    assert judged({**tests, "checker": "1/0"}, "print(3, 4)").reason == "undecided.broken_tests"
    assert judged(tests, "print('accept')").reason == "undecided.broken_tests"


def test_a_hundred_programs_leave_nothing(judged):
    judged(ADD, RIGHT)
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    for _ in range(30):
        judged(ADD, "import threading, time\nfor i in range(5):\n    threading.Thread("
                    "target=time.sleep, args=(30,), daemon=True).start()\n" + RIGHT)  # fmt: skip
    time.sleep(0.1)
    assert {p.pid for p in psutil.Process().children(recursive=True)} == before
