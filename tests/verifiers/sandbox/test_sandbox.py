import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests import ROOT
from tests.patience import patience
from verifiers.sandbox import Limits, Powers, Sandbox, SandboxError, Tier, attacks, tiers
from verifiers.sandbox.inside.serialization import dumps, loads

CANARY = "3f9c1d7be8a04652" * 3
SHORT = Limits(seconds=0.5, memory=128 << 20, output=10_000)


def family():
    return psutil.Process().children(recursive=True)


def gone(processes):
    _, alive = psutil.wait_procs(processes, timeout=patience(3))
    return not [p for p in alive if p.status() != psutil.STATUS_ZOMBIE]


def run(sandbox, source, stdin=b"", limits=SHORT):
    return sandbox.stdio(source, stdin, limits)


def test_a_program_reads_and_prints(sandbox):
    found = run(
        sandbox, "print(int(input()) + 1)\nimport sys; print('e', file=sys.stderr)", b"41\n"
    )
    assert (found.how, found.status, found.output, found.errors) == ("exited", 0, b"42\n", b"e\n")
    assert 0 < found.cpu < 0.5 and 1 << 20 < found.memory < 1 << 30


def test_a_megabyte_goes_in_and_out(sandbox):
    data = b"x" * 1_000_000
    limits = Limits(seconds=2, output=2_000_000)
    found = run(sandbox, "import sys; sys.stdout.write(sys.stdin.read())", data, limits)
    assert found.output == data


def test_input_that_is_not_read_does_no_harm(sandbox):
    assert run(sandbox, "print(1)", b"x" * 1_000_000).output == b"1\n"


@pytest.mark.parametrize(
    ("source", "how", "failed"),
    [
        ("while True: pass", "timeout", None),
        ("import time; time.sleep(60)", "timeout", None),
        ("import signal\nfor n in range(1, 32):\n  try: signal.signal(n, signal.SIG_IGN)\n"
         "  except (OSError, ValueError): pass\nwhile True: pass", "timeout", None),
        ("try:\n  while True: pass\nexcept BaseException:\n  while True: pass", "timeout", None),
        ("while True: print('x' * 1000)", "output", None),
        ("x = bytearray(1 << 30)", "exited", "memory"),
        ("x = []\nwhile True: x.append(bytearray(1 << 20))", "exited", "memory"),
        ("raise SystemExit(3)", "exited", "exit"),
        ("1/0", "exited", "exception"),
        ("print(", "exited", "syntax"),
        ("import os; os.fork()", "exited", "exception"),
        ("import subprocess; subprocess.run(['true'])", "exited", "exception"),
        ("open('/tmp/left', 'w')", "exited", "exception"),
        ("open('big', 'wb').write(bytes(1 << 26))", "exited", "output"),
        ("for i in range(10**6): open(str(i), 'wb').write(bytes(1 << 20))", "output", None),
        ("import os\nfor i in range(10**6):\n    f = open(str(i), 'wb'); os.unlink(str(i))\n"
         "    f.write(bytes(1 << 24)); os.dup(f.fileno())", "output", None),
        ("import os; f = open('a', 'wb'); os.posix_fallocate(f.fileno(), 0, 1 << 20)", "exited",
         "exception"),
        ("open('../other', 'w')", "exited", "exception"),
        ("import os; os.mkdir('a')", "exited", "exception"),
        ("import os; os.symlink('/etc/passwd', 'a')", "exited", "exception"),
        ("open('/etc/passwd').read()", "exited", "exception"),
        ("import socket; socket.socket()", "exited", "exception"),
        ("import os; os.kill(os.getppid(), 9)", "exited", "exception"),
        ("import os; os.abort()", "exited", None),
        ("import os; os._exit(0)", "exited", None),
        ("import ctypes; ctypes.string_at(0)", "exited", None),
    ],
)  # fmt: skip
def test_a_program_cannot_do_what_it_must_not(sandbox, source, how, failed):
    found = run(sandbox, source)
    assert found.how == how
    told = found.said.get("failed")
    # What fills its space is killed, and may have said so just before.
    assert told == failed or (how, told) == ("output", "output"), found
    assert found.wall < patience(3)
    assert run(sandbox, "print(1)").output == b"1\n"  # and the fork server lives on


def test_a_program_cannot_write_its_input(sandbox):
    source = (
        "import os\nf = os.open('/dev/stdin', os.O_RDWR)\nfor change in (lambda: os.write(f, b'9'),"
        " lambda: os.ftruncate(f, 0), lambda: os.ftruncate(f, 99)):\n"
        "    try: change()\n    except PermissionError: print('refused')\nprint(input())"
    )
    assert run(sandbox, source, b"5\n").output == b"refused\n" * 3 + b"5\n"


def test_endless_recursion_ends(sandbox):
    found = run(sandbox, "import sys; sys.setrecursionlimit(10**9)\ndef f(): f()\nf()")
    assert found.how == "timeout" or found.status != 0
    assert run(sandbox, "def f(): f()\nf()").said["type"] == "RecursionError"


def test_threads_and_asyncio_work(sandbox):
    source = (
        "import asyncio, threading\nt = threading.Thread(target=print, args=(1,))\n"
        "t.start()\nt.join()\nasync def main(): print(2)\nasyncio.run(main())"
    )
    assert run(sandbox, source, limits=Limits()).output == b"1\n2\n"


def test_exit_handlers_and_waiting_threads_finish_first(sandbox):
    source = (
        "import atexit, threading, time\natexit.register(print, 'last')\n"
        "threading.Thread(target=lambda: (time.sleep(.05), print('thread'))).start()\nprint('main')"
    )
    assert run(sandbox, source).output == b"main\nthread\nlast\n"


def test_a_program_has_a_folder_for_the_run_only(sandbox):
    source = "open('a', 'w').write('1'); import os; print(open('a').read(), os.listdir('.'))"
    assert run(sandbox, source).output == b"1 ['a']\n"
    assert run(sandbox, source).output == b"1 ['a']\n"
    assert run(sandbox, "print(open('/dev/stdin').read())", b"x").output == b"x\n"


def test_a_run_knows_nothing_of_the_run_before(sandbox):
    run(sandbox, "import sys, builtins, json; builtins.leak = 1; json.dumps = None; sys.leak = 2")
    source = (
        "import sys, json; print(hasattr(sys, 'leak'), 'leak' in dir(__builtins__), json.dumps)"
    )
    assert b"False False <function dumps" in run(sandbox, source).output


@pytest.mark.parametrize("memory", [64, 256, 1024])
def test_no_program_finds_an_earlier_one_in_its_memory(tier, memory):
    limits = Limits(10.0, memory << 20)
    with Sandbox(tier) as sandbox:
        for times in (1, 50, 5000):
            kept = CANARY * times
            run(sandbox, f"kept = {kept!r}; print(input(), kept)", kept.encode(), limits)
            sandbox.call("", f"def f(x): return x, {kept!r}", "f", dumps([[kept], {}]), limits)
        found = run(sandbox, attacks.remembering(CANARY, CANARY[::-1]), limits=limits)
    assert found.output == b"own\n", found.errors


SCANS = {  # programs that look for CANARY, which is handed in as two halves
    "bash": (
        {"main.sh": 'read a; read b; cat ./* ../*/* /proc/self/environ /dev/shm/* /tmp/* '
                    '| grep -c "$a$b"'},
        None, ["/usr/bin/bash", "{place}/main.sh"], Powers(forks=True), b"0",
    ),
    "cpp": (
        {"main.cpp": """
#include <bits/stdc++.h>
#include <fcntl.h>
#include <unistd.h>
int main() {
    std::string a, b, line; std::cin >> a >> b;
    int ends[2]; if (pipe(ends)) return 1;
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    char page[4097]; long found = 0, seen = 0; page[4096] = 0;
    uintptr_t heap = (uintptr_t)sbrk(0), stack = (uintptr_t)&line, code = (uintptr_t)&main;
    for (uintptr_t known : {heap, stack, code, (uintptr_t)&std::cin, (uintptr_t)&write})
        for (uintptr_t at = (known & ~4095UL) - (16 << 20); at < known + (16 << 20); at += 4096) {
            if (write(ends[1], (void *)at, 4096) != 4096) continue;
            if (read(ends[0], page, 4096) != 4096) return 2;
            seen++;
            for (size_t i = 0; i + 48 <= 4096; i++)
                found += !memcmp(page + i, a.data(), 24) && !memcmp(page + i + 24, b.data(), 24);
        }
    std::cout << (seen > 100 ? found : -1) << std::endl;
}
"""},
        ["/usr/bin/g++", "-O1", "-o", "{place}/main", "{place}/main.cpp"],
        ["{place}/main"], Powers(), b"0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", SCANS)
def test_no_program_of_another_language_finds_an_earlier_one(tier, language):
    files, build, command, powers, none = SCANS[language]
    limits = Limits(20.0, 1 << 30)
    with Sandbox(tier) as sandbox:
        run(sandbox, f"kept = {CANARY!r}; print(input(), kept)", CANARY.encode(), limits)
        earlier = sandbox.place({"main.sh": f"echo {CANARY}"})
        sandbox.command(["/usr/bin/bash", f"{earlier}/main.sh"], CANARY.encode(), limits,
                        Powers(forks=True, reads=earlier))  # fmt: skip
        sandbox.discard(earlier)
        place = sandbox.place(files)
        if build:
            words = [word.format(place=place) for word in build]
            assert not sandbox.command(words, b"", limits, Powers(forks=True, writes=place)).status
        words = [word.format(place=place) for word in command]
        halves = f"{CANARY[:24]}\n{CANARY[24:]}\n".encode()
        found = sandbox.command(words, halves, limits, powers._replace(reads=place))
    assert found.output.strip() == none, found


def test_a_program_sees_no_module_of_the_judge(sandbox):
    source = "import sys; print([m for m in sys.modules if m.partition('.')[0] in " \
             "('verifiers', 'schemas', 'tasks', 'sympy')])"  # fmt: skip
    assert run(sandbox, source).output == b"[]\n"


def test_a_value_comes_back_typed(sandbox):
    arguments = dumps([[(1, 2.5), {"a": None}], {"b": {3}}])
    found = sandbox.call("", "def f(a, d, b): return [b, d, a, 10**30]", "f", arguments, SHORT)
    assert loads(found.said["value"]) == [{3}, {"a": None}, (1, 2.5), 10**30]


def test_a_forged_message_is_only_a_message(sandbox):
    source = (
        'import os, struct\nt = b\'{"value": "5"}\'\n'
        "os.write(3, struct.pack('!QQ', len(t), 0) + t)\ndef f(): return 6"
    )
    assert sandbox.call("", source, "f", dumps([[], {}]), SHORT).said == {"value": "5"}
    junk = "import os\nos.write(3, b'\\xff' * 500)\nos._exit(0)"
    assert sandbox.call("", junk, "f", dumps([[], {}]), SHORT).said == {}
    flood = "import os\nwhile True: os.write(3, b'x' * 5000)"
    assert sandbox.call("", flood, "f", dumps([[], {}]), SHORT).how == "output"


def test_processes_end_with_the_run_that_started_them(sandbox):
    place = sandbox.place({"main.sh": "sleep 97 & setsid sleep 98 & (sleep 99 &) & echo done"})
    before = time.monotonic()
    powers = Powers(forks=True, reads=place)
    found = sandbox.command(["/usr/bin/bash", f"{place}/main.sh"], b"", SHORT, powers)
    assert found.output == b"done\n" and time.monotonic() - before < patience(3)
    sleeps = [["sleep", seconds] for seconds in ("97", "98", "99")]
    sleeping = [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] in sleeps]
    assert gone(sleeping)


def test_a_fork_bomb_is_held_and_ended(sandbox):
    place = sandbox.place({"main.sh": "b() { b | b & }; b; b; sleep 5"})
    before = len(psutil.pids())
    found = sandbox.command(
        ["/usr/bin/bash", f"{place}/main.sh"], b"", SHORT, Powers(forks=True, reads=place)
    )
    assert found.how in ("timeout", "exited") and found.wall < patience(5)
    time.sleep(0.2)
    assert len(psutil.pids()) < before + 40


def test_a_compiler_writes_in_its_folder_only(sandbox):
    place = sandbox.place({"main.sh": "echo 1 > here; echo 2 > ../there; cat here ../there"})
    powers = Powers(forks=True, writes=place)
    found = sandbox.command(["/usr/bin/bash", f"{place}/main.sh"], b"", SHORT, powers)
    assert found.output == b"1\n" and b"there" in found.errors
    sandbox.discard(place)
    with pytest.raises(SandboxError, match="No such file"):
        sandbox.command(["/usr/bin/ls", place], b"", SHORT, Powers(reads=place))


def test_a_lost_keeper_is_an_error_with_its_reason(tier):
    sandbox = Sandbox(tier)
    run(sandbox, "print(1)")
    for process in psutil.Process(sandbox._process.pid).children(recursive=True)[::-1]:
        process.kill()
    sandbox._process.kill()
    with pytest.raises(SandboxError, match="fork server is gone"):
        run(sandbox, "print(1)")
    sandbox.close()


def test_closing_leaves_no_process_and_no_file(tier, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    os.chmod(tmp_path, 0o755)
    before = set(family())
    with Sandbox(tier) as sandbox:
        sandbox.place({"a": "b"})
        run(sandbox, "print(1)")
        mine = set(family()) - before
        assert mine
    sandbox.close()
    assert gone(mine) and not list(tmp_path.iterdir())


ORPHANS = """
import ctypes, os, sys, time
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # what nobody waits for comes to this process
from verifiers.sandbox import Limits, Sandbox, Tier
for _ in range(3):
    with Sandbox(Tier(sys.argv[1])) as sandbox:
        sandbox.stdio("print(1)", b"", Limits())
time.sleep(0.3)
try:
    print(os.waitpid(-1, os.WNOHANG))
except ChildProcessError:
    print("none")
"""


def test_closing_leaves_no_zombie_for_another_process(tier):
    found = subprocess.run(
        [sys.executable, "-c", ORPHANS, tier], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert found.stdout == "none\n"


def test_sandboxes_outlive_the_thread_that_made_them(tier):
    with ThreadPoolExecutor(1) as threads:
        sandbox = threads.submit(Sandbox, tier).result()
    time.sleep(0.3)
    with sandbox:
        assert run(sandbox, "print(1)").output == b"1\n"


PARENT = """
import sys, time
from verifiers.sandbox import Limits, Powers, Sandbox, Tier
sandbox = Sandbox(Tier(sys.argv[1]))
place = sandbox.place({"main.sh": "sleep 93 & sleep 94"})
print("ready", flush=True)
command = ["/usr/bin/bash", place + "/main.sh"]
sandbox.command(command, b"", Limits(60), Powers(forks=True, reads=place))
"""


def test_a_killed_judge_leaves_no_process(tier):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, tier], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert parent.stdout.readline() == "ready\n"
    time.sleep(0.5)
    mine = psutil.Process(parent.pid).children(recursive=True)
    assert len(mine) >= 3  # the fork server, the shell, its child
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert gone(mine)
    assert not list(Path("/tmp").glob(f"longcot-sandbox-{parent.pid}-*/*"))
    Sandbox(Tier.LANDLOCK).close()
    assert not list(Path("/tmp").glob(f"longcot-sandbox-{parent.pid}-*"))


def test_the_environment_of_a_keeper_is_empty(tier):
    command = tiers.command(tier, 9, "/tmp", 0)
    assert not any("LONGCOT" in word or "TOKEN" in word for word in command)
    with Sandbox(tier) as sandbox:
        names = json.loads(
            run(sandbox, "import os, json; print(json.dumps(list(os.environ)))").output
        )
    assert set(names) <= {"PATH", "LANG", "HOME", "TMPDIR", "OPENSSL_CONF", "OMP_NUM_THREADS",
                          "OPENBLAS_NUM_THREADS"}  # fmt: skip


def test_bubblewrap_comes_first():
    assert list(Tier) == [Tier.NAMESPACES, Tier.LANDLOCK]
