"""Values that are SQL, of variables, settings and names, reach dbt as texts or are refused."""

from __future__ import annotations

import json
import re
import shutil

import duckdb
import pytest
import values
from conftest import PROJECT, Lake
from test_quoting import KINDS

EVIL = "x'); select 1; --"


HOSTILE = [EVIL, [EVIL], {"a": EVIL}, None]
"""What nobody should write for a variable: a text, a list, something nested, nothing."""


BORNE = {
    "expected_wikis": [[EVIL]],
    "site_profiles": [{"a": EVIL}],
    "from": [None],
    "to": [None],
    "day": [None],
    "month": [None],
    "today": [None],
    "mobile_web_from": [None],
    "actor_labels": [None],
    "present": [None],
    "mw_snapshot": [None],
    "os_family_unknown": [EVIL],
    "os_major_unknown": [EVIL],
    "browser_family_unknown": [EVIL],
    "browser_major_unknown": [EVIL],
}
"""What of it variables may be: texts to compare are any texts, profiles matter when chosen."""


SLIPPERY = [
    ("accept_loss", "false"),
    ("apply_grants", "no"),
    ("public_schemas", "wmf_raw"),
    ("public_schemas", ["wmf_raw"]),
    ("public_schemas", ["wikistat"]),
    ("site_domains", ["example.org\n"]),
    ("hour", "2026-11-01T00\n"),
    ("hour", "9999-12-31T23"),
    ("from", "2026-11-01T00"),
    ("to", "2026-11-01T24"),
    ("month", "2026-11-01"),
    ("day", ""),
    ("loss_warn_percent", True),
    ("loss_error_percent", -1),
    ("growth_projects", 0.5),
    ("excluded_rows", [{"hostname": "a", "sequence": 1, "or": "1=1"}]),
    ("expected_wikis", ["a\x00b"]),
    ("site_profile", "mediawik"),
]
"""What is nearly right, and meant something else when nobody looked."""


@pytest.fixture(scope="module")
def kinds() -> dict[str, dict]:
    return values.variable_kinds(values.project_texts()[KINDS])


def read_by_their_own_macros(kinds: dict[str, dict]) -> set[str]:
    """Variables that variable_fault() does not judge alone: times, and names of something."""
    times = {"hour", "date", "month", "moment", "snapshot"}
    return {name for name, said in kinds.items() if said["kind"] in times} | {
        "site_profile",
        "public_schemas",
    }


def one_of_each_kind(kinds: dict[str, dict]) -> list[str]:
    """A variable of each kind, optional or not, and all that a macro of their own reads."""
    first = {(said["kind"], said.get("optional")): name for name, said in reversed(kinds.items())}
    return sorted({*first.values(), *read_by_their_own_macros(kinds), *BORNE})


def test_a_hostile_value_of_each_kind_of_variable_is_an_error_that_names_it(lake, kinds):
    cases = [(name, value) for name in one_of_each_kind(kinds) for value in HOSTILE] + SLIPPERY
    wrong = []
    for name, value in cases:
        run = lake.dbt("run-operation", "check_variables", variables={name: value})
        said = f"The variable '{name}'" in run.stdout and "Traceback" not in run.stdout
        if (value in BORNE.get(name, [])) != (run.returncode == 0) or said != bool(run.returncode):
            wrong.append((name, value, run.stdout[-600:]))
    assert wrong == []


def test_a_hostile_value_is_a_fault_of_every_variable(lake, kinds):
    """In one command, since a command per value and variable takes five minutes."""
    hostile = json.dumps(HOSTILE).replace("null", "none")
    faults = "variable_fault(value, said) | length > 0"
    inline = f"""
        {{%- for name, said in variable_kinds().items() %}}{{% for value in {hostile} %}}
        [{{{{ name }}}} {{{{ loop.index0 }}}} {{{{ {faults} }}}}]
        {{%- endfor %}}{{% endfor %}}"""
    run = lake.dbt("compile", "--inline", inline)
    assert run.returncode == 0, run.stdout
    found = re.findall(r"\[(\w+) (\d) (True|False)\]", run.stdout)
    assert len(found) == len(kinds) * len(HOSTILE)
    own = read_by_their_own_macros(kinds)
    assert {case for case in found if case[0] not in own} == {
        (name, str(number), str(value not in BORNE.get(name, [])))
        for name in kinds.keys() - own
        for number, value in enumerate(HOSTILE)
    }


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        (EVIL, "it is 'x'"),
        ({"page_path": ["/wiki/$1"]}, "did you mean page_paths?"),
        ({"page_paths": "/wiki/$1"}, "page_paths is '/wiki/$1': write a list of texts"),
        ({"page_paths": ["/wiki/$1"], "refused_paths": [404]}, "its entry '404'"),
        ({"page_paths": ["/wiki/$1"], "refused_paths": [""]}, "an empty text"),
        ({"page_paths": ["/wiki/$1"], "refused_endings": {"css": 1}}, "refused_endings is"),
        ({"page_paths": ["/wiki/$1"], "content_type": [EVIL]}, "content_type is"),
    ],
)
def test_a_fault_of_a_profile_is_named(lake, profile, message):
    variables = {"site_profile": "mine", "site_profiles": {"mine": profile}}
    run = lake.dbt("run-operation", "check_variables", variables=variables)
    assert run.returncode and "Traceback" not in run.stdout
    assert "'site_profiles' says of mine" in run.stdout and message in run.stdout, run.stdout


def test_texts_of_a_profile_and_of_lists_are_only_ever_compared(lake):
    """A profile of quotes, patterns and templates refines like one without what it cannot match."""
    victim = lake.folder / "victim"
    victim.mkdir()
    sql = f"x') > 0 or stage_partition('../../..{victim}', '') = ('"
    odd = [sql, "'x", "\\", "$", "{{ 1 }}", "{% if", "a|b", "(x", "%41", "${env:HOME}", "--", "/*"]
    paths_of_pages = ["/wiki/$1", "/it's_(a)%/$1", "/w.ki/$1", "/index.php?title=$1"]
    profile = {
        "page_paths": paths_of_pages, "content_type": "html", "refused_paths": odd,
        "special_namespaces": ["Special", "Spé'cial", "a b"], "accepted_special_pages": ["Search"],
    }  # fmt: skip
    requests = {
        "/wiki/A": True, "/wiki/": False, "/it's_(a)%/B": True, "/it'sX(a)%/B": False,
        "/itsX(a)zz/B": False, "/wxki/C": False, "/wiki/D'x": False, "/wiki/a|b": False,
        "/wiki/ab": True, "/wiki/$x": False, "/wiki/Sp\u00e9'cial:X": False, "/wiki/E--F": False,
    }  # fmt: skip
    template = {
        "hostname": "cp1", "dt": "2026-11-01T00:00:01Z", "http_status": "200", "uri_query": "",
        "uri_host": "en.example.org", "content_type": "text/html", "user_agent": "Mozilla/5.0",
        "ip": "192.0.2.1", "referer": "-", "x_analytics": "-", "http_method": "GET",
    }  # fmt: skip
    lake.write_raw(
        json.dumps(template | {"uri_path": path, "sequence": number}).encode()
        for number, path in enumerate(requests)
    )
    variables = {
        "site_profile": "mine", "site_profiles": {"mine": profile}, "site_domains": ["example.org"],
        "expected_wikis": [EVIL], "excluded_rows": [{"hostname": EVIL, "sequence": 1}],
    }  # fmt: skip
    only = ("--resource-type", "seed", "--resource-type", "model")
    run = lake.dbt("build", *only, "--select", "+webrequest", variables=variables)
    assert run.returncode == 0, run.stdout
    found = dict(lake.query("select uri_path, is_pageview from wmf.webrequest"))
    assert found == requests
    assert victim.exists()


def test_no_setting_opens_a_table_with_private_columns(lake):
    for schema in ("wmf", "wmf_raw", "wmf_data_ops", "staging"):
        asked = {"public_schemas": ["reference", "wikistats", schema]}
        run = lake.dbt("build", "--select", "webrequest", variables=asked)
        assert run.returncode and f"has '{schema}', but {schema}." in run.stdout, run.stdout
    is_public = "{{ is_public_table(graph.nodes['model.wikilake.%s']) }} as open"
    asked = {"public_schemas": ["wmf", "wmf_raw", "wikistats"]}
    for model, expected in (("webrequest", "False"), ("webrequest_rejected", "False"),
                            ("pageview_hourly", "False"), ("edits", "True")):  # fmt: skip
        inline = f"{{{{ config(materialized='view') }}}} select {is_public % model}"
        run = lake.dbt("show", "--inline", inline, "--output", "json", variables=asked)
        assert run.returncode == 0 and f'"open": {expected.lower()}' in run.stdout, run.stdout


SIGNS = "a [1]{b,c}*'q\" %41 ü #~$&;"


DECOY = "a 1{b,c}zz'q\" %41 ü #~$&;"
"""A folder that the name above would find, were it a pattern."""


def test_a_path_of_special_characters_works_in_every_command(tmp_path):
    for folder in (SIGNS, DECOY):
        for name in ("raw", "history"):
            shutil.copytree(PROJECT / "sample" / name, tmp_path / folder / name)
        shutil.copy(PROJECT / "sample" / "namespaces.csv", tmp_path / folder)
    decoys = (tmp_path / DECOY / "raw").rglob("*.*")
    for decoy in (path for path in decoys if path.is_file()):
        decoy.write_bytes(decoy.read_bytes() * 2)
    shutil.rmtree(tmp_path / DECOY / "history" / "2026-10", ignore_errors=True)
    root = tmp_path / SIGNS
    settings = {
        "RAW": root / "raw",
        "HISTORY": root / "history",
        "NAMESPACES": root / "namespaces.csv",
    }
    lake = Lake(root, {f"WIKILAKE_{name}": str(path) for name, path in settings.items()})
    hour = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")
    for period in (hour, ("--snapshot", "2026-10")):
        run = lake.wikilake("build", *period, "--exclude", "test_type:data")
        assert run.returncode == 0, run.stdout + run.stderr
        assert "Built" in run.stdout
    [(requests,)] = lake.query("select count(*) from wmf.webrequest")
    assert requests == 2497
    shutil.copytree(lake.root, tmp_path / DECOY / "lake")
    metric = "/metrics/edits/aggregate/wikidata.org/all-editor-types/all-page-types/monthly/"
    for command, expected in (
        (("summary", *hour), "2,497"),
        (("summary", "--snapshot", "2026-10"), "wikidata"),
        (("report", *hour, "--output", root / "report [1].html"), ""),
        (("aqs", f"{metric}20260101/20261001"), '"edits"'),
        (("check",), "as it should be"),
        (("purge",), "partitions"),
        (("export", "druid", "--snapshot", "2026-10"), "druid"),
        (("catalog", "rebuild"), "wmf.webrequest"),
        (("share", "--output", root / "public [1]'s"), "edits"),
        (("summary", *hour), "2,497"),
    ):
        run = lake.wikilake(*command)
        assert run.returncode == 0, (command, run.stdout, run.stderr)
        assert expected in run.stdout + run.stderr, (command, run.stdout)
    own = Lake(root, {"WIKILAKE_RAW": str(root / "own [1]")})
    run = own.wikilake("import", "--site", "en.example.org", "sample/access.log")
    assert run.returncode == 0 and (root / "own [1]").is_dir(), run.stderr
    shared = Lake(root, {"WIKILAKE_LAKE": str(root / "public [1]'s")})
    [(edits,)] = (
        duckdb.connect(str(root / "public [1]'s" / "wikilake.duckdb"), read_only=True)
        .execute("select count(*) from wikistats.edits")
        .fetchall()
    )
    assert shared and edits > 0


def test_a_raw_file_is_read_by_its_name(lake):
    """`part[1]` next to `part1`, `part-*` next to `part-0`: each once, whatever it would match."""
    names = [
        "part[1].jsonl",
        "part1.jsonl",
        "part-*.jsonl",
        "part-0.jsonl",
        "it's {a,b} %41.jsonl.gz",
        "what?.jsonl.gz",
        "back\\slash.jsonl",
    ]
    for number, name in enumerate(names):
        line = json.dumps({"hostname": "a", "sequence": number, "dt": "2026-11-01T00:00:00Z"})
        lake.write_raw([line.encode()], name=name)
    lake.run_hour()
    assert lake.query("select sequence from wmf.webrequest order by 1") == [(n,) for n in range(7)]
