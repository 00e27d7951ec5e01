"""The rows of dbt's unit tests, which the project writes its own way, are those of the YAML."""

from __future__ import annotations

import re
import shutil

from conftest import BIN, PROJECT, Lake

MODEL = "select id, name, size from {{ ref('things') }} where size is null or size < 10"
THINGS = "id,name,size\n1,one,1\n"
GIVEN = (
    "given: [{input: ref('things'), rows: [{id: 1, name: \"it's\"}, {id: 2, size: 5}, {size: 99}]}]"
)
EXPECTED = {
    "right": ['{id: 1, name: "it\'s", size: null}', "{size: 5, id: 2, name: null}"],
    "some_columns": ["{id: 1}", "{id: 2}"],
    "wrong_value": ["{id: 1}", "{id: 3}"],
    "wrong_null": ["{id: 1, size: 0}", "{id: 2, size: 5}"],
    "missing_row": ["{id: 1}"],
    "doubled_row": ["{id: 1}", "{id: 2}", "{id: 2}"],
    "no_row": [],
    "unknown_column": ["{id: 1, colour: red}"],
    "other_columns": ["{id: 1}", "{id: 2, size: 5}"],
}


def test_a_unit_test_fails_on_each_difference_of_a_row(lake: Lake):
    project = lake.folder / "project"
    shutil.copytree(PROJECT / "macros", project / "macros")
    (project / "models").mkdir()
    (project / "seeds").mkdir()
    (project / "dbt_project.yml").write_text("{name: wikilake, profile: wikilake}")
    (project / "seeds" / "things.csv").write_text(THINGS)
    (project / "models" / "small.sql").write_text(MODEL)
    tests = [
        f"  - {{name: {name}, model: small, {GIVEN}, expect: {{rows: [{', '.join(rows)}]}}}}\n"
        for name, rows in EXPECTED.items()
    ]
    empty = "given: [{input: ref('things'), rows: []}]"
    tests.append(f"  - {{name: nothing_given, model: small, {empty}, expect: {{rows: []}}}}\n")
    (project / "models" / "small.yml").write_text("unit_tests:\n" + "".join(tests))
    folders = ("--project-dir", project, "--profiles-dir", PROJECT / "profiles")
    seeded = lake.command(BIN / "dbt", "seed", *folders)
    assert seeded.returncode == 0, seeded.stdout
    ran = lake.command(BIN / "dbt", "--no-use-colors", "test", *folders)
    passed = set(re.findall(r"PASS small::(\w+)", ran.stdout))
    assert passed == {"right", "some_columns", "nothing_given"}, ran.stdout
    assert f"PASS=3 WARN=0 ERROR={len(EXPECTED) - 2}" in ran.stdout
