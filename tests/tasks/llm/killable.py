"""One run of generate as a process of its own, for tests that kill it: POOL TEACHER-JSON COUNT."""

import json
import sys

from schemas.recipe.teachers import Live
from tasks.pool.store import Pool
from tasks.verdicts import verifier_pool
from tests.tasks.llm.site import ask, sums

if __name__ == "__main__":
    pool = Pool(sys.argv[1])
    with verifier_pool.session():
        ask(pool, sums(pool, int(sys.argv[3])), Live.model_validate(json.loads(sys.argv[2])))
