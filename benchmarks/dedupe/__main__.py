"""Near-duplicates: what is found, how fast, in how much memory.

    python -m benchmarks.dedupe recall        planted copies in real problems and 30 kB traces
    python -m benchmarks.dedupe speed         signatures and pairs, beside the peers installed
    python -m benchmarks.dedupe beside        signatures beside each peer in turn, ratios
    python -m benchmarks.dedupe scale DIR     the whole step at 200,000 and 2,000,000 problems

Texts are real where LONGCOT_REAL_DATA names their folder, else the shipped ones. `speed` runs every
method in a process of its own, on the same file, three times, on one core and on two, with 5-word
shingles and the same bands; the fastest run counts. Peers: datasketch (one MinHash per document,
its default SHA-1), rensa, datatrove (its sketch with a white-space tokeniser; its default, spaCy,
is ten times slower), text-dedup. A peer that is not installed is named and skipped.

`beside` takes turns with each peer on one core and prints the ratios of neighbours, with what its
pairs are worth: pip install rensa==0.5.0 fastsketchlsh==1.0.1 gaoya==0.2.2 dedup-rs==0.4.0
minhash-lsh-dedup==0.1.1 datatrove==0.10.1 'xxhash<4'
"""

import argparse
from pathlib import Path

from benchmarks.dedupe.alone import one
from benchmarks.dedupe.beside import PEERS, beside
from benchmarks.dedupe.recall import recall
from benchmarks.dedupe.scale import scale, step
from benchmarks.dedupe.speed import speed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("recall")
    fast = commands.add_parser("speed")
    fast.add_argument("--short", type=int, default=200_000)
    fast.add_argument("--long", type=int, default=20_000)
    fast.add_argument("--share", type=int, default=10, help="peers sign one row in so many")
    turns = commands.add_parser("beside")
    turns.add_argument("--short", type=int, default=10_000)
    turns.add_argument("--long", type=int, default=1_000)
    turns.add_argument("--rounds", type=int, default=3)
    turns.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    far = commands.add_parser("scale")
    far.add_argument("folder", type=Path)
    far.add_argument("--rows", type=int, nargs="+", default=[200_000, 2_000_000])
    alone_ = commands.add_parser("one")
    for name, kind in (("method", str), ("path", str), ("workers", int)):
        alone_.add_argument(name, type=kind)
    whole = commands.add_parser("step")
    whole.add_argument("folder", type=Path)
    whole.add_argument("rows", type=int)
    arguments = vars(parser.parse_args())
    match arguments.pop("command"):
        case "recall":
            recall()
        case "speed":
            speed(**arguments)
        case "beside":
            beside(**arguments)
        case "scale":
            scale(arguments["folder"], arguments["rows"])
        case "one":
            one(**arguments)
        case "step":
            step(**arguments)


if __name__ == "__main__":
    main()
