"""The card of a release: what is in it, how it was made, how good it is, how to load it."""

from pathlib import Path
from typing import Any

from tasks.pool.store import Pool
from tasks.publishing.licences import combined, for_card
from tasks.publishing.versions import File, Version

SIZES = (("n<1K", 1e3), ("1K<n<10K", 1e4), ("10K<n<100K", 1e5), ("100K<n<1M", 1e6),
         ("1M<n<10M", 1e7), ("10M<n<100M", 1e8), ("100M<n<1B", 1e9))  # fmt: skip


def card_of(
    pool: Pool, version: Version, named: dict[str, File], name: str, changed: str | None
) -> str:
    """The card as Markdown with its YAML, which huggingface_hub's own parser has read.

    named: the files by their names in the folder; name: how the dataset is called where it goes;
    changed: what is new against the version published before
    """
    from huggingface_hub import DatasetCard

    sources = sources_of(pool, version, named)
    licences = combined(row["license"] for row in sources)
    text = _template().render(
        yaml=_yaml(version, named, licences),
        name=name,
        version=version,
        content=version.content,
        report=version.content["report"],
        sources=sources,
        licences=licences,
        views=_views(named),
        files=named,
        changed=changed,
    )
    return str(DatasetCard(text))


def sources_of(pool: Pool, version: Version, named: dict[str, File]) -> list[dict[str, Any]]:
    """Rows `source, license, rows` of what is released, by the problems that its rows name.

    A view whose rows name no problem counts with all the problems that are kept.
    """
    from tasks.query.sql import connect, parquet_scan, query

    found: dict[tuple[str, str | None], int] = {}
    problems = {"problems": version.tables().get("problems", [])}
    with connect(pool, problems) as connection:
        for view in dict.fromkeys(file.view for file in named.values()):
            shards: list[Any] = [file for file in named.values() if file.view == view]
            scan = parquet_scan(pool, shards)
            columns = query(connection, f"SELECT * FROM {scan} LIMIT 0", "card").column_names
            if "problem_id" in columns:
                sql = (
                    "SELECT p.source, p.license, count(*) AS rows "
                    f"FROM {scan} v JOIN problems p USING (problem_id) GROUP BY ALL"
                )
                rows = query(connection, sql, "card").to_pylist()
            else:
                rows = [{**row, "rows": row["kept"]} for row in version.content["sources"]]
            for row in rows:
                key = (row["source"], row["license"])
                found[key] = found.get(key, 0) + row["rows"]
    ordered = sorted(found.items(), key=lambda item: (-item[1], str(item[0])))
    return [{"source": s, "license": li, "rows": rows} for (s, li), rows in ordered]


def _views(named: dict[str, File]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for file in named.values():
        view = found.setdefault(file.view, {"rows": 0, "bytes": 0, "files": 0, "splits": {}})
        view["rows"] += file.rows
        view["bytes"] += file.bytes
        view["files"] += 1
        view["splits"][file.split] = view["splits"].get(file.split, 0) + file.rows
    return found


def _yaml(version: Version, named: dict[str, File], licences: list[str]) -> str:
    """The head of the card: a config per view, the files of each split by name."""
    from huggingface_hub import DatasetCardData

    configs: list[dict[str, Any]] = []
    for view, facts in _views(named).items():
        splits = [
            {
                "split": split,
                "path": [n for n, f in named.items() if (f.view, f.split) == (view, split)],
            }
            for split in facts["splits"]
        ]
        first = {} if configs else {"default": True}
        configs.append({"config_name": view, "data_files": splits, **first})
    rows = sum(file.rows for file in named.values())
    data = DatasetCardData(
        license=for_card(licences),
        pretty_name=version.content["recipe"]["name"],
        task_categories=["text-generation"],
        size_categories=[next((name for name, most in SIZES if rows < most), "n>1B")],
        tags=["reasoning", "chain-of-thought", "distillation", "longcot"],
        configs=configs,
    )
    return str(data.to_yaml())


def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # Markdown; cells are escaped by `cell`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(cell=_cell)
    return environment.get_template("card.md.jinja")


def _cell(value: Any) -> str:
    """A value as a cell of a Markdown table: no bar, line end or tag of its own."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    text = " ".join(str(value).split())
    return text.replace("|", "\\|").replace("<", "&lt;").replace("{{", "{ {")
