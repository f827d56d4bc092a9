"""What a hostile program tries. Each attack runs inside and prints its name where it succeeds.

They are real: listeners, a secret file and the judge itself are there to be reached. Kept as
source text, because it is only ever run inside a sandbox.
"""

import hashlib
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


_REMEMBERING = r"""
import ctypes, gc, hashlib, os, re, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.sbrk.restype = ctypes.c_void_p
SOUGHT = WANTED  # by name: how a text begins, and the digest of the rest: never the whole text
kept = "".join(OWN)  # proves that the scan sees
reads, writes = os.pipe()
os.set_blocking(writes, False)
PAGE, STRIDE, REACH = 4096, 65536, 96 << 20
found = set()

def page(address):
    # The kernel copies the page, or says that there is none: no fault ever reaches this process.
    if libc.write(writes, ctypes.c_void_p(address), ctypes.c_size_t(PAGE)) != PAGE:
        return None
    return os.read(reads, PAGE)

def look(data):
    for name, (begin, digest) in SOUGHT.items():
        at = data.find(begin)
        while at >= 0:
            rest = data[at + len(begin) : at + 2 * len(begin)]
            if hashlib.sha256(rest).hexdigest() == digest:
                found.add(name)
            at = data.find(begin, at + 1)

def around(start, end):
    address, last = start & -STRIDE, b""
    while address < end:
        data = page(address)
        if data is None:
            address, last = (address & -STRIDE) + STRIDE, b""
            continue
        look(last[-256:] + data)
        address, last = address + PAGE, data

def mapped():
    for line in open("/proc/self/maps"):
        low, high, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
        if rights[0] == "r" and "w" in rights:
            yield int(low, 16), int(high, 16)

try:
    ranges = list(mapped())
except OSError:  # then from what is known to be somewhere
    known = [id(object()), id(sys.modules), id(kept), libc.sbrk(0), id(look),
             ctypes.addressof(ctypes.c_int()), id(bytearray(1 << 20)), id(bytes(1 << 19))]
    ranges = [(max(at - REACH, STRIDE), at + REACH) for at in known]
    merged = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1]:
            merged[-1][1] = max(high, merged[-1][1])
        else:
            merged.append([low, high])
    ranges = merged
for low, high in ranges:
    around(low, high)
for thing in gc.get_objects():
    for part in (thing.values() if type(thing) is dict else
                 thing if type(thing) in (list, tuple, set) else ()):
        if type(part) is str:
            look(part.encode("utf-8", "replace"))
for name in os.listdir("."):
    look(open(name, "rb").read(1 << 20))
print(*sorted(found))
"""


def remembering(canary: str, own: str) -> str:
    """A program that looks for `canary` in all memory that it can read, and prints what it found.

    "earlier" for the canary, "own" for a text of its own, without which the scan saw nothing.
    Neither stands in its source as a whole.
    """
    sought = {name: _sought(text) for name, text in (("earlier", canary), ("own", own))}
    half = len(own) // 2
    return _REMEMBERING.replace("WANTED", repr(sought)).replace(
        "OWN", repr((own[:half], own[half:]))
    )


def _sought(text: str) -> tuple[bytes, str]:
    half = len(text) // 2
    return text[:half].encode(), hashlib.sha256(text[half:].encode()).hexdigest()


def reaching(goal: dict[str, object]) -> str:
    """A program that reaches for what `goal` names and prints how far it got."""
    return _REACHING.replace("GOAL", json.dumps({**goal, "judge": os.getpid()}))
