"""A pool on S3 reads what is asked for, of a server that fails now and then."""

import os

from tasks.pool.store import Pool, Receipt
from tests.servers.s3 import Server
from tests.tasks.rows import table, trace


def test_a_column_does_not_cost_the_whole_object(bucket: Pool, s3: Server) -> None:
    rows = table("traces", [trace(os.urandom(50_000).hex(), "p") for _ in range(20)])
    receipt = bucket.commit(Receipt("generate", "0a", ""), {"traces": rows}, "r")
    s3.unreliable.reset()
    read = bucket.read(receipt.whole("traces"), ["trace_id"])
    assert read.num_rows == 20
    assert s3.unreliable.read < receipt.whole("traces").bytes / 5
    assert bucket.read(receipt.whole("traces")).equals(rows)


def test_what_fails_now_and_then_is_asked_again(bucket: Pool, s3: Server) -> None:
    s3.unreliable.reset(share=0.2, page=2)
    for n in range(5):
        bucket.put_json(f"receipts/a/{n}.json", {"n": n})
    assert [bucket.get_json(f"receipts/a/{n}.json")["n"] for n in range(5)] == [*range(5)]
    assert len(bucket.fs.ls(bucket.path("receipts/a"))) == 5
    assert sum(s3.unreliable.had.values()) > s3.unreliable.had[""]
