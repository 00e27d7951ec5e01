"""What reaches a terminal: errors in sentences, no traceback; data without control characters."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest
import warm
from conftest import BIN, PROJECT, Lake
from lines import numbered

HOURS = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")
HOSTILE = "a[/b][link=http://x]:smile:\x1b[31m\x1b]0;t\x07\x9b1m\x7f\u202eb\u2066\x00c"
"""Markup, escapes of one and two bytes, a window title, DEL, an override, an isolate, NUL."""

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
STYLE = re.compile("\x1b\\[[0-9;?]*[A-Za-z]")
"""What rich itself sends to a terminal: colours, and the cursor of a progress bar."""

READERS = [
    ["summary", *HOURS],
    ["summary", "--snapshot", "2026-10"],
    ["report", *HOURS],
    ["report", "--snapshot", "2026-10"],
    ["aqs", "/metrics/edits/aggregate/x/user/content/daily/20250601/20250602"],
]


def called(lake: Lake, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    output = str(lake.folder / "output")
    return lake.wikilake(*[output if text == "OUTPUT" else text for text in arguments])


def assert_plain_error(run: subprocess.CompletedProcess[str], *says: str) -> None:
    said = run.stdout + run.stderr
    assert run.returncode == 1, said
    assert "Traceback" not in said and "not foreseen" not in said, said
    for text in says:
        assert text in said, said


OPEN_FOR_WRITING = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
input()
"""

# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", READERS, ids=" ".join)
@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("absent", "There is no lake at"),
        ("empty", "There is no lake at"),
        ("file", "is a file. Name the folder of a lake."),
        ("garbage", "wikilake catalog rebuild"),
        ("truncated", "wikilake catalog rebuild"),
        ("of another version", "wikilake catalog rebuild"),
        ("folder", "is a folder, where the catalog should be"),
        ("lost", "has no catalog. Rebuild it"),
    ],
)
def test_a_lake_that_cannot_be_read_is_one_error_with_its_remedy(lake, command, state, says):
    catalog = lake.root / "wikilake.duckdb"
    if state == "file":
        lake.root.touch()
    elif state != "absent":
        lake.root.mkdir()
    if state == "folder":
        catalog.mkdir()
    elif state == "lost":
        (lake.root / "wmf" / "webrequest").mkdir(parents=True)
    elif state == "garbage":
        catalog.write_bytes(bytes(range(256)) * 100)
    elif state in ("truncated", "of another version"):
        with duckdb.connect(str(catalog)) as connection:
            connection.execute("create table x as from range(100000)")
        content = bytearray(catalog.read_bytes())
        if state == "truncated":
            content = content[: 5 * 4096]
        else:
            content[12:20] = (9999).to_bytes(8, "little")
        catalog.write_bytes(content)
    run = called(lake, command)
    assert_plain_error(run, says)
    assert len(run.stderr.splitlines()) <= 3


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_a_command_that_reads_names_who_has_the_catalog_open_for_writing(lake, command):
    lake.root.mkdir()
    writer = subprocess.Popen(
        [sys.executable, "-c", OPEN_FOR_WRITING, str(lake.root / "wikilake.duckdb")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert writer.stdout.readline() == "open\n"
    run = called(lake, command)
    writer.communicate("\n")
    assert_plain_error(run, f"is open for writing in process {writer.pid}", "read_only")


@pytest.mark.parametrize(
    "note",
    [
        b"", b"[]", b"{}", b"null", b"\xff\xfe", b'{"first": 1, "end": 2, "next": 3}', b"[" * 9999,
        b'{"first": "2026-11-01T00", "end": "2026-11-01T02", "next": "2027-11-01T01"}',
    ],
)  # fmt: skip
def test_a_broken_state_file_of_a_build_is_one_error(lake, note):
    lake.root.mkdir()
    (lake.root / ".build.json").write_bytes(note)
    assert_plain_error(lake.wikilake("build", "--resume"), ".build.json", "without --resume")


@pytest.mark.parametrize(
    "text",
    [
        "record_version=0.0.19", "[]", "{", "a: [", "1", "- x", "{1: 2}", "\x00", "[" * 9999,
        "a: &a [*a]", "a: {2026-11-01: 1}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("joined", [False, True])
def test_variables_that_are_not_a_mapping_are_one_error(lake, text, joined):
    lake.is_begun = False
    given = [f"--vars={text}"] if joined else ["--vars", text]
    if "\x00" in text:
        given = [part.replace("\x00", "\x01") for part in given]
    assert_plain_error(lake.wikilake("build", *HOURS, *given), "write a YAML mapping")
    assert not lake.root.exists()


def test_variables_may_be_dates_and_joined_by_an_equals_sign(lake):
    from wikilake.project.build import command_line

    for given in (["--vars=day: 2026-11-01"], ["--vars", "day: 2026-11-01"]):
        *_, last = command_line("x", {"hour": "y"}, [], given)
        assert json.loads(last) == {"day": "2026-11-01", "hour": "y"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["summary", "--from", "2026-13-01T00", "--to", "x"],
        ["summary", "--from", "2026-11-01T02", "--to", "2026-11-01T01"],
        ["summary", "--from", "", "--to", ""],
        ["build", "--from", "2026-11-01T02", "--to", "2026-11-01T01"],
        ["build", "--snapshot", "2026-13"],
        ["report", "--from", "\udcff", "--to", "\udcff"],
        ["diff", "--hour", "2026-13-01T00"],
        ["diff", "--hour", "2026-11-01T00", "--from", HOSTILE.replace("\x00", "")],
        ["explain", ""],
        ["explain", "--record-version", "\x1b[31m", "{}"],
        ["purge", "--most", "0"],
        ["import", "\udcff"],
        ["\x1b[31m"],
        ["summary", "--\x1b[31m"],
        ["sample", "--rows", "-1"],
    ],
)
def test_odd_arguments_are_errors_in_plain_words(lake, arguments):
    run = subprocess.run(
        [BIN / "wikilake", *map(os.fsencode, arguments)],
        cwd=PROJECT, env=lake.environment(), capture_output=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    said = run.stderr.decode() + run.stdout.decode()
    assert run.returncode in (1, 2), said
    assert "Traceback" not in said and "not foreseen" not in said
    assert "Error: " in said and not FORBIDDEN.search(said)


def test_a_pipe_that_is_closed_early_ends_a_command_without_a_message(built_sample):
    command = f"{BIN / 'wikilake'} summary {' '.join(HOURS)} | head -1"
    run = subprocess.run(
        command, shell=True, cwd=PROJECT, env=built_sample.environment(),
        capture_output=True, text=True,
    )  # fmt: skip
    assert run.stdout.count("\n") == 1
    assert run.stderr == ""


@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"])
def test_an_output_that_cannot_be_written_ends_without_a_traceback(built_sample, redirection):
    command = f"{BIN / 'wikilake'} summary {' '.join(HOURS)} {redirection}"
    run = subprocess.run(
        command, shell=True, cwd=PROJECT, env=built_sample.environment(),
        capture_output=True, text=True,
    )  # fmt: skip
    assert "Traceback" not in run.stderr and "Exception" not in run.stderr
    assert run.returncode == (1 if "full" in redirection else 0)


# --- broken files ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample_copy(built_sample, tmp_path_factory) -> Lake:
    """The built sample, to be broken; moved, so its catalog is made again."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(built_sample.root, folder / "lake", symlinks=True)
    copy = Lake(folder, dict(built_sample.settings))
    assert copy.wikilake("catalog", "rebuild").returncode == 0
    return copy


@pytest.mark.parametrize(
    "content",
    [
        "[]", "null", '"x"', "{}", '{"files": 1}', "", "{", "[" * 99_999,
        '{"table": "t", "partition": "p", "refined_at": 3, "record_version": null, "run_id": null,'
        ' "rows": 1, "columns": {}, "files": [1]}',
    ],
)  # fmt: skip
def test_a_broken_manifest_is_a_finding_and_stops_nothing_else(sample_copy, content):
    path = next((sample_copy.root / "wmf" / "projectview_hourly").rglob("_manifest.json"))
    before = path.read_bytes()
    path.write_text(content)
    try:
        checked = sample_copy.wikilake("check")
        assert_plain_error(checked, f"{path} ", "build this partition again")
        purged = sample_copy.wikilake("purge", "--clock-is-right")
        assert "Traceback" not in purged.stderr and "not foreseen" not in purged.stderr
        shared = called(sample_copy, ["share", "--output", "OUTPUT"])
        assert_plain_error(shared, str(path), "build this partition again")
        shown = sample_copy.wikilake("summary", *HOURS)
        assert shown.returncode == 0, shown.stderr
    finally:
        path.write_bytes(before)
        shutil.rmtree(sample_copy.folder / "output", ignore_errors=True)


def test_a_link_to_nothing_in_a_raw_folder_fails_the_hour_by_its_name(lake):
    path = lake.write_raw([numbered(1)])
    link = path.with_name("part-1.jsonl")
    link.symlink_to(lake.folder / "gone")
    run = lake.wikilake("build", *HOURS)
    assert_plain_error(run, f"{link} is a link to {lake.folder}/gone", "move it out")
    assert_plain_error(lake.wikilake("summary", *HOURS))


def test_the_summary_of_a_lake_whose_first_hour_was_held_back_says_what_is_not_there(lake):
    lines = [numbered(n) for n in (1, 1000)]  # 998 of 1,000 are lost
    lake.write_raw(lines)
    assert lake.wikilake("build", *HOURS).returncode == 1
    shown = lake.wikilake("summary", *HOURS)
    assert shown.returncode == 0, shown.stderr
    assert re.search(r"raw lines\W+2\b", shown.stdout)
    assert "Not there yet: wmf.pageview_actor, wmf.pageview_hourly" in shown.stdout
    reported = lake.wikilake("report", *HOURS, "--output", str(lake.folder / "r.html"))
    assert "Traceback" not in reported.stderr and "not foreseen" not in reported.stderr


# --- the id that stands for a private file --------------------------------------------------------


def test_a_shared_lake_tells_nothing_of_private_files_and_is_still_known_as_up_to_date(
    sample_copy, tmp_path
):
    output = str(tmp_path / "public")
    first = sample_copy.wikilake("share", "--output", output)
    assert first.returncode == 0, first.stderr
    hashes = {
        file["sha256"]
        for path in sample_copy.root.rglob("_manifest.json")
        for file in json.loads(path.read_bytes())["files"]
    }
    named = {
        file["sha256"]
        for path in Path(output).rglob("_manifest.json")
        for file in json.loads(path.read_bytes())["files"]
    }
    for path in Path(output).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [text for text in hashes - named if text.encode() in content], path
    again = sample_copy.wikilake("share", "--output", output)
    assert "copied: 0" in again.stdout and not re.search("copied: [1-9]", again.stdout)
    path = next((sample_copy.root / "wmf" / "projectview_hourly").rglob("_manifest.json"))
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"id": "another"}))
    changed = sample_copy.wikilake("share", "--output", output)
    assert re.search("wmf/projectview_hourly .*copied: 1,", changed.stdout)
    rewritten = next((Path(output) / "wmf" / "projectview_hourly").rglob("_manifest.json"))
    rewritten.write_text("[]")
    healed = sample_copy.wikilake("share", "--output", output)
    assert healed.returncode == 0, healed.stderr
    assert re.search("wmf/projectview_hourly .*copied: 1,", healed.stdout)


# --- data -----------------------------------------------------------------------------------------


def on_a_terminal(lake: Lake, arguments: list[str], columns: int = 200) -> tuple[int, str]:
    """Exit code and what came out of a command whose outputs are a terminal."""
    import fcntl
    import struct
    import termios

    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    said, environment = [os.ttyname(child)] * 2, lake.environment() | {"TERM": "xterm-256color"}
    with ThreadPoolExecutor(1) as pool:
        shown = pool.submit(read_to_the_end, parent)
        code = warm.exit_code(warm.process(), "wikilake", arguments, environment, said)
        os.close(child)
        return code, shown.result().decode()


def read_to_the_end(terminal: int) -> bytes:
    blocks = []
    with suppress(OSError):  # how the end of a terminal shows
        while block := os.read(terminal, 65536):
            blocks.append(block)
    os.close(terminal)
    return b"".join(blocks)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Lake:
    """An hour and a snapshot in which every text that a stranger can choose is hostile."""
    name = "b\x1bc\x07\x9b1m\x7f\u202eb\u2066"  # brackets would be a pattern
    folder = tmp_path_factory.mktemp("hostile") / name
    folder.mkdir()
    lake = Lake(folder, {"WIKILAKE_RAW": str(folder / "raw")})
    line = json.loads(numbered(1))
    lake.write_raw(
        json.dumps(
            line
            | {
                "sequence": number,
                "uri_path": f"/wiki/X{HOSTILE if number % 2 else 'y'}",
                "uri_query": HOSTILE,
                "user_agent": f"Mozilla {HOSTILE}",
                "uri_host": f"{HOSTILE}.wikipedia.org" if number == 7 else "en.wikipedia.org",
                "referer": f"https://{HOSTILE}.org/",
                "hostname": HOSTILE,
                "http_method": HOSTILE,
                "x_analytics": f"ns=0;{HOSTILE}={HOSTILE}",
            }
        ).encode()
        for number in range(40)
    )
    built = lake.wikilake("build", *HOURS, "--accept-loss", "--record-version", "0.0.19")
    assert built.returncode == 0, built.stderr
    assert not FORBIDDEN.search(built.stdout + built.stderr)
    return lake


@pytest.fixture(scope="module")
def hostile_catalog(tmp_path_factory) -> Lake:
    """A catalog of what summary and aqs read, one row each, with a hostile text in every text."""
    folder = tmp_path_factory.mktemp("catalog")
    lake = Lake(folder, {"WIKILAKE_RAW": str(folder / "raw")})
    lake.root.mkdir()
    hour = "2026 as year, 11 as month, 1 as day, 0 as hour"
    snapshot = "'2026-10' as snapshot, 'all-page-types' as page_type"
    month = f"{snapshot}, 'monthly' as granularity, date '2026-10-01' as period_start"
    tables = {
        "wmf.webrequest": hour,
        "wmf_raw.webrequest_rejected": hour,
        "wmf.pageview_actor": hour,
        "wmf.pageview_hourly": f"{hour}, 'user' as agent_type, $text as project, "
        "$text as page_title, 3 as view_count",
        "wmf.projectview_hourly": f"{hour}, $text as access_method, $text as agent_type, "
        "3 as view_count",
        "wmf_raw.webrequest_sequence_stats_hourly": f"{hour}, $text as webrequest_source, "
        "1 as count_expected, 1 as count_actual, 0 as count_lost, 0.0 as percent_lost, "
        "0 as count_duplicate, 0 as count_bad_requests",
        "wmf.mediawiki_history_reduced": f"{snapshot}, $text as event_entity, $text as event_type",
        "wmf_raw.mediawiki_history_rejected": f"{snapshot}, $text as reason, 1 as event_count",
        "wikistats.edits": f"{month}, $text as project, 1 as edits, "
        "'all-editor-types' as editor_type",
        "wikistats.active_editors": f"{month}, $text as project, 1 as active_editors",
        "wikistats.top_editors": f"{month}, '2026-10' as month, 'x' as project, "
        "'user' as editor_type, 'edits' as measure, $text as user_text, 1 as value, 1 as rank",
    }
    with duckdb.connect(str(lake.root / "wikilake.duckdb")) as connection:
        for name, columns in tables.items():
            values = {"text": HOSTILE.replace("\x00", "")} if "$text" in columns else None
            partition = "webrequest_source=text/year=2026/month=11/day=1/hour=0"
            file = lake.root.joinpath(*name.split("."), partition, "part-0.parquet")
            file.parent.mkdir(parents=True)
            connection.execute(f"copy (select {columns}) to '{file}'", values)
            connection.execute(f"create schema if not exists {name.split('.')[0]}")
            rows = f"read_parquet('{file}', hive_partitioning = false)"
            connection.execute(f"create view {name} as select * from {rows}")
    return lake


TOP = "/editors/top-by-edits/x/user/all-page-types/2026/10/all-days"


@pytest.mark.parametrize("columns", [20, 200])
@pytest.mark.parametrize(
    "arguments",
    [
        ["summary", *HOURS],
        ["summary", "--snapshot", "2026-10"],
        ["aqs", TOP, "--snapshot", "2026-10"],
    ],
    ids=" ".join,
)
def test_names_of_pages_wikis_and_users_reach_no_terminal_raw(hostile_catalog, arguments, columns):
    code, shown = on_a_terminal(hostile_catalog, arguments, columns)
    left = STYLE.sub("", shown).replace("\r", "")
    assert code == 0, left
    assert not FORBIDDEN.search(left), ascii(left)
    assert set(STYLE.findall(shown)) <= {"\x1b[0m", "\x1b[1m", "\x1b[3m"}
    if columns == 200:
        assert "a[/b][link=http://x]:smile:" in left
    if arguments[0] == "aqs":
        [item] = json.loads(left)["items"]
        assert item["results"][0]["top"][0]["user_text"] == HOSTILE.replace("\x00", "")


def line_of(lake: Lake) -> str:
    return next(lake.raw.rglob("part-0.jsonl")).read_text().splitlines()[1]


def commands_on(lake: Lake) -> list[list[str]]:
    return [
        ["summary", *HOURS],
        ["report", *HOURS, "--output", str(lake.folder / "r.html")],
        ["check"],
        ["purge", "--clock-is-right"],
        ["share", "--output", str(lake.folder.parent / f"public{HOSTILE[:20]}".replace("/", ""))],
        ["explain", line_of(lake)],
        ["diff", "--hour", "2026-11-01T00", "--private", "--output", str(lake.folder / "d.csv")],
        ["import", "--site", HOSTILE.replace("\x00", ""), str(lake.folder / "no.log")],
        ["build", *HOURS, "--select", HOSTILE.replace("\x00", "")],
        ["export", "druid", "--snapshot", "2026-10"],
        ["catalog", "rebuild"],
    ]


@pytest.mark.parametrize("number", range(11))
def test_hostile_data_reaches_no_terminal(hostile, number):
    arguments = commands_on(hostile)[number]
    run = hostile.wikilake(*arguments)
    said = run.stdout + run.stderr
    assert "Traceback" not in said and "not foreseen" not in said, said
    assert not FORBIDDEN.search(said), ascii(FORBIDDEN.search(said))
    code, shown = on_a_terminal(hostile, arguments, columns=20 if number % 2 else 200)
    left = STYLE.sub("", shown).replace("\r", "")
    assert "Traceback" not in left and "not foreseen" not in left, left
    assert not FORBIDDEN.search(left), ascii(left)
    assert "[31m" not in "".join(STYLE.findall(shown)) or code, "colours are ours, for errors"
    assert code == run.returncode
