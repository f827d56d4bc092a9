"""The command line: `longcot COMMAND`. Each command is a file of the folder `commands`."""

import io
import sys

from flows.cli.app import app
from flows.cli.complaints import complaint, unreadable
from schemas.errors import LongcotError, MachineError
from schemas.parts import load_parts
from schemas.printable import printable


def main() -> None:
    """Run the command line; an error is one paragraph and exit code 1 (3: a gate was met)."""
    for stream in (sys.stdout, sys.stderr):  # a terminal of ASCII is shown escapes, no traceback
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        if told := unreadable(sys.argv[1:]):
            raise MachineError(told)
        load_parts("flows.cli.commands")
        app()
    except Exception as error:
        print(f"longcot: {printable(complaint(error))}", file=sys.stderr)
        sys.exit(error.code if isinstance(error, LongcotError) else 1)


if __name__ == "__main__":
    main()
