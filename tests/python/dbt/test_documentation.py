"""Everything that a user of the project can name has a description that says something."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator

import pyarrow.parquet as pq
import pytest
from conftest import PROJECT

from wikilake.settings import SETTINGS

PACKAGE = "wikilake"
ENGINES = ("default__", "duckdb__", "spark__")
"""Beginnings of macros that implement another one, which has the description."""


def resources(manifest: dict, *kinds: str) -> list[dict]:
    """The project's own models, seeds, analyses or sources."""
    everything = [*manifest["nodes"].values(), *manifest["sources"].values()]
    return [
        resource
        for resource in everything
        if resource["package_name"] == PACKAGE and resource["resource_type"] in kinds
    ]


def macros(manifest: dict) -> list[dict]:
    """The project's own macros, without those that implement another for one engine."""
    return [
        macro
        for macro in manifest["macros"].values()
        if macro["package_name"] == PACKAGE and not macro["name"].startswith(ENGINES)
    ]


def described(resource: dict) -> Iterator[tuple[str, str, str]]:
    """(what it is, its own name, its description) of a resource and each of its columns."""
    yield resource["name"], resource["name"], resource["description"]
    for column in resource["columns"].values():
        yield f"{resource['name']}.{column['name']}", column["name"], column["description"]


def fault(name: str, description: str) -> str | None:
    """What is wrong with a description; None when nothing is."""
    text = description.strip()
    if not text:
        return "has no description"
    if len(text) <= len(name) or len(text.split()) < 3:
        return "has a description that says no more than its name"
    if not re.match(r"[A-Z0-9`*]", text) or not re.search(r"[.`|)]$", text):
        return "has a description that is no sentence"
    return None


def faults(descriptions: Iterator[tuple[str, str, str]]) -> list[str]:
    return [f"{what} {found}" for what, name, text in descriptions if (found := fault(name, text))]


@pytest.mark.parametrize("kind", ["model", "seed", "analysis", "source"])
def test_each_resource_and_column_is_described(manifest: dict, kind: str) -> None:
    found = resources(manifest, kind)
    assert found, f"the project has no {kind}"
    assert faults(pair for resource in found for pair in described(resource)) == []


@pytest.mark.parametrize("kind", ["model", "analysis", "source"])
def test_each_resource_names_its_columns(manifest: dict, kind: str) -> None:
    bare = [r["name"] for r in resources(manifest, kind) if not r["columns"]]
    assert bare == []


def test_each_source_is_described(manifest: dict) -> None:
    sources = {s["source_name"]: s["source_description"] for s in resources(manifest, "source")}
    assert faults((name, name, text) for name, text in sources.items()) == []


def test_each_mart_has_a_contract_with_types(manifest: dict) -> None:
    marts = [m for m in resources(manifest, "model") if m["path"].startswith("marts/")]
    assert [m["name"] for m in marts if not m["config"]["contract"]["enforced"]] == []
    assert [
        f"{mart['name']}.{column['name']}"
        for mart in marts
        for column in mart["columns"].values()
        if not column["data_type"]
    ] == []


def test_what_lies_behind_the_gate_comes_after_the_measures_that_it_asks(manifest: dict) -> None:
    nodes = manifest["nodes"]

    def comes_after(name: str, measures: str) -> bool:
        parents = nodes[name]["depends_on"].get("nodes", []) if name in nodes else []
        return measures in parents or any(comes_after(parent, measures) for parent in parents)

    measures = f"model.{PACKAGE}.data_quality_metrics"
    gated = [name for name, node in nodes.items() if node["config"]["meta"].get("behind_gate")]
    assert gated
    assert [name for name in gated if not comes_after(name, measures)] == []


def test_partition_columns_come_last(manifest: dict) -> None:
    misplaced = []
    for model in resources(manifest, "model"):
        keys = model["config"].get("partition_by") or []
        if keys and list(model["columns"])[-len(keys) :] != keys:
            misplaced.append(model["name"])
    assert misplaced == []


def test_seed_columns_are_those_of_the_file(manifest: dict) -> None:
    for seed in resources(manifest, "seed"):
        with (PROJECT / seed["original_file_path"]).open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert list(seed["columns"]) == header, seed["name"]


def test_each_macro_is_described(manifest: dict) -> None:
    described_macros = (
        (f"macro {m['name']}", m["name"], m["description"]) for m in macros(manifest)
    )
    assert faults(described_macros) == []


def test_each_macro_that_replaces_one_of_dbts_is_listed_with_its_reason(manifest: dict) -> None:
    def bases(is_ours: bool) -> set[str]:
        return {
            re.sub("^(default|duckdb|spark)__", "", macro["name"])
            for macro in manifest["macros"].values()
            if (macro["package_name"] == PACKAGE) == is_ours
        }

    replaced = bases(True) & bases(False)
    text = (PROJECT / "macros/dbt_overrides/README.md").read_text()
    listed = {name.split("__")[-1] for name in re.findall(r"`(\w+)`", text)}
    listed |= {f"materialization_{kind}_duckdb" for kind in ("table", "view") if kind in listed}
    assert replaced - listed == set()
    assert len(replaced) >= 10


def test_the_described_arguments_are_those_of_the_macro(manifest: dict) -> None:
    assert [
        f"macro {macro['name']}({', '.join(parameters(macro))})"
        for macro in macros(manifest)
        if not macro["name"].startswith("materialization_")
        and [argument["name"] for argument in macro["arguments"]] != parameters(macro)
    ] == []
    arguments = (
        (f"macro {macro['name']}({argument['name']})", argument["name"], argument["description"])
        for macro in macros(manifest)
        for argument in macro["arguments"]
        if argument["description"]  # the others are in the manifest, since dbt infers them
    )
    assert faults(arguments) == []


def parameters(macro: dict) -> list[str]:
    """Names of the parameters in a macro's head."""
    head = re.search(
        r"\{%-?\s*(?:macro|test)\s+\w+\s*\((.*?)\)\s*-?%\}", macro["macro_sql"], re.DOTALL
    )
    if head is None:
        return []
    return [part.split("=")[0].strip() for part in head[1].split(",") if part.strip()]


def test_each_docs_block_is_used(manifest: dict) -> None:
    texts = [
        path.read_text(encoding="utf-8")
        for folder in ("models", "macros", "seeds", "analyses", "tests")
        for path in (PROJECT / folder).rglob("*.yml")
    ]
    used = {name for text in texts for name in re.findall(r"doc\(\s*'(\w+)'\s*\)", text)}
    blocks = {
        block["name"] for block in manifest["docs"].values() if block["package_name"] == PACKAGE
    }
    assert blocks - used - {"__overview__"} == set()


def test_overview_names_each_setting_and_variable(manifest: dict) -> None:
    overview = manifest["docs"][f"doc.{PACKAGE}.__overview__"]["block_contents"]
    files = [
        path
        for folder, pattern in (("macros", "*.sql"), ("profiles", "*.yml"), ("wikilake", "*.py"))
        for path in (PROJECT / folder).rglob(pattern)
    ]
    texts = [path.read_text(encoding="utf-8") for path in files]
    settings = {name for text in texts for name in re.findall(r"\bWIKILAKE_[A-Z_]+[A-Z]\b", text)}
    settings -= {setting.former_name for setting in SETTINGS.values()}
    project = (PROJECT / "dbt_project.yml").read_text(encoding="utf-8")
    declared = re.search(r"^vars:\n((?:[ #].*\n|\n)*)", project, re.MULTILINE)[1]
    variables = set(re.findall(r"^  (\w+):", declared, re.MULTILINE))
    assert {name for name in settings | variables if f"`{name}`" not in overview} == set()


def test_the_catalog_has_the_documentation_as_comments(built_sample, manifest):
    """A client that knows nothing of dbt finds it there."""
    shown = dict(
        built_sample.query(
            """
            select schema_name || '.' || table_name || '.' || column_name, comment
            from duckdb_columns()
            where not internal and schema_name not in ('reference', 'rule_tests')
            """
        )
    )
    described = {
        f"{model['schema']}.{model['alias']}.{column['name']}": column["description"]
        for model in resources(manifest, "model")
        if model["config"]["access"] != "private"
        for column in model["columns"].values()
    }
    assert len(shown) > 500
    assert {name: described.get(name) for name in shown} == shown
    [(comment,)] = built_sample.query(
        "select comment from duckdb_views() where view_name = 'pageview_hourly'"
    )
    assert comment.startswith("How often each page was read")


def test_a_file_of_the_lake_says_what_its_rows_and_columns_are(built_sample, manifest):
    models = {f"{node['schema']}/{node['alias']}": node for node in resources(manifest, "model")}
    files = {
        "/".join(file.relative_to(built_sample.root).parts[:2]): file
        for file in built_sample.root.glob("w*/*/**/part-*.parquet")
    }
    assert len(files) > 20
    for table, file in files.items():
        said = pq.read_schema(file).metadata
        assert said[b"description"].decode() == models[table]["description"], table
        columns = {name: one["description"] for name, one in models[table]["columns"].items()}
        assert json.loads(said[b"columns"]) == columns, table


def test_clients_of_duckdb_1_0_can_open_the_catalog(built_sample):
    header = (built_sample.root / "wikilake.duckdb").read_bytes()[:20]
    assert (header[8:12], int.from_bytes(header[12:], "little")) == (b"DUCK", 64)
