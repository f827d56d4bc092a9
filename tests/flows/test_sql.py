"""Every place of a recipe where SQL or a column stands: what is wrong there is told with file,
line, key and the nearest right name, before the first step.

The places are the comments of the recipes below; each has a value of its own kind.
"""

import re
from pathlib import Path

import pytest
import yaml

from flows.build import run
from flows.recipe import Recipe
from schemas.errors import RecipeError
from schemas.parts.step import STEPS
from schemas.recipe.views import PerProblem, Sample, Source, View
from tests.flows.inline import Inline
from tests.flows.problems import lines, problems, traces

STEPWISE = """
name: mine
sources:
  - path: p.jsonl
    where: "ROWS"                     # sources.0.where
  - generate: knights
    n: 3
    where: "ROWS"                     # sources.1.where
teachers:
  - name: old
    recorded: t.jsonl
    where: "ROWS"                     # teachers.0.where
  - {name: new, model: m, endpoint: "http://127.0.0.1:9/v1"}
steps:
  - screen
  - generate: {teachers: [old]}
  - generate:
      teachers: [new]
      where: "CONDITION"              # steps.2.generate.where
  - verify
  - grade
  - ask:
      name: clear
      prompt: c.yaml
      teacher: new
      answer: {good: bool}
      where: "CONDITION"              # steps.5.ask.where
  - derive:
      {name: short, from: traces, makes: trace, prompt: c.yaml, teacher: new,
       where: "CONDITION"}            # steps.6.derive.where
  - attach:
      name: own
      columns: {size: int}
      command: cat
      given: [problem]
      where: "CONDITION"              # steps.7.attach.where
"""

VIEWS = """
name: mine
sources: [{path: p.jsonl}]
teachers: [{name: old, recorded: t.jsonl}]
steps: [generate, verify, measure, grade]
views:
  sft:
    where: "CONDITION"                # views.sft.where
    columns:
      more: "VALUE"                   # views.sft.columns.more
    caps:
      "VALUE": 3                      # views.sft.caps.VALUE
    order: "VALUE"                    # views.sft.order
    per_problem:
      keep: 2
      by: "VALUE"                     # views.sft.per_problem.by
    sample:
      n: 9
      by: "VALUE"                     # views.sft.sample.by
  drawn:
    per_problem:
      weight: "VALUE"                 # views.drawn.per_problem.weight
    sample:
      n: 9
      weight: "VALUE"                 # views.drawn.sample.weight
  pairs:
    chosen: "CONDITION"               # views.pairs.chosen
    rejected: "CONDITION"             # views.pairs.rejected
  two:
    roles:
      chosen: "CONDITION"             # views.two.chosen
      rejected: "CONDITION"           # views.two.rejected
  fixes:
    roles:
      wrong: "CONDITION"              # views.fixes.roles.wrong
      fixed: "CONDITION"              # views.fixes.roles.fixed
    match: "MATCH"              # views.fixes.match
    messages: [{user: "{{ problem }}"}]
  rlvr:
    where: "CONDITION"                # views.rlvr.where
"""

COLUMN = {
    "ROWS": "levl = 3",
    "CONDITION": "levl = '3'",
    "VALUE": "levl",
    "MATCH": "fixed.levl = wrong.level",
}
SYNTAX = {
    "ROWS": "level = = 3",
    "CONDITION": "level = = '3'",
    "VALUE": "level + )",
    "MATCH": "fixed.level = = '3'",
}
TYPE = {
    "ROWS": "problem > 3",
    "CONDITION": "pass_rate > 'many'",
    "VALUE": "length(pass_rate)",
    "MATCH": "fixed.pass_rate > 'many'",
}
TOLD = {
    "column": (COLUMN, r"there is no column `levl`; did you mean `level`\?"),
    "syntax": (SYNTAX, r"no SQL: something is wrong at `[=)]`"),
    "type": (TYPE, r"is no number or date|cannot be computed of: DOUBLE|is a text and is compared"),
}


def site(folder: Path, text: str) -> Path:
    (folder / "p.jsonl").write_bytes(lines([{**row, "level": 3} for row in problems(4)]))
    (folder / "t.jsonl").write_bytes(lines([{**row, "level": 3} for row in traces(0, 4)]))
    for name, column in (("c", "problem"), ("misspelt", "problm")):
        asked = [{"role": "user", "content": f"{{{{ {column} }}}}"}]
        prompt = {"description": "of a test", "messages": asked}
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(prompt))
    (folder / "r.yaml").write_text(text)
    return folder / "r.yaml"


def refused(recipe: Path) -> list[str]:
    """What a build says before anything is done, line by line, without the recipe's folder."""
    runner = Inline()
    with pytest.raises(RecipeError) as caught:
        run(str(recipe), str(recipe.parent / "pool"), runner)
    assert runner.ran == []
    assert not (recipe.parent / "pool" / "problems").exists()
    return str(caught.value).replace(f"{recipe.parent}/", "").splitlines()


def marked(text: str) -> dict[str, int]:
    """The line of each place of a recipe, as its comments say."""
    lines = enumerate(text.splitlines(), 1)
    return {place: number for number, line in lines if (place := line.partition(" # ")[2].strip())}


def placed(said: list[str]) -> dict[str, int]:
    """The line that is told of each place."""
    found = [re.match(r"r\.yaml:(\d+): (.+?): ", line) for line in said]
    return {one[2]: int(one[1]) for one in found if one}


@pytest.mark.parametrize("text", [STEPWISE, VIEWS], ids=["steps", "views"])
@pytest.mark.parametrize("fault", TOLD)
def test_every_place_is_told_with_line_key_and_what_to_do(
    text: str, fault: str, tmp_path: Path
) -> None:
    values, told = TOLD[fault]
    for word, value in values.items():
        text = text.replace(word, value)
    said = refused(site(tmp_path, text))
    assert placed(said) == marked(text)
    for line in said:
        assert re.search(told, line), line


def test_no_place_of_sql_is_forgotten() -> None:
    told = {place.split(".")[-1] for place in (marked(STEPWISE) | marked(VIEWS))}
    told |= {place.split(".")[-2] for place in (marked(STEPWISE) | marked(VIEWS))}
    models = [Recipe, Source, View, PerProblem, Sample, *STEPS.values()]
    fields = {
        name
        for model in models
        for name, known in model.model_fields.items()
        if "SQL" in (known.description or "")
    }
    assert len(fields) >= 8
    assert fields <= told


NAMES = """
name: mine
sources:
  - path: p.jsonl
    columns:
      answer: answr                 # sources.0.columns.answer
teachers:
  - name: old
    recorded: t.jsonl
    columns:
      trace: trce                   # teachers.0.columns.trace
  - {name: new, model: m, endpoint: "http://127.0.0.1:9/v1"}
steps:
  - {generate: {teachers: [old]}}
  - ask:
      name: order                   # steps.1.ask.name
      prompt: misspelt.yaml         # steps.1.ask.prompt
      teacher: new
      answer: {good: bool}
  - attach:
      name: level                   # steps.2.attach.name
      columns: {size: int}
      command: cat
      given: [problm]               # steps.2.attach.given
  - ask:
      name: loop_share              # steps.3.ask.name
      prompt: c.yaml
      teacher: new
      answer: {good: bool}
  - ask:
      name: left                    # steps.4.ask.name
      prompt: c.yaml
      teacher: new
      answer: {good: bool}
"""
TEXTS = """
name: mine
sources: [{path: p.jsonl}]
teachers: [{name: old, recorded: t.jsonl}]
steps: [generate, verify, measure, grade]
views:
  sft:
    columns:
      - teachr                      # views.sft.columns.teachr
  hybrid:
    system: "{{ problm }}"          # views.hybrid.system
  fixes:
    roles: {wrong: "true", fixed: "true"}
    messages:
      - user: "{{ problem }}"
      - assistant: "{{ fixed.respnse }}"   # views.fixes.messages.1
  close:
    chosen: "true"
    rejected: "true"
    match:
      tokns: within 20 %            # views.close.match.tokns
"""


@pytest.mark.parametrize("text", [NAMES, TEXTS], ids=["steps", "views"])
def test_every_name_is_told_with_line_key_and_the_nearest(text: str, tmp_path: Path) -> None:
    said = refused(site(tmp_path, text))
    assert placed(said) == marked(text)
    for line in said:
        hint = "did you mean `"
        if ".name: " in line:
            hint = (
                "is a word of SQL" if re.search("`(order|left)`", line) else "the pool has the name"
            )
        assert hint in line, line
