"""The flows and the command line. Importing this package quiets Prefect; see `quiet`."""

from flows.quiet import quiet

quiet()
