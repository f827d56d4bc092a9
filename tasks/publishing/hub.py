"""The Hugging Face Hub as a place to publish to; huggingface_hub does the talking.

Its limits: about 100 files a commit, about 100 commits an hour, 10,000 entries a folder.
https://huggingface.co/docs/hub/storage-limits
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple, TypeVar

from schemas.errors import LongcotError
from tasks.pool.store import Pool
from tasks.publishing.versions import File

PREFIX = "hf://datasets/"
A_COMMIT = 100
"""Files of one commit."""
TRIES = 8
LONGEST_WAIT = 3600
"""Seconds: the Hub counts commits by the hour."""

T = TypeVar("T")


class There(NamedTuple):
    """What a repository holds: its head, and per file its size and sha256 (else git's own hash)."""

    head: str
    files: dict[str, tuple[int, str]]


class Moved(Exception):
    """Somebody else pushed meanwhile (412)."""


def name_in(url: str) -> str:
    """USER/NAME of a dataset repository's address. Raises LongcotError where it is none."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    name = url.removeprefix(PREFIX).strip("/")
    try:
        validate_repo_id(name)
    except HFValidationError as error:
        raise LongcotError(f"{url}: a repository is {PREFIX}USER/NAME: {error}") from None
    if "/" not in name:
        raise LongcotError(f"{url}: a repository is {PREFIX}USER/NAME")
    return name


class Repository:
    """A dataset repository. Raises LongcotError in one paragraph for whatever the Hub refuses."""

    def __init__(self, url: str, say: Callable[[str], None]) -> None:
        from huggingface_hub import HfApi, get_token
        from huggingface_hub.utils import disable_progress_bars

        disable_progress_bars()
        self.url, self.name = url, name_in(url)
        if not get_token():
            raise LongcotError(
                f"{url}: there is no key for the Hub; `hf auth login`, or set HF_TOKEN to a token "
                "that may write"
            )
        self.api, self.say = HfApi(), say

    def open(self, private: bool) -> There:
        """Make the repository unless it is there, see that the key may write; what it holds."""
        owner = self.name.split("/")[0]
        with self._asking("whoami"):
            me = self._patiently(self.api.whoami)
        names = [me["name"], *(org["name"] for org in me.get("orgs", []))]
        if owner not in names:
            raise LongcotError(
                f"{PREFIX}{self.name}: the key is {me['name']}'s, who cannot write for {owner}; "
                f"it may write for {', '.join(names)}"
            )
        with self._asking("the repository"):
            self._patiently(
                lambda: self.api.create_repo(
                    self.name, repo_type="dataset", private=private or None, exist_ok=True
                )
            )
        there = self.there()
        if not there.head:
            raise LongcotError(
                f"{PREFIX}{self.name}: the Hub says that the name is taken, and not by a dataset "
                "that this key may see; choose another name. Nothing was published"
            )
        return there

    def there(self) -> There:
        """What the repository holds now; nothing where there is no such repository."""
        from huggingface_hub.errors import RepositoryNotFoundError
        from huggingface_hub.hf_api import RepoFile

        def look() -> There:
            try:
                head = str(self.api.dataset_info(self.name).sha)
            except RepositoryNotFoundError:
                return There("", {})
            tree = self.api.list_repo_tree(
                self.name, repo_type="dataset", recursive=True, revision=head
            )
            return There(head, {
                item.path: (item.size, item.lfs.sha256 if item.lfs else item.blob_id)
                for item in tree if isinstance(item, RepoFile)
            })  # fmt: skip

        with self._asking("the list of files"):
            return self._patiently(look)

    def commit(
        self, pool: Pool, add: dict[str, File | bytes], remove: list[str], message: str, head: str
    ) -> str:
        """One commit on top of `head`; returns the new head. Raises Moved if that is not it."""
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete
        from huggingface_hub.errors import HfHubHTTPError

        def push() -> str:
            operations: list[Any] = [CommitOperationDelete(path) for path in remove]
            for path, what in add.items():
                content = what if isinstance(what, bytes) else _readable(pool, what)
                operations.append(CommitOperationAdd(path, content))
            try:
                info = self.api.create_commit(
                    self.name, operations, commit_message=message, repo_type="dataset",
                    parent_commit=head or None,
                )  # fmt: skip
            except HfHubHTTPError as error:
                if error.response.status_code in (409, 412):
                    raise Moved from None
                raise
            return str(info.oid)

        with self._asking(f"the commit `{message}`"):
            return self._patiently(push)

    def tag(self, name: str, head: str) -> None:
        """Tag a commit; a tag that is there already stays where it is.

        A stand-in for the Hub may know no tags (404): that is said, for the version is there.
        """
        from huggingface_hub.errors import HfHubHTTPError

        def put() -> None:
            try:
                self.api.create_tag(
                    self.name, tag=name, revision=head, repo_type="dataset", exist_ok=True
                )
            except HfHubHTTPError as error:
                if error.response.status_code != 404:
                    raise
                self.say(f"no tag {name}: the Hub at {self.api.endpoint} takes none; commit {head}")

        with self._asking(f"the version is there, but not its tag {name}"):
            self._patiently(put)

    def counts(self, paths: list[str], head: str) -> dict[str, int]:
        """Rows of Parquet files as their footers there say."""
        import pyarrow.parquet as pq
        from huggingface_hub import HfFileSystem

        def count(path: str) -> int:
            files = HfFileSystem(skip_instance_cache=True)
            with files.open(f"datasets/{self.name}@{head}/{path}", block_size=2**16) as source:
                return int(pq.ParquetFile(source).metadata.num_rows)

        with self._asking("what was uploaded"):
            return {path: self._patiently(partial(count, path)) for path in paths}

    def _patiently(self, ask: Callable[[], T]) -> T:
        """Ask until there is an answer; waits as the Hub says (429), longer after each 5xx."""
        from huggingface_hub.errors import HfHubHTTPError

        for tried in range(1, TRIES):
            try:
                return ask()
            except HfHubHTTPError as error:
                code = error.response.status_code
                if code != 429 and code < 500:
                    raise
                wait = _stated(error.response.headers) or min(2 ** (tried - 1), 60)
                self.say(f"the Hub said {code}; going on in {wait:.0f} s ({tried} of {TRIES})")
                time.sleep(wait)
        return ask()

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        """What the client raises, as one paragraph."""
        from huggingface_hub.errors import HfHubHTTPError

        try:
            yield
        except (LongcotError, Moved):
            raise
        except HfHubHTTPError as error:
            code = error.response.status_code
            why = {
                401: "the key is not valid, or may not do this; `hf auth login` with one that may "
                "write",
                403: "the key may not write there; choose a repository of your own",
                404: "there is no such repository, or the key may not see it",
            }.get(code, error.server_message or "it did not say why")
            raise LongcotError(
                f"{PREFIX}{self.name}: {what}: the Hub said {code}: {why}. Run the same command "
                "again; what has arrived is not sent again"
            ) from None
        except Exception as error:  # the client raises its own errors, httpx's and the system's
            raise LongcotError(
                f"{PREFIX}{self.name}: {what}: {type(error).__name__}: {str(error)[:200]}. Is "
                "there a network? Run the same command again; what has arrived is not sent again"
            ) from None


def digest_there(file: File | bytes) -> set[str]:
    """The digests under which the Hub may know a file: sha256, or git's own of a small one."""
    if isinstance(file, File):
        return {file.sha256}
    git = hashlib.sha1(b"blob %d\0" % len(file) + file).hexdigest()
    return {hashlib.sha256(file).hexdigest(), git}


def _readable(pool: Pool, file: File) -> Any:
    return pool.path(file.path) if pool.local else pool.fs.open(pool.path(file.path), "rb")


def _stated(headers: Any) -> float | None:
    """How long to wait by what the Hub states."""
    from huggingface_hub.utils import parse_ratelimit_headers

    after = headers.get("retry-after", "")
    limit = parse_ratelimit_headers(headers)
    stated = float(after) if after.isdigit() else limit.reset_in_seconds if limit else None
    return min(stated, LONGEST_WAIT) if stated else None
