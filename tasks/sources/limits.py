"""How large one cell, one line and one unfolded file may be, so that no input takes the memory."""

from schemas.errors import SourceError

CELL_BYTES = 64 * 2**20
"""A line or a cell beyond this is set aside as `too_long`; the longest real traces have 1 MB."""

SKIPPED_BYTES = 2**30
"""A line beyond this is no line: the file is refused."""

WINDOW_BYTES = 128 * 2**20
"""Memory that a zstd frame may ask for: what `zstd -d` grants without `--long`."""

BOMB_BYTES, BOMB_RATIO = 2**25, 500
"""What has unfolded beyond both is a bomb. Text of one template packs to a hundredth; gzip ends at
1:1,032, and only what repeats one byte gets there."""


def refuse_bomb(packed: int, unfolded: int) -> None:
    """Raise SourceError where so few bytes have become so many."""
    if unfolded > BOMB_BYTES and unfolded > BOMB_RATIO * max(packed, 1):
        raise SourceError(
            f"{packed:,} bytes unfold to more than {unfolded:,}: a compression bomb, or data so "
            "uniform that it should be unpacked by hand"
        )
