"""After `longcot build docs/examples/live.yaml`: what the traces cost, and how many are right."""

import json
from pathlib import Path

report = json.loads(Path("pools/live/report.json").read_text())
for cost in report["costs"]:
    print(cost)
for rate in report["pass_rates"]:
    print(rate)
