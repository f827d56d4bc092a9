"""Starts a server's command and kills it with all its children, whatever happens.

Run as `python supervisor.py COMMAND...`, with a pipe as standard input that its owner
holds open. When the owner closes the pipe, or dies in any way (SIGKILL too), or the command ends,
the supervisor kills every process below itself and exits with the command's code. It is a process
of its own because a process that was killed can clean up nothing.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import tempfile
import time

PR_SET_CHILD_SUBREAPER = 36
GRACE = 10.0
"""Seconds between SIGTERM and SIGKILL: vLLM's own time to stop its engine and free the GPU."""


def below(root: int) -> list[int]:
    """Every living process below `root`."""
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    state, parent = file.read().rpartition(b") ")[2].split()[:2]
            except OSError:
                continue
            if state != b"Z":
                parents.setdefault(int(parent), []).append(int(name))
    found, todo = [], [root]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += children
    return found


def end(how: int) -> None:
    """Send a signal to every process below this one."""
    for child in below(os.getpid()):
        try:
            os.kill(child, how)
        except ProcessLookupError:
            continue


def reap() -> None:
    """Collect the dead among the children."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def main() -> None:
    """Guard the command in `sys.argv`, with a folder of its own for its sockets."""
    if sys.platform == "linux":
        # Orphans of the server become children of the supervisor, where it finds them.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, lambda *_: os.close(0))  # the loop below sees it
    # vLLM leaves the sockets between its processes where it made them.
    with tempfile.TemporaryDirectory(prefix="vllm-", ignore_cleanup_errors=True) as place:
        code = guard(sys.argv[1:], {"VLLM_RPC_BASE_PATH": place, **os.environ})
    sys.exit(code)


def guard(command: list[str], environment: dict[str, str]) -> int:
    """Run a command until it or the owner ends, and end all that is left; its exit code, not 0."""
    guarded = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, env=environment, start_new_session=True
    )
    while guarded.poll() is None:
        try:
            readable, _, _ = select.select([0], [], [], 0.5)
            if readable and not os.read(0, 1024):
                break
        except (OSError, ValueError):
            break
    end(signal.SIGTERM)
    limit = time.monotonic() + GRACE
    while time.monotonic() < limit and below(os.getpid()):
        guarded.poll()
        reap()
        time.sleep(0.05)
    while below(os.getpid()):
        end(signal.SIGKILL)
        time.sleep(0.05)
        guarded.poll()
        reap()
    return guarded.returncode if guarded.returncode and guarded.returncode > 0 else 1


if __name__ == "__main__":
    main()
