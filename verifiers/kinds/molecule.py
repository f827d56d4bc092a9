"""Molecules as SMILES: the same one, however its atoms are listed.

Both are read by RDKit and compared in its canonical form: the same atoms, bonds, charges, isotopes
and stereochemistry; parts of a salt in any order. Tautomers are other molecules. What the gold
leaves open (`CC(N)C(=O)O`) an answer may tell no further: a stereoisomer is another answer.
Needs the extra `longcot[chemistry]`.
"""

import importlib
import re
from typing import Any

from verifiers.base.kinds import Kind, declare
from verifiers.base.protocol import Problem
from verifiers.extract.final_answer import final_answer

_LONGEST = 1000  # characters of a SMILES
_TAG = re.compile(r"<(?:answer|SMILES)>\s*([^<>\s]+)\s*</(?:answer|SMILES)>", re.IGNORECASE)
_CODE = re.compile(r"`+(?:smiles)?\s*([^`\s]+)\s*`+", re.IGNORECASE)  # `CCO`
_WRAPPED = re.compile(r"\\(?:text|mathrm|ce|texttt)\s*\{([^{}]*)\}")
_LABEL = re.compile(r"(?:canonical )?smiles(?: string)?\s*(?:is|:|=)\s*", re.IGNORECASE)


def extract(response: str) -> str | None:
    """What the last tag or code span holds, else the final answer."""
    for pattern in (_TAG, _CODE):
        found = pattern.findall(response)
        if found and "\\boxed" not in response:
            return str(found[-1])
    answer = final_answer(response, "text")
    return _bare(answer) if answer else None


def compare(problem: Problem, answer: str) -> str:
    """`equal.molecule`, `differ.molecule`, `differ.type`, or why that cannot be told."""
    try:
        ours = canonical(_bare(problem.answer or ""))
    except ImportError:
        return "undecided.extra"
    if ours is None:
        return "undecided.parse_gold"
    if len(answer) > _LONGEST:
        return "undecided.limit"
    theirs = canonical(_bare(answer))
    if theirs is None:
        return "differ.type"
    return "equal.molecule" if ours == theirs else "differ.molecule"


def canonical(smiles: str) -> str | None:
    """RDKit's canonical SMILES; None for what is no molecule. Raises ImportError without RDKit."""
    chem: Any = importlib.import_module("rdkit.Chem")
    logger: Any = importlib.import_module("rdkit.RDLogger")
    logger.DisableLog("rdApp.*")
    molecule = chem.MolFromSmiles(smiles) if smiles else None
    return str(chem.MolToSmiles(molecule)) if molecule is not None else None


def _bare(text: str) -> str:
    text = _WRAPPED.sub(r"\1", text).strip().strip("$`*. ")
    return _LABEL.sub("", text).replace("\\#", "#").replace("\\%", "%").strip()


declare(Kind("molecule", extract=extract, compare=compare, package="rdkit"))
