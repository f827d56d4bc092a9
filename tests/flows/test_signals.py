from flows.signals import filter_table, signal_table
from tests import ROOT


def test_the_docs_have_every_signal_and_filter_as_they_are() -> None:
    """`python -m flows.signals` writes them anew."""
    text = (ROOT / "docs" / "signals.md").read_text("utf-8")
    for name, table in (("signals", signal_table()), ("filters", filter_table())):
        assert text.split(f"<!-- {name} -->\n")[1].split(f"<!-- /{name} -->")[0].strip() == table
