"""Who may read what: the matrix table × group × class, from `meta.privacy` of every column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from wikilake.project.lists import read_list
from wikilake.settings import PROJECT

PAGE = PROJECT / "models" / "docs" / "privacy.md"
"""The page that holds the matrix. `python -m wikilake.project.privacy` writes it."""

HEAD = """\
Written by `python -m wikilake.project.privacy` from the models; edits belong there.

{% docs privacy_matrix %}
The strictest class of a table's columns decides who may read it; the seed `privacy_classes` says
what the classes mean. `wikilake share` publishes the public tables of a closed schema, where
the seed `public_aggregates` sets how many readers a published number needs; docs/privacy.md has the
rule. Intermediate and staging tables live as long as a run, in memory or in a closed folder, and no
group may read them.

"""
TAIL = "\n{% enddocs %}\n"


def strictness() -> dict[str, int]:
    """Class to how strict it is, 0 for public; from the seed `privacy_classes`."""
    return {row["privacy_class"]: int(row["strictness"]) for row in read_list("privacy_classes")}


def project_variable(name: str) -> Any:
    """A variable as dbt_project.yml sets it."""
    return yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"][name]


def models(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The project's own models, by schema and name."""
    found = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["package_name"] == "wikilake"
    ]
    yield from sorted(found, key=lambda model: (model["schema"], model["name"]))


def is_mart(model: dict[str, Any]) -> bool:
    """Whether a model stays in the lake; the others are gone with the run."""
    return str(model["path"]).startswith("marts")


def thresholds(model: dict[str, Any]) -> dict[str, int]:
    """Variable to its default, of those that say how many must stand behind a row of a table."""
    names = model["config"]["meta"].get("thresholds", [])
    return {name: int(project_variable(name)) for name in names}


def classes(model: dict[str, Any]) -> dict[str, str | None]:
    """Column to its class, None where it has none."""
    of_model = model["config"]["meta"].get("privacy")
    return {
        name: column["meta"].get("privacy", of_model) for name, column in model["columns"].items()
    }


def table_class(model: dict[str, Any]) -> str:
    """The strictest class of a model's columns."""
    rank = strictness()
    return max((found or "identifying" for found in classes(model).values()), key=rank.__getitem__)


def matrix(manifest: dict[str, Any]) -> str:
    """The whole page: one row per mart, with its groups and its columns by class."""
    order = sorted(strictness(), key=strictness().__getitem__)
    title = ["table", "group", "readers", "access", *order]
    lines = ["| " + " | ".join(title) + " |", "|" + "---|" * len(title)]
    for model in models(manifest):
        if not is_mart(model):
            continue
        names: dict[str, list[str]] = {name: [] for name in order}
        for column, found in classes(model).items():
            names[found or "identifying"].append(f"`{column}`")
        readers = ", ".join(model["config"]["grants"]["select"])
        cells = [f"`{model['schema']}.{model['alias']}`", model["group"], readers, model["access"]]
        cells += [", ".join(names[name]) or "–" for name in order]
        lines.append("| " + " | ".join(cells) + " |")
    return HEAD + "\n".join(lines) + "\n" + TAIL


def main() -> None:
    """Writes the page."""
    import tempfile

    from wikilake.project.dbt import Project

    if not PAGE.exists():  # dbt reads the page while it is being made
        PAGE.write_text(HEAD + TAIL, encoding="utf-8")
    project = Project(["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT / "profiles")])
    with tempfile.TemporaryDirectory() as target:
        project.parse("--target-path", target, "--log-path", target, "--no-partial-parse")
    PAGE.write_text(matrix(project.nodes), encoding="utf-8")


if __name__ == "__main__":
    main()
