"""The stages, one a file, and what they stand on (pool, Parquet, readers)."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("longcot")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0+unknown"
