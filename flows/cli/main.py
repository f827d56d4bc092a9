"""The command line: `longcot COMMAND`. Each command is a file of the folder `commands`."""

import io
import sys

from flows.cli.app import app
from schemas.errors import LongcotError
from schemas.parts import load_parts
from schemas.printable import printable


def main() -> None:
    """Run the command line; an error that longcot raises is one paragraph and exit code 1."""
    for stream in (sys.stdout, sys.stderr):  # a terminal of ASCII is shown escapes, no traceback
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    load_parts("flows.cli.commands")
    try:
        app()
    except LongcotError as error:
        print(f"longcot: {printable(str(error))}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
