"""Two SMILES are compared as the molecules that they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers import Problem, audit, verify

chem = pytest.importorskip("rdkit.Chem", reason="RDKit is not installed: longcot[chemistry]")


def word(gold: str, response: str) -> str:
    return verify(Problem("p", "", gold, "molecule"), response).reason


@pytest.mark.parametrize(
    ("gold", "response", "reason"),
    [
        ("CCO", "It is ethanol: \\boxed{OCC}", "equal.molecule"),
        ("CCO", "<answer>C(O)C</answer>", "equal.molecule"),
        ("c1ccccc1", "The SMILES is `C1=CC=CC=C1`.", "equal.molecule"),
        ("CC(=O)[O-].[Na+]", "\\boxed{[Na+].CC([O-])=O}", "equal.molecule"),
        ("C[C@H](N)C(=O)O", "\\boxed{C[C@@H](N)C(=O)O}", "differ.molecule"),
        ("C[C@H](N)C(=O)O", "\\boxed{CC(N)C(=O)O}", "differ.molecule"),
        ("CCO", "\\boxed{CCN}", "differ.molecule"),
        ("CC#N", "\\boxed{\\text{N\\#CC}}", "equal.molecule"),
        ("CCO", "\\boxed{ethanol}", "differ.type"),
        ("CCO", "\\boxed{C(}", "differ.type"),
    ],
)
def test_a_response_gets_its_reason(gold: str, response: str, reason: str) -> None:
    assert word(gold, response) == reason


@given(st.sampled_from(["CC(=O)Oc1ccccc1C(=O)O", "CN1C=NC2=C1C(=O)N(C)C(=O)N2C"]), st.integers(0))
def test_the_order_of_atoms_does_not_count(smiles: str, seed: int) -> None:
    molecule = chem.MolFromSmiles(smiles)
    atoms = list(range(molecule.GetNumAtoms()))
    turned = atoms[seed % len(atoms) :] + atoms[: seed % len(atoms)]
    other = chem.MolToSmiles(chem.RenumberAtoms(molecule, turned), canonical=False)
    assert word(smiles, f"\\boxed{{{other}}}") == "equal.molecule"


def test_a_gold_that_is_no_molecule_is_found() -> None:
    assert audit(Problem("p", "", "ethanol", "molecule")).reason == "undecided.parse_gold"
