"""Whatever a line holds, it is refined or rejected, in bounded memory; no text becomes SQL."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import time
from datetime import datetime

import pytest
from conftest import BIN, PROJECT, Lake
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from lines import GOOD
from test_sample import FIELDS

from wikilake.samples.requests import write_sample

PERIOD = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")
MEMORY_MB = 1000

numbers = st.one_of(
    st.integers(),
    st.integers(min_value=2**63 - 2, max_value=2**80),
    st.integers(min_value=-(2**80), max_value=-(2**63) + 2),
    st.floats(),
    st.just(10**400),
)
dates = st.builds(
    "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}{}".format,
    st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32),
    st.integers(0, 25), st.integers(0, 60), st.integers(0, 61),
    st.sampled_from(["Z", "", ".123Z", "+02:00", "+1400", " UTC"]),
)  # fmt: skip
texts = st.one_of(
    st.text(st.characters(codec=None), max_size=60),  # also lone surrogates and NUL
    dates,
    st.text("/:.?&=%;+-_*()[]{}|\\'\"#@! aA0\0", max_size=60),
)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)
objects = st.lists(st.tuples(st.sampled_from(FIELDS), anything), max_size=40)
"""Fields in any order, some twice, with any value."""

raw_bytes = st.binary(max_size=120).map(lambda line: re.sub(rb"[\r\n]", b" ", line))
"""Any bytes but those that end a line; a carriage return is one, as for the original's reader."""

broken = st.tuples(st.integers(0, len(GOOD)), raw_bytes).map(
    lambda cut: GOOD[: cut[0]] + cut[1] + GOOD[cut[0] :]
)


def as_line(fields: list[tuple[str, object]], host: str) -> bytes:
    """The fields as one line, with a host of its own, so that no two lines are the same."""
    pairs = [(name, value) for name, value in fields if name != "hostname"]
    written = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in pairs]
    return ("{" + ", ".join([f'"hostname": "{host}"', *written]) + "}").encode()


def generated(number: int, examples: int) -> list[bytes]:
    """Lines of every kind; the same for the same number."""
    lines: list[bytes] = []

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(objects, raw_bytes, broken)
    def collect(fields, raw, cut) -> None:
        lines.append(as_line(fields, f"h{len(lines)}"))
        lines.append(raw)
        # Two numbers, since one of them may be cut, or its name: else it is a line that was before.
        number = b'"%d"' % len(lines)
        lines.append(cut.replace(b'"cp1"', number).replace(b'"7"', number))

    collect()
    return lines


def extremes() -> list[bytes]:
    """Single lines of the kinds that break jobs."""
    hosts = (b'{"hostname": "x%d", ' % number for number in range(1000))
    deep = [b'"uri_path": ' + b"[" * n + b"]" * n + b"}" for n in (100, 5_000, 500_000)]
    deep += [b'"uri_path": ' + b'{"a":' * n + b"1" + b"}" * n + b"}" for n in (100, 5_000)]
    long = [b'"uri_path": "' + b"x" * (10 << 20) + b'"}', b'"x": ["' + b"y" * (10 << 20) + b'"]}']
    odd = [
        b'"uri_path": "\x00"}', b'"uri_path": "\\u0000"}', b'"uri_path": "\\ud800"}',
        b'"sequence": 1e400}', b'"sequence": -9223372036854775809}', b'"sequence": NaN}',
        b'"sequence": 9223372036854775807}', b'"dt": "0000-01-01T00:00:00Z"}',
        b'"dt": "9999-12-31T23:59:60Z"}', b'"dt": "99999-01-01T00:00:00Z"}',
        b'"ip": "1", "IP": "2", "Ip": "3"}',
    ]  # fmt: skip
    far = [
        b'{"hostname": "far%d", "server_pid": "1", "sequence": %d, "response_size": %d}'
        % (process, number, 2**63 - 1)
        for process in range(3)
        for number in (-(2**63), 0, 2**63 - 2, 2**63 - 1)
    ]
    return [*(next(hosts) + rest for rest in [*deep, *long, *odd]), *far]


def repetitive() -> list[bytes]:
    """100 kB of what makes a backtracking expression slow, in each text that rules look into."""
    good = json.loads(GOOD)
    lines = []
    units = (
        "a",
        "/",
        "%",
        "%25",
        ".",
        " ",
        "a=",
        ";",
        "(",
        "www.",
        "/wiki/",
        "?title=",
        "https://",
    )
    for field in ("uri_host", "uri_path", "uri_query", "referer", "user_agent", "x_analytics"):
        length = 100_000
        for unit in units:
            text = unit * (length // len(unit))
            for value in (text, text + "!", good.get(field, "") + text):
                lines.append(json.dumps(good | {field: value, "hostname": f"r{len(lines)}"}))
    return [line.encode() for line in lines]


MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(code)
"""


def test_no_line_is_lost_and_memory_is_bounded_whatever_a_line_holds(lake):
    number = random.randrange(2**32)
    print("seed", number)
    lines = [*generated(number, examples=200), *extremes()]
    lake.write_raw(lines)
    lake.settings["WIKILAKE_MEMORY"] = f"{MEMORY_MB}MB"
    models = ("--resource-type", "seed", "--resource-type", "model")
    built = lake.command(
        sys.executable, "-c", MEASURED, sys.executable, "-m", "dbt.cli.main", "build", *models,
        "--exclude", "tag:history", "tag:rule_test",
    )  # fmt: skip
    assert built.returncode == 0, built.stdout
    [(refined,)] = lake.query("select count(*) from wmf.webrequest")
    [(rejected,)] = lake.query("select count(*) from wmf_raw.webrequest_rejected")
    assert refined + rejected == len(lines)
    assert refined > 100 and rejected > 100
    peak = int(built.stdout.split("peak")[-1])
    print("peak memory MB", peak)
    assert peak < 2 * MEMORY_MB


def test_an_hour_too_large_for_memory_has_its_work_tables_in_a_file_that_is_gone_afterwards(lake):
    write_sample(lake.raw, 160_000, 1, [datetime(2026, 11, 1)], compress=False)
    everything = "from wmf.webrequest select count(*), sum(hash(webrequest)::double)"
    file = lake.root / ".spill" / "work_tables.duckdb"
    found = {}
    for memory in ("2GB", "200MB"):
        lake.settings["WIKILAKE_MEMORY"] = memory
        command = [BIN / "wikilake", "build", *PERIOD, "--exclude-resource-type", "test"]
        build = subprocess.Popen(command, cwd=PROJECT, env=lake.environment())
        was_there = False
        while build.poll() is None:
            was_there = was_there or file.exists()
            time.sleep(0.1)
        assert build.returncode == 0
        assert was_there == (memory == "200MB")
        assert list(file.parent.iterdir()) == []
        [found[memory]] = lake.query(everything)
    assert found["2GB"][0] > 150_000
    assert found["2GB"] == pytest.approx(found["200MB"], rel=1e-12)


def test_a_hundred_kilobytes_that_slow_regular_expressions_are_refined(lake):
    """A backtracking matcher would need days for it."""
    lines = repetitive()
    lake.write_raw(lines)
    lake.run_hour()
    assert lake.query("select count(*) from wmf.webrequest") == [(len(lines),)]


EVIL = "1; drop schema wmf cascade; --"


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"hour": 5}, "The variable 'hour'"),
        ({"day": "2026-11-01'; --"}, "The variable 'day'"),
        ({"loss_warn_percent": EVIL}, "The variable 'loss_warn_percent'"),
        ({"accept_loss": "true) or (true"}, "The variable 'accept_loss'"),
        ({"excluded_rows": [{"hostname": "a", "sequence": EVIL}]}, "'excluded_rows'"),
        ({"mobile_web_from": "x'; --"}, "mobile_web_from"),
        ({"record_version": "0.0.26' or '1'='1"}, "record_version"),
    ],
)
def test_a_variable_that_is_sql_is_refused_in_plain_words(open_lake, variables, words):
    ran = open_lake.dbt(
        "build", "--select", "+webrequest", "--exclude", "resource_type:seed", variables=variables
    )
    assert ran.returncode != 0
    assert words in ran.stdout
    assert "Traceback" not in ran.stdout and "Parser Error" not in ran.stdout


@pytest.fixture(scope="module")
def open_lake(tmp_path_factory) -> Lake:
    """A lake with the seeds and a raw hour, for runs that must stop before they do anything."""
    folder = tmp_path_factory.mktemp("open")
    lake = Lake(folder, {"WIKILAKE_RAW": str(folder / "raw")})
    lake.write_raw([GOOD])
    assert lake.dbt("seed", "--quiet", "--exclude", "tag:rule_test").returncode == 0
    return lake


def test_a_source_folder_that_is_sql_is_refused_by_name(open_lake):
    name = "te'xt; drop"
    path = open_lake.write_raw([GOOD], source=name)
    ran = open_lake.dbt("run", "--select", "+webrequest")
    path.unlink()
    assert ran.returncode != 0
    assert f"webrequest_source={name} names no source" in ran.stdout
    assert "Traceback" not in ran.stdout


def test_a_host_with_quotes_can_be_excluded(lake):
    host = "cp'1\"; drop schema wmf; --"
    good = json.loads(GOOD)
    odd = [json.dumps(good | {"hostname": host, "sequence": n}).encode() for n in range(2)]
    lake.write_raw(odd)
    variables = json.dumps({"excluded_rows": [{"hostname": host, "sequence": 1}]})
    built = lake.wikilake("build", *PERIOD, "--exclude-resource-type", "test", "--vars", variables)
    assert built.returncode == 0, built.stderr
    assert lake.query("select sequence from wmf.webrequest") == [(0,)]
