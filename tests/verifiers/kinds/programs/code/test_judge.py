import json
import time

import psutil
import pytest

from verifiers.kinds.programs.code import judge, read_suite

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
        ("x = 1\n\0", "fail.syntax"),
        ("x = []\nwhile True: x.append({})", "fail.memory_limit"),  # small ones, to the last byte
        (
            RIGHT + "class X:\n    def __del__(s):\n        while True: pass\nx = X()",
            "fail.time_limit",
        ),
        (RIGHT + "import sys\nsys.stderr.close()\nsys.exit('no')", "fail.exception"),
        (RIGHT + "import traceback\ntraceback.format_exception_only = None\n1/0", "fail.exception"),
        (RIGHT + "print('x' * (1 << 21))", "fail.output_limit"),
        ("f = open('big', 'wb')\nwhile True: f.write(bytes(1 << 20))", "fail.output_limit"),
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


def test_no_program_can_claim_that_the_sandbox_failed(judged):
    forged = (
        'import os, struct, traceback\nt = b\'{"failed": "sandbox"}\'\n'
        "os.write(3, struct.pack('!QQ', len(t), 0) + t)\ndef add(a, b): raise SystemExit(1)"
    )
    assert judged(CALL, forged).reason == "fail.exception"


@pytest.mark.parametrize(
    "end",
    [
        "import sys\nsys.stdout.close()",
        "import sys\nsys.stdout = None",
        "import sys\ndel sys.stdout",
        "import sys, io\nsys.stdout = io.StringIO()\nprint('not this')",
        "import os, sys\nsys.stdout.flush()\nos._exit(0)",
    ],
)
def test_what_was_printed_counts_whatever_becomes_of_the_stream(judged, end):
    assert judged(ADD, RIGHT + end).reason == "pass.tests"


@pytest.mark.parametrize(
    "program",
    [
        "out = open(1, 'w')\nout.write(str(sum(map(int, input().split()))))",
        "import sys\ndef main():\n    out = open(1, 'w')\n"
        "    out.write(str(sum(map(int, input().split()))))\n    sys.exit()\nmain()",
        "class Late:\n    def __del__(self): print(self.text)\nlate = Late()\n"
        "late.text = sum(map(int, input().split()))",
    ],
)
def test_the_end_of_the_interpreter_writes_what_is_left(judged, program):
    assert judged(ADD, program).reason == "pass.tests"


@pytest.mark.parametrize(
    "program",
    [
        "import io, os\ndata = io.BytesIO(os.read(0, os.fstat(0).st_size))\n"
        "print(sum(map(int, data.read().split())))",
        "import mmap\nprint(sum(map(int, mmap.mmap(0, 0, prot=mmap.PROT_READ)[:].split())))",
        "print(sum(map(int, open('/dev/stdin').read().split())))",
        "import sys\nsys.stdin = open(0)\nprint(sum(map(int, input().split())))",
    ],
)
def test_the_input_is_a_file_as_in_contests(judged, program):
    assert judged(ADD, program).reason == "pass.tests"


def test_a_function_is_not_the_main_program(judged):
    program = "def add(a, b): return a + b\nif __name__ == '__main__': print(int(input()))"
    assert judged(CALL, program).reason == "pass.tests"
    assert judged(ADD, "if __name__ == '__main__':\n    " + RIGHT.replace("\n", "\n    ")).passed


def test_a_class_solution_is_given_the_names_that_leetcode_gives(judged):
    stub = "class Solution:\n    def add(self, a: List[int], b: Optional[int]):\n        "
    assert judged(CALL, stub + "return reduce(lambda x, y: x + y, [a, b])").reason == "pass.tests"
    assert judged(CALL, stub + "return int(pow(a + b, 1, 99) * math.exp(0))").reason == "pass.tests"
    plain = "def add(a, b): return math.floor(a + b)"
    missing = "NameError: name 'math' is not defined"  # Python 3.13 adds a hint
    assert judged(CALL, plain).results[0].detail.startswith(missing)
    merge = {"type": "function", "entry_point": "merge", "cases": [[[1], 2]]}
    named = "class Solution:\n    def merge(self, a): return a + 1"  # as heapq's
    assert judged(merge, named).reason == "pass.tests"


def test_an_integer_too_long_to_write_is_only_wrong(judged):
    report = judged(CALL, "def add(a, b): return [10 ** 6000]")
    assert report.reason == "fail.wrong_output"
    assert report.results[0].detail == "value with an integer of thousands of digits"


def test_a_value_for_a_list_of_one_where_the_set_writes_it_so(judged):
    tests = {"fn_name": "add", "inputs": [[2, 3], [7, 1]], "outputs": [[5], [8]]}
    assert judged(tests, "def add(a, b): return a + b").reason == "pass.tests"
    assert judged(tests, "def add(a, b): return [a + b]").reason == "pass.tests"
    assert judged(tests, "def add(a, b): return 5").reason == "fail.wrong_output"


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
    own = "class Wrong(ValueError): pass\ndef f(n): raise Wrong(n)"
    assert judged(asserts, own).reason == "pass.tests"
    assert judged(asserts, "def f(n): raise KeyError(n)").reason == "fail.exception"
    assert judged(asserts, "def f(n): return n").reason == "fail.wrong_output"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("def f(n):\n    while True: pass", "fail.time_limit"),
        ("def f(n): return [0] * 10**10", "fail.memory_limit"),
        ("def f(n): raise SystemExit", "fail.exception"),
        ("g = 1", "fail.no_function"),
    ],
)
def test_no_test_forgives_a_call_without_an_answer(judged, program, reason):
    asserts = {"test_list": ["try:\n    f(1)\nexcept BaseException:\n    pass"], "time_limit": 0.5}
    assert judged(asserts, program).reason == reason


@pytest.mark.parametrize(
    "test", ["assert all(map(f, [1, 2]))", "for x in map(f, [1, 2]):\n    assert x == 1"]
)
def test_no_exception_ends_the_loops_of_a_test(judged, test):
    assert judged({"test_list": [test]}, "def f(n): return 1").reason == "pass.tests"
    cheat = "def f(n): raise StopIteration"
    assert judged({"test_list": [test]}, cheat).reason == "fail.exception"


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
    assert judged(tests, "print('accept')").reason == "fail.wrong_output"


def test_a_hundred_programs_leave_nothing(judged):
    judged(ADD, RIGHT)
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    for _ in range(30):
        judged(ADD, "import threading, time\nfor i in range(5):\n    threading.Thread("
                    "target=time.sleep, args=(30,), daemon=True).start()\n" + RIGHT)  # fmt: skip
    time.sleep(0.1)
    assert {p.pid for p in psutil.Process().children(recursive=True)} == before


def test_the_score_costs_at_most_the_time_of_one_test_more(judged):
    suite = {**CALL, "tests": [[[1, 2], 0]] * 50}
    slow = "import time\ndef add(a, b):\n    end = time.process_time() + 0.3\n"
    slow += "    while time.process_time() < end: pass\n    return 1"
    report = judged(suite, slow, every=True)
    assert (report.reason, report.score, report.total) == ("fail.wrong_output", None, 50)
    assert len(report.results) <= 6
