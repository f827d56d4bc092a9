"""longcot: one recipe, built by its command line."""

import subprocess
import sys
from pathlib import Path

RECIPE = """
name: whole
sources: [{{path: {given}/problems}}]
teachers: [{{name: recorded, recorded: {given}/traces}}]
steps: [dedupe, generate, verify]
views: {{written: {{format: sft, where: verdict = 'correct' and state = 'complete'}}}}
"""
COUNTS = """
SELECT (SELECT count(*) FROM problems) AS problems,
       (SELECT count(*) FROM set_aside WHERE step = 'dedupe') AS duplicates,
       count(*) AS traces,
       count(*) FILTER (state = 'complete' AND verdict = 'correct') AS correct
FROM pool WHERE problem_id NOT IN (SELECT row_id FROM set_aside WHERE step = 'dedupe')
"""


def main() -> None:
    given, out = map(Path, sys.argv[1:])
    out.mkdir()
    (out / "whole.yaml").write_text(RECIPE.format(given=given))
    longcot, pool = str(Path(sys.executable).parent / "longcot"), out / "pool"
    subprocess.run([longcot, "build", str(out / "whole.yaml"), "--pool", str(pool)], check=True)
    told = [longcot, "query", COUNTS, "--pool", str(pool), "--json"]
    (out / "written").symlink_to(pool / "releases" / "written")
    print(subprocess.run(told, check=True, capture_output=True, text=True).stdout.strip())


if __name__ == "__main__":
    main()
