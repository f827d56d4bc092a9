"""What happens to files: they vanish, are cut, overwritten, or lose a bit."""

from pathlib import Path


def delete(path: Path) -> None:
    """Remove a file."""
    path.unlink()


def cut(path: Path) -> None:
    """Keep the first half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garble(path: Path) -> None:
    """Turn a file's bytes round, behind one that begins JSON."""
    path.write_bytes(b"{" + path.read_bytes()[::-1])


def flip(path: Path) -> None:
    """Flip a bit near the beginning of a file, where a shard has a page."""
    data = bytearray(path.read_bytes())
    data[min(200, len(data) - 1)] ^= 0x10
    path.write_bytes(bytes(data))
