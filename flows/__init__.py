"""The flows and the command line. Importing this package finds a home and quiets Prefect."""

from flows.runner.home import settle
from flows.runner.prefect.settings import quiet

settle()
quiet()
