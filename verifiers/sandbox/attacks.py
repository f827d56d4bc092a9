"""What a hostile program tries. Each attack runs inside and prints its name where it succeeds.

They are real: listeners, a secret file and the judge itself are there to be reached. Kept as
source text, because it is only ever run inside a sandbox.
"""

import json
import os

from verifiers.sandbox.inside.confine import Limits

LIMITS = Limits(seconds=2.0, memory=256 << 20, output=1 << 16)

_REACHING = r"""
import ctypes, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
goal = GOAL

def tcp():
    socket.create_connection(("127.0.0.1", goal["tcp"]), timeout=1)

def udp():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", goal["udp"]))

def unix_socket():
    socket.socket(socket.AF_UNIX).connect("\0" + goal["unix"])

def unix_datagram():
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    a.sendto(b"x", "\0" + goal["unix_datagram"])

def read_secret():
    assert goal["mark"] in open(goal["secret"]).read()

def write_beside_secret():
    open(goal["secret"] + ".written", "w").write("x")

def change_secret():
    os.chmod(goal["secret"], 0o777)

def link_secret():
    os.link(goal["secret"], "/tmp/link")

def write_temporary():
    open("/tmp/" + goal["unix"], "w").write("x")
    os.unlink("/tmp/" + goal["unix"])

def write_shared_memory():
    open("/dev/shm/" + goal["unix"], "w").write("x")
    os.unlink("/dev/shm/" + goal["unix"])

def list_home():
    assert os.listdir(os.path.dirname(goal["secret"]))

def read_environment():
    assert any("longcot" in key.lower() or key in ("USER", "PWD", "SHELL") for key in os.environ)

def read_other_environments():
    pids = [os.getppid(), goal["judge"], 1]
    found = []
    for pid in pids:
        try:
            found.append(open(f"/proc/{pid}/environ").read())
        except OSError:
            pass
    assert found

def read_judges_memory():
    open(f"/proc/{goal['judge']}/mem", "rb")

def read_fork_servers_memory():
    open(f"/proc/{os.getppid()}/mem", "rb")

def trace_fork_server():
    assert libc.ptrace(0x4206, os.getppid(), 0, 0) == 0

def trace_judge():
    assert libc.ptrace(0x4206, goal["judge"], 0, 0) == 0

def peek_at_fork_server():
    buffer = ctypes.create_string_buffer(8)
    part = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
    assert libc.process_vm_readv(os.getppid(), part, 1, part, 1, 0) >= 0

def signal_fork_server():
    os.kill(os.getppid(), 0)

def signal_fork_server_by_descriptor():
    import fcntl
    fcntl.fcntl(1, fcntl.F_SETOWN, os.getppid())

def signal_judge():
    os.kill(goal["judge"], 0)

def signal_everybody():
    os.kill(-1, 0)

def fork():
    if os.fork() == 0:
        os._exit(0)

def vfork_and_run():
    import subprocess
    subprocess.run(["/bin/true"], check=True)

def new_user_namespace():
    assert libc.unshare(0x10000000) == 0

def mount():
    assert libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0

def change_root():
    os.chroot("/usr")

def become_other_user():
    os.setuid(1)

def raise_limits():
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

def io_uring():
    assert libc.syscall(425, 1, ctypes.create_string_buffer(256)) >= 0

def kernel_keyring():
    assert libc.syscall(250, 0, -3, 1) >= 0

def memory_file():
    os.memfd_create("x")

def shared_segment():
    assert libc.shmget(0x5EC3E7, 4096, 0o1600) >= 0

def inherited_descriptors():
    found = []
    for fd in range(4, 256):
        try:
            os.fstat(fd)
            found.append(fd)
        except OSError:
            pass
    assert found

def start_program():
    os.execv("/bin/true", ["/bin/true"])

ATTACKS = [value for value in list(globals().values()) if callable(value)
           and getattr(value, "__module__", "") == "__main__" and value is not libc]
for attack in ATTACKS:
    try:
        attack()
    except BaseException:
        continue
    print(attack.__name__, flush=True)
print(len(ATTACKS))
"""

REACHING_COUNT = _REACHING.count("\ndef ")
"""How many attacks `reaching` tries: a program that was cut short must not count as harmless."""

HOARDING = {
    "memory": "x = bytearray(1 << 30); print('escaped')",
    "memory in pieces": "x = [bytearray(1 << 20) for i in range(1024)]\nprint('escaped')",
    "threads": (
        "import threading, time\nthreading.stack_size(1 << 20)\n"
        "for i in range(2000): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()"
        "\nprint('escaped', flush=True)\nimport os; os._exit(0)"
    ),
    "signals ignored": (
        "import signal\nfor n in range(1, 65):\n"
        "    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\n"
        "import time\nt = time.time()\nwhile time.time() < t + 20: pass\nprint('escaped')"
    ),
    "output": "import sys\nwhile True: sys.stdout.write('escaped' * 9999)",
}
"""Programs that take more than their share; none may end well."""


def reaching(goal: dict[str, object]) -> str:
    """A program that reaches for what `goal` names and prints how far it got."""
    return _REACHING.replace("GOAL", json.dumps({**goal, "judge": os.getpid()}))
