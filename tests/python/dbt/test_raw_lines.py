"""Each line of a raw file is refined or rejected once, whatever it holds, in little memory."""

import gzip
import json
import os
import random
import re
import subprocess
import sys
import zlib
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from conftest import HOUR, PROJECT
from lines import numbered
from spark_runs import on_spark

from wikilake.lake import raw, raw_lines

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
    "padded.jsonl.gz": (gzip.compress(numbered(39) + b"\n") + b"\0" * 700, 1),
    "padded by one.jsonl.gz": (gzip.compress(numbered(40)) + b"\0", 1),
    "padded inside.jsonl.gz": (
        gzip.compress(numbered(41) + b"\n") + b"\0" * 512 + gzip.compress(numbered(42)), 2,
    ),
    "padded, empty.jsonl.gz": (gzip.compress(b"") + b"\0" * 8, 0),
    "comment later.jsonl.gz": (
        gzip.compress(numbered(43) + b"\n") + gzip_with_comment(numbered(44) + b"\n"), 2,
    ),
    "utf-16.jsonl": (numbered(45).decode().encode("utf-16") + "\n".encode("utf-16-le"), 0),
    "utf-16, big end.jsonl": ((numbered(46) + b"\n").decode().encode("utf-16-be"), 0),
    "only cr.jsonl": (b"\r" * 5000, 0),
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
    [run] = (lake.folder / "target" / "run").rglob("stg_webrequest__raw.sql")
    scans = re.findall(r"\b(text|parquet)[.]`", run.read_text())
    assert scans == ["text", "parquet"], "two, however many files"
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
    assert str(link) in built.stderr and "Put its file there" in built.stderr
    assert "Traceback" not in built.stdout + built.stderr


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (os.mkfifo, "is a pipe or device"),
        (os.mkdir, "is a folder"),
        (lambda path: path.write_bytes(gzip.compress(b"{}\n") + b"x" * 99), "Not a gzipped file"),
        (lambda path: path.write_bytes(gzip.compress(b"{}\n") + b"\x1f"), "end-of-stream"),
    ],
    ids=["pipe", "folder", "garbage", "begun"],
)
@pytest.mark.parametrize("how", ["wikilake", "dbt"])
def test_anything_that_is_not_a_raw_file_stops_the_hour_and_is_named(lake, make, what, how):
    path = lake.write_raw([numbered(1)]).with_name("part-1.jsonl.gz")
    make(path)
    if how == "dbt":
        built = lake.dbt("build", "--select", "+stg_webrequest__raw")
    else:
        built = lake.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T01")
    said = built.stdout + built.stderr
    assert built.returncode == 1 and f"{path}" in said and what in said, said
    assert "out of the partition" in " ".join(said.split()) and "Traceback" not in said


@pytest.mark.parametrize("place", ["hour=0", "webrequest_source=upload"])
@pytest.mark.parametrize("leads_to", ["nowhere", "itself"])
def test_a_folder_that_cannot_be_listed_stops_the_hour_which_is_not_taken_for_empty(
    lake, place, leads_to
):
    good = lake.write_raw([numbered(1)])
    if place == "hour=0":
        good.unlink()
        good.parent.rmdir()
        link = good.parent
    else:
        link = lake.raw / place
    link.symlink_to("not mounted" if leads_to == "nowhere" else link)
    built = lake.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T01")
    assert built.returncode == 1 and "Traceback" not in built.stdout + built.stderr
    assert f"{link}" in built.stderr and "cannot be listed" in built.stderr, built.stderr


@pytest.mark.parametrize("name", [b"\xff.jsonl", b"a\nb.jsonl", b"\x1b]0;x.jsonl.gz"])
def test_a_raw_file_of_a_name_that_no_engine_reads_is_named_and_not_passed_over(
    lake, monkeypatch, name
):
    monkeypatch.setenv("WIKILAKE_RAW", str(lake.raw))
    folder = os.fsencode(lake.write_raw([numbered(1)]).parent)
    Path(os.fsdecode(folder + b"/" + name)).touch()
    with pytest.raises(raw.RawFileError, match="Rename it") as refused:
        raw.raw_files(datetime(2026, 11, 1))
    assert str(refused.value).isprintable() and str(refused.value).encode()


def test_a_folder_that_is_not_there_holds_no_file(lake, monkeypatch):
    monkeypatch.setenv("WIKILAKE_RAW", str(lake.raw))
    assert raw.raw_files(datetime(2026, 11, 1)) == []
    good = lake.write_raw([numbered(1)])
    assert raw.raw_files(datetime(2026, 11, 1)) == [good]
    assert raw.raw_files(datetime(2026, 11, 1, 1)) == []


@pytest.mark.parametrize("attempt", range(5))
def test_a_gzip_file_is_plain_when_nothing_is_between_its_members(tmp_path, attempt):
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    path = tmp_path / "x.jsonl.gz"
    for _ in range(40):
        parts = [
            chance.randbytes(chance.choice([0, 1, 100, 40_000]))
            for _ in range(chance.choice([1, 2, 9, 300]))
        ]
        members = [gzip.compress(part, chance.choice([0, 1, 9])) for part in parts]
        size = sum(map(len, parts))
        path.write_bytes(b"".join(members))
        assert raw_lines._is_plain_gzip(path, size)
        zeros = b"\0" * chance.choice([1, 2, 3, 4, 9, 70_000])
        members.insert(chance.randint(1, len(members)), zeros)
        path.write_bytes(b"".join(members))
        assert not raw_lines._is_plain_gzip(path, size), (len(parts), len(zeros))


PEAK = """
import re, sys
{work}
print(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
"""
SCAN = """
from wikilake.lake import raw_lines
WINDOW = "2026-11-01 00:00:00", "2026-11-01 01:00:00"
[file] = raw_lines.raw_files_to_read(*WINDOW)
print(file, raw_lines.raw_line_counts(*WINDOW))
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
def test_a_line_of_a_gigabyte_takes_little_memory_in_a_log_and_is_rejected(lake, end):
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
