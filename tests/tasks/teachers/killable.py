"""One run of generate as a process of its own, for tests that kill it: POOL TEACHER-JSON COUNT."""

import json
import sys

from schemas.teachers import Live
from tasks import judges
from tasks.pool import Pool
from tests.tasks.teachers.site import ask, sums

if __name__ == "__main__":
    pool = Pool(sys.argv[1])
    with judges.session():
        ask(pool, sums(pool, int(sys.argv[3])), Live.model_validate(json.loads(sys.argv[2])))
