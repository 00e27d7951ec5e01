"""Why a request counts, and what a change of the definition did: `wikilake explain` and `diff`."""

import csv
import json
import subprocess
import sys

import pytest
from conftest import BIN, PROJECT, Lake
from spark_runs import on_spark

from wikilake.project import sandbox

LINE = {
    "hostname": "cp1001",
    "server_pid": "1",
    "sequence": 1,
    "dt": "2026-11-01T00:00:03Z",
    "ip": "192.0.2.77",
    "http_status": "200",
    "http_method": "GET",
    "uri_host": "en.wikipedia.org",
    "uri_path": "/wiki/Cat",
    "uri_query": "",
    "content_type": "text/html; charset=UTF-8",
    "referer": "https://www.google.com/",
    "user_agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0 somebody",
    "accept_language": "en",
    "x_analytics": "ns=0;page_id=7",
}


def line(**fields: str | int | None) -> str:
    return json.dumps(LINE | fields)


def words(text: str) -> str:
    """Text of a table without its frame, each run of blanks as one."""
    return " ".join(word for word in text.split() if word not in "│┃")


def test_a_request_is_explained_by_the_first_condition_that_fails_and_the_rows_that_decided(lake):
    asked = lake.wikilake(
        "explain", line(uri_path="/wiki/%E2%82%AC", uri_query="?action=edit", user_agent="my Bot/1")
    )
    assert asked.returncode == 0, asked.stderr
    said = words(asked.stdout)
    assert "no pageview: unwanted_action by record_version 0.0.26+20260518" in said
    assert "yes path uri_path /wiki/%E2%82%AC" in said
    assert "no unwanted_action uri_query ?action=edit" in said
    assert "project en.wikipedia seed owned_domains: wikipedia.org" in said
    assert "agent_type spider" in said
    assert "referer_class external (search engine) seed referer_hosts: google." in said
    assert not lake.root.exists(), "nothing is written to the lake"


def test_a_pageview_is_explained_by_another_definition_from_standard_input(lake):
    asked = lake.wikilake("explain", "--record-version", "0.0.19", line(x_analytics="debug=1"))
    said = words(asked.stdout)
    assert "a pageview by record_version 0.0.19" in said
    assert "page_title Cat path that names a page" in said


def test_spark_explains_a_request_as_duckdb_does(lake):
    request = line(uri_path="/wiki/%E2%82%AC", uri_query="?action=edit", user_agent="my Bot/1")
    expected = lake.wikilake("explain", request)
    asked = on_spark(lake).wikilake("explain", "--target", "spark", request)
    assert asked.returncode == 0, asked.stderr
    assert words(asked.stdout) == words(expected.stdout)
    assert not lake.root.exists(), "nothing is written to the lake"


def test_a_line_that_cannot_be_refined_says_so(lake):
    asked = lake.wikilake("explain", '{"http_status": "200"')
    assert asked.returncode == 0
    assert "rejected, not refined: not_a_json_object" in asked.stdout


def test_an_unknown_definition_is_refused_with_the_known_ones(lake):
    asked = lake.wikilake("explain", "--record-version", "0.0.18", line())
    assert asked.returncode == 2
    assert "'0.0.18'" in asked.stderr and "0.0.26+20260518" in asked.stderr


def differing_hour(lake: Lake) -> None:
    requests = [
        line(sequence=1),
        line(sequence=2, uri_host="wikitech.wikimedia.org"),
        line(sequence=3, uri_path="/view/en/Z1"),
        line(sequence=4, x_analytics="special=Watchlist"),
        line(sequence=5, x_analytics="debug=1", uri_query="?appInstallID=secret"),
        line(sequence=6, uri_host="en.wikipedia.org."),
        line(sequence=7, x_analytics="mypreview=1"),
        line(sequence=8, http_status="404"),
    ]
    lake.write_raw(request.encode() for request in requests)


def test_what_changes_did_is_told_change_by_change_and_nobody_is_named(lake, tmp_path):
    differing_hour(lake)
    output = tmp_path / "difference.csv"
    asked = lake.wikilake("diff", "--hour", "2026-11-01T00", "--output", str(output))
    assert asked.returncode == 0, asked.stderr
    with output.open(newline="") as file:
        rows = list(csv.DictReader(file))
    changes = {
        (row["name"], row["value"]): (int(row["after"]), int(row["before"]))
        for row in rows
        if row["section"] == "change"
    }
    assert changes == {
        ("0.0.20", "owned_hosts"): (1, 0),
        ("0.0.20", "view_paths"): (1, 0),
        ("0.0.20", "preview_value"): (1, 0),
        ("0.0.21+20190718", "special_pages"): (0, 1),
        ("0.0.24+20210201", "debug"): (0, 1),
        ("0.0.26+20250325", "trailing_dot"): (1, 0),
    }
    views = {(row["name"], row["value"]): row for row in rows if row["section"] == "views"}
    assert (
        views["project", "en.wikipedia"]["before"],
        views["project", "en.wikipedia"]["after"],
    ) == (
        "3",
        "4",
    )
    assert float(views["project", "en.wikipedia"]["percent"]) == 33.33
    examples = [json.loads(row["details"]) for row in rows if row["section"] == "example"]
    assert len(examples) == 6
    for private in ("192.0.2.77", "somebody", "secret"):
        assert private not in output.read_text()
        assert private not in asked.stdout
    assert not lake.root.exists(), "nothing is written to the lake"


def test_who_sent_the_examples_is_shown_on_demand_and_the_reverse_difference_has_the_opposite_sign(
    lake, tmp_path
):
    differing_hour(lake)
    output = tmp_path / "difference.csv"
    asked = lake.wikilake(
        "diff", "--hour", "2026-11-01T00", "--from", "0.0.24+20210201", "--to", "0.0.24",
        "--private", "--output", str(output),
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    with output.open(newline="") as file:
        [change, *rest] = csv.DictReader(file)
    assert (change["name"], change["value"], change["before"], change["after"]) == (
        "0.0.24+20210201", "debug", "0", "1",
    )  # fmt: skip
    examples = [json.loads(row["details"]) for row in rest if row["section"] == "example"]
    assert [example["ip"] for example in examples] == ["192.0.2.77"]


def test_the_file_of_a_difference_must_say_what_it_is(lake):
    asked = lake.wikilake("diff", "--hour", "2026-11-01T00", "--output", "difference.txt")
    assert asked.returncode == 2
    assert ".csv or .parquet" in asked.stderr


MARKED = {
    name: f"qzmark{name}"
    for name in (
        "hostname", "uri_path", "uri_query", "referer", "user_agent", "accept_language",
        "x_analytics", "x_forwarded_for", "content_type", "cache_status", "range", "x_cache",
        "uri_host",
    )
}  # fmt: skip
MARKED |= {"ip": "198.51.100.213", "unknown": "qzmark-unknown"}
MARKS = (b"qzmark", b"198.51.100.213")


def left_by(lake: Lake) -> list[str]:
    """Files of the folders that a command may write to which hold a mark, or are named by one."""
    shm = [path for path in sandbox.MEMORY.glob(f"{sandbox.PREFIX}*") if path.is_dir()]
    found = []
    for folder in (lake.folder, PROJECT / "target", PROJECT / "logs", *shm):
        for path in folder.rglob("*"):
            if (
                not path.is_symlink()
                and path.is_file()
                and any(m in path.read_bytes() for m in MARKS)
            ):
                found.append(str(path))
    return found


def private_lake(lake: Lake) -> Lake:
    (lake.folder / "tmp").mkdir()
    lake.settings["TMPDIR"] = str(lake.folder / "tmp")
    return lake


@pytest.mark.parametrize(
    "fields",
    [{}, {"sequence": "no number qzmark"}, {"dt": "qzmark", "uri_path": "/wiki/%E6%97%A5%E6%9C"}],
)
def test_a_request_that_is_explained_is_written_nowhere(lake, fields):
    private_lake(lake)
    asked = lake.command(BIN / "wikilake", "explain", line(**MARKED | fields))
    assert asked.returncode == 0, asked.stderr
    assert "qzmark" in asked.stdout or "not refined" in asked.stdout
    assert left_by(lake) == []
    assert not list((lake.folder / "tmp").iterdir())


def test_a_request_whose_explanation_fails_is_written_nowhere(lake):
    private_lake(lake)
    lake.settings["WIKILAKE_UA_REGEXES"] = "/nowhere"
    failed = lake.command(BIN / "wikilake", "explain", line(**MARKED))
    assert failed.returncode == 1 and "Traceback" not in failed.stderr
    assert left_by(lake) == [] and not list((lake.folder / "tmp").iterdir())


def test_a_folder_of_a_process_that_lives_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "MEMORY", tmp_path)
    abandoned = tmp_path / f"{sandbox.PREFIX}abandoned"
    (abandoned / "lake").mkdir(parents=True)
    with sandbox.folder_of_its_own(in_memory=True) as folder:
        assert folder.parent == tmp_path and folder.stat().st_mode & 0o777 == 0o700
        assert not abandoned.exists()
        program = f"""
from pathlib import Path
from wikilake.project import sandbox
sandbox.MEMORY = Path({str(tmp_path)!r})
sandbox.clear_abandoned()
"""
        subprocess.run([sys.executable, "-c", program], check=True, cwd=PROJECT)
        assert folder.exists()
    assert not folder.exists()
