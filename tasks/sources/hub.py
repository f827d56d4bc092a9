"""Datasets of the Hugging Face Hub as rows, streamed."""

from collections.abc import Iterator

from schemas.errors import SourceError
from schemas.rows import Rows
from tasks.sources.rows import Row


def hub_stamp(rows: Rows) -> str:
    """The commit that the dataset is at (and what of it is read): asks the Hub, reads no data.

    Raises SourceError where the Hub does not know the dataset or cannot be reached.
    """
    from huggingface_hub import HfApi

    try:
        commit = HfApi().dataset_info(str(rows.hub), revision=rows.revision).sha
    except Exception as error:  # the client raises its own, httpx's and the system's errors
        raise SourceError(f"hub dataset {rows.hub}: {type(error).__name__}: {error}") from error
    return f"{rows.hub}@{commit}/{rows.config}/{rows.split}"


def read_hub(rows: Rows) -> Iterator[Row]:
    """Every row of a hub dataset's split, in order. Raises SourceError."""
    import datasets

    try:
        found = datasets.load_dataset(
            str(rows.hub), rows.config, split=rows.split, revision=rows.revision, streaming=True
        )
        for number, content in enumerate(found, 1):
            yield Row(f"{rows.hub}:{number}", dict(content))
    except Exception as error:  # datasets raises dozens of kinds, network errors among them
        raise SourceError(
            f"hub dataset {rows.hub} ({rows.config or 'default'}, {rows.split}): "
            f"{type(error).__name__}: {error}"
        ) from error
