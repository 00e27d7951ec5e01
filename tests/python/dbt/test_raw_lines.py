"""Each line of a raw file is refined or rejected once, whatever it holds, in little memory."""

import gzip
import json
import os
import subprocess
import sys
import zlib

import duckdb
import pytest
from conftest import HOUR, PROJECT
from lines import numbered
from spark_runs import on_spark

from wikilake.lake import raw_lines

LIMIT = raw_lines.LONGEST_LINE


def padded(number: int, length: int) -> bytes:
    """A good line of so many bytes."""
    line = numbered(number)
    return line[:-1] + b', "pad": "' + b"x" * (length - len(line) - 11) + b'"}'


def gzip_with_comment(content: bytes) -> bytes:
    whole = gzip.compress(content, mtime=0)
    return whole[:3] + b"\x10" + whole[4:10] + b"comment\x00" + whole[10:]


FILES = {
    "lf.jsonl": (b"%b\n%b\n" % (numbered(1), numbered(2)), 2),
    "crlf.jsonl": (b"%b\r\n%b\r\n" % (numbered(3), numbered(4)), 2),
    "lf, then crlf.jsonl": (b"\n%b\r\n%b\r\n" % (numbered(5), numbered(6)), 2),
    "mixed.jsonl": (b"%b\n%b\r\n\rx\rno\n\r\n" % (numbered(7), numbered(8)), 2),
    "cr alone.jsonl": (b"%b\r%b" % (numbered(9), numbered(10)), 0),
    "cr between tokens.jsonl": (numbered(11).replace(b", ", b",\r") + b"\n", 1),
    "cr in a text.jsonl": (numbered(12).replace(b"Cat", b"C\rat") + b"\n", 0),
    "many cr.jsonl": (b"\r" * 9 + numbered(13) + b"\r\r\r\n\r\r\n", 1),
    "nul.jsonl": (b"\0\n%b\0\n\0%b\n%b\n" % (numbered(14), numbered(15), numbered(16)), 1),
    "x01.jsonl": (b"\x01\n%b\x01\n%b\x01\xff\n%b\n" % ((numbered(17),) * 2 + (numbered(18),)), 1),
    "mark.jsonl": (b"\xef\xbb\xbf%b\n\xef\xbb\xbf%b\n" % (numbered(19), numbered(20)), 1),
    "blank.jsonl": (b"\n\n \n\t\n%b\n\n" % numbered(21), 1),
    "no end.jsonl": (b"x\n" + numbered(22), 1),
    "only a line feed.jsonl": (b"\n", 0),
    "empty.jsonl": (b"", 0),
    "not utf-8.jsonl": (
        b"\xff%b\n%b\xff\n\xff\n%b\n\xed\xa0\x80\n\xc0\xaf\n\xf4\x90\x80\x80\n%b\xe2\x82"
        % (numbered(23), numbered(24), numbered(25), numbered(26)), 1,
    ),
    "long.jsonl": (
        b"\n".join([padded(27, LIMIT - 1), padded(28, LIMIT), padded(29, LIMIT + 1), numbered(30)]),
        3,
    ),
    "as long as it may be.jsonl": (padded(31, LIMIT) + b"\n", 1),
    "as long, no end.jsonl": (padded(32, LIMIT), 1),
    "members.jsonl.gz": (
        b"".join(gzip.compress(part) for part in (numbered(33)[:9], numbered(33)[9:] + b"\n", b"",
                                                  numbered(34) + b"\r\n", numbered(35))), 3,
    ),
    "comment.jsonl.gz": (gzip_with_comment(numbered(36) + b"\n"), 1),
    "empty inside.jsonl.gz": (gzip.compress(b""), 0),
    "it's [a] *? name\\.jsonl": (numbered(37) + b"\n" + b"no\n", 1),
    "it's [a] *? {cr},\\.jsonl": (numbered(38) + b"\r\n" + b"no\r\n", 1),
}  # fmt: skip
"""Files by their names: what they hold, and how many of their lines are requests."""


def write_files(lake) -> dict[str, int]:
    """Writes FILES as an hour; the number of lines of each by name."""
    folder = lake.raw / "webrequest_source=text" / f"{HOUR}0"
    folder.mkdir(parents=True)
    count = {}
    for name, (content, _) in FILES.items():
        (folder / name).write_bytes(content)
        text = gzip.decompress(content) if name.endswith(".gz") else content
        count[name] = len(text.split(b"\n")) - (text.endswith(b"\n") or not text)
    return count


def check_files(lake, count: dict[str, int]) -> None:
    """Each line of FILES was refined or rejected once, and rejected ones are kept as they were."""
    rejected = dict(
        lake.query(
            "select regexp_extract(file_name, '[^/]*$'), count(*) from wmf_raw.webrequest_rejected "
            "group by 1"
        )
    )
    assert rejected == {
        name: count[name] - good for name, (_, good) in FILES.items() if count[name] > good
    }
    [(refined, distinct)] = lake.query(
        "select count(*), count(distinct sequence) from wmf.webrequest"
    )
    assert refined == distinct == sum(good for _, good in FILES.values())
    kept = lake.query(
        "select reason, line from wmf_raw.webrequest_rejected "
        "where parse_filename(file_name) in ('mixed.jsonl', 'long.jsonl', 'x01.jsonl')"
    )
    line = numbered(17).decode()
    assert sorted(kept) == [
        ("blank_line", "\x01"),
        ("blank_line", "\r"),
        ("not_a_json_object", "\rx\rno"),
        ("not_a_json_object", line + "\x01"),
        ("not_utf8", line + "\x01\ufffd"),
        ("too_long", padded(29, LIMIT + 1)[: raw_lines.BEGINNING].decode()),
    ]


CHECKS = (
    "--exclude", "tag:history", "tag:rule_test", "test_type:data", "--select", "+webrequest",
    "+webrequest_rejected", "assert_every_line_of_the_raw_files_is_read",
    "assert_every_rejected_line_is_kept",
)  # fmt: skip


def test_each_line_of_any_file_is_refined_or_rejected_once(lake):
    count = write_files(lake)
    built = lake.dbt("build", *CHECKS)
    assert built.returncode == 0, built.stdout
    check_files(lake, count)
    assert not list((lake.root / ".spill").glob("raw_lines*")), "copies go with the run"


def test_each_line_of_any_file_is_refined_or_rejected_once_on_spark(lake):
    count = write_files(lake)
    built = on_spark(lake).dbt("build", "--target", "spark", *CHECKS)
    assert built.returncode == 0, built.stdout
    check_files(lake, count)
    assert not list((lake.root / ".spill").glob("raw_lines*")), "copies go with the run"


LOSE_A_LINE = """
import sys
from dbt.cli.main import dbtRunner

def after_the_reader(event):
    name = event.data.node_info.node_name if event.info.name == "NodeFinished" else None
    if name == "stg_webrequest__raw":
        with open(sys.argv[1], "ab") as file:
            file.write(b"\\n")

result = dbtRunner(callbacks=[after_the_reader]).invoke(sys.argv[2:])
print(*[node.node.name for node in result.result.results if node.status == "fail"])
"""


def test_a_line_that_no_reader_has_read_fails_the_hour(lake):
    path = lake.write_raw([numbered(1), b"x"])
    check = "assert_every_line_of_the_raw_files_is_read"
    run = lake.command(
        sys.executable, "-c", LOSE_A_LINE, path, "build", "--exclude", "tag:rule_test",
        "--select", "stg_webrequest__raw", check, "assert_every_rejected_line_is_kept",
    )  # fmt: skip
    assert run.stdout.splitlines()[-1] == check, run.stdout + run.stderr


def test_a_link_to_nowhere_stops_the_hour_and_is_named(lake):
    good = lake.write_raw([numbered(1)])
    link = good.with_name("part-1.jsonl")
    link.symlink_to("nowhere")
    built = lake.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T01")
    assert built.returncode == 1
    assert str(link) in built.stderr and "Fetch the file again" in built.stderr
    assert "Traceback" not in built.stdout + built.stderr


PEAK = """
import re, sys
{work}
print(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
"""
SCAN = """
from wikilake.lake import raw_lines
[file] = raw_lines.raw_files_to_read("2026-11-01T00")
print(file, raw_lines.raw_line_counts("2026-11-01T00"))
"""
IMPORT = """
from pathlib import Path
from wikilake.ingest.log_import import import_log, opened_state
from wikilake.ingest.web_logs import LogFormat
root = Path(sys.argv[1])
with opened_state(root) as state:
    print(import_log(state, root, Path(sys.argv[2]), "text", LogFormat(site="a.example")))
with opened_state(root) as state:
    print(import_log(state, root, Path(sys.argv[2]), "text", LogFormat(site="a.example")))
"""


DUMP = """
from wikilake.ingest import history_dumps
for block, share in history_dumps._blocks(Path(sys.argv[1]), 1):
    print(len(block.text), block.size)
"""


def write_monster(path, before: bytes = b"", after: bytes = b"") -> None:
    """A gzip file of 1 MB with one line of 1 GiB between two texts."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = b"x" * 2**20
    with path.open("wb") as file:
        file.write(packer.compress(before))
        for _ in range(1024):
            file.write(packer.compress(piece))
        file.write(packer.compress(after) + packer.flush())


def peak_of(work: str, lake, *arguments) -> tuple[str, int]:
    """What a process says that does some work, and the MB that it held at most."""
    called = subprocess.run(
        [sys.executable, "-c", PEAK.format(work=work), *map(str, arguments)],
        env=os.environ | lake.environment(), cwd=PROJECT, capture_output=True, text=True,
    )  # fmt: skip
    assert called.returncode == 0, called.stderr
    said, _, peak = called.stdout.strip().rpartition("\n")
    return said, int(peak) // 1024


@pytest.mark.parametrize("before", [b"", b"x\n" + numbered(1) + b"\n"])
def test_a_line_of_a_gigabyte_takes_little_memory_in_a_raw_file(lake, before):
    folder = lake.raw / "webrequest_source=text" / f"{HOUR}0"
    folder.mkdir(parents=True)
    write_monster(folder / "part-0.jsonl.gz", before, b"\n" + numbered(2))
    said, peak = peak_of(SCAN, lake)
    assert f'"lines": {before.count(10) + 2}' in said
    assert peak < 300, said
    copy = json.loads(said.split("\n")[0].split(" ['")[0])["copy"]
    rows = duckdb.sql(f"select unreadable_reason, length(line) from '{copy}'").fetchall()
    assert rows[-2:] == [("too_long", raw_lines.BEGINNING), (None, len(numbered(2)))]
    assert len(rows) == before.count(10) + 2


def test_a_line_of_a_gigabyte_takes_little_memory_in_a_dump(lake):
    write_monster(lake.folder / "a.tsv.gz", b"one\n", b"\ntwo\n")
    said, peak = peak_of("from pathlib import Path" + DUMP, lake, lake.folder / "a.tsv.gz")
    assert said == f"4 4\n{raw_lines.BEGINNING} {2**30 + 1}\n4 4"
    assert peak < 300, said


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_line_of_a_gigabyte_takes_little_memory_in_a_log_and_is_put_aside(lake, end):
    log = lake.folder / "access.log.gz"
    good = b'192.0.2.1 - - [01/Nov/2026:00:10:00 +0000] "GET /wiki/Cat HTTP/1.1" 200 5 "-" "A"\n'
    write_monster(log, good, end and end + good)
    said, peak = peak_of(IMPORT, lake, lake.raw, log)
    first, second = said.split("\n")
    lines = 3 if end else 2
    assert f"Counts(lines={lines}, rows={lines - 1}, rejected=1" in first
    assert "Counts(lines=0, rows=0" in second
    assert peak < 300, said
    [file] = (lake.raw / "import_rejected").iterdir()
    [kept] = [json.loads(line) for line in file.open()]
    assert (kept["reason"], kept["line"], kept["text"]) == (
        "too_long",
        2,
        "x" * raw_lines.BEGINNING,
    )
