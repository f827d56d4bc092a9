"""The flows and the command line. Importing this package quiets Prefect; see `quiet`."""

from flows.runner.prefect_settings import quiet

quiet()
