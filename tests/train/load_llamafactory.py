"""Run by LLaMA-Factory's Python: its own loader over releases; prints the rows it makes of them.

python load_llamafactory.py FOLDER    a dataset_info.json, and what it names
"""

import json
import sys
from contextlib import nullcontext
from pathlib import Path

from llamafactory.data.loader import _load_single_dataset
from llamafactory.data.parser import get_dataset_list
from llamafactory.hparams import DataArguments, ModelArguments

folder = Path(sys.argv[1])
names = list(json.loads((folder / "dataset_info.json").read_text()))
data = DataArguments(dataset=",".join(names), dataset_dir=str(folder))
data.dataset = names
model = ModelArguments(model_name_or_path="none")


class Training:
    """What the loader asks of the trainer's arguments."""

    should_log = False
    local_process_index = 0

    def main_process_first(self, desc: str = "", local: bool = True):  # type: ignore[no-untyped-def]
        return nullcontext()


found = {
    name: _load_single_dataset(attributes, model, data, Training()).to_list()
    for name, attributes in zip(names, get_dataset_list(names, str(folder)), strict=True)
}
print(
    json.dumps(
        {
            name: [{k: row[k] for k in ("_prompt", "_response", "_system")} for row in rows]
            for name, rows in found.items()
        }
    )
)
