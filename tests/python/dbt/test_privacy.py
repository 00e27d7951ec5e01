"""Who may read what: classes of columns, lineage of public tables, files that are closed."""

from __future__ import annotations

import hmac
import json
from collections import deque
from pathlib import Path

import duckdb
import pytest
from conftest import BIN, Lake
from lines import numbered

from wikilake.engines import parsers
from wikilake.lake import partitions
from wikilake.project import privacy
from wikilake.project.lists import read_list
from wikilake.superset import bundle

CLASSES = {"public", "internal", "private", "identifying"}


@pytest.fixture(scope="module")
def models(manifest) -> dict[str, dict]:
    return {model["unique_id"]: model for model in privacy.models(manifest)}


def parents(model: dict, models: dict[str, dict]) -> list[dict]:
    return [models[name] for name in model["depends_on"]["nodes"] if name in models]


def ancestors_up_to_aggregates(model: dict, models: dict[str, dict], approved: set[str]):
    """The model and what it is made of, without going beyond approved aggregates."""
    found, waiting = {}, deque([model])
    while waiting:
        one = waiting.popleft()
        if one["name"] in found:
            continue
        found[one["name"]] = one
        if one["name"] not in approved:
            waiting.extend(parents(one, models))
    return found.values()


def leaks(models: dict[str, dict], approved: set[str], public_schemas: set[str]) -> list[str]:
    """`table <- model.column` for what is public and stems from an identifying column."""
    return [
        f"{model['name']} <- {source['name']}.{column}"
        for model in models.values()
        if model["access"] == "public" or model["schema"] in public_schemas
        for source in ancestors_up_to_aggregates(model, models, approved)
        for column, found in privacy.classes(source).items()
        if found == "identifying"
    ]


@pytest.fixture(scope="module")
def approved(models) -> set[str]:
    """Tables of which each row has enough readers: by the list, or by thresholds of its own."""
    listed = {row["table_name"] for row in read_list("public_aggregates")}
    return listed | {
        model["name"] for model in models.values() if model["config"]["meta"].get("thresholds")
    }


@pytest.fixture(scope="module")
def public_schemas() -> set[str]:
    return set(privacy.project_variable("public_schemas"))


def test_each_column_of_each_model_has_a_class(models):
    assert set(privacy.strictness()) == CLASSES
    assert [
        f"{model['name']}.{column}: {found}"
        for model in models.values()
        for column, found in privacy.classes(model).items()
        if found not in CLASSES
    ] == []
    assert sum(len(model["columns"]) for model in models.values()) > 800


def test_nothing_public_stems_from_an_identifying_column_but_through_an_approved_aggregate(
    models, approved, public_schemas
):
    assert leaks(models, approved, public_schemas) == []
    unapproved = leaks(models, set(), public_schemas)
    assert "projectview_hourly <- webrequest.ip" in unapproved, "the walk really gets there"


def test_a_table_that_everyone_may_read_has_public_columns_alone(models, public_schemas):
    for model in models.values():
        if model["access"] == "public" or model["schema"] in public_schemas:
            assert privacy.table_class(model) == "public", model["name"]


def test_a_column_gets_no_laxer_from_model_to_model_but_in_an_approved_aggregate(models, approved):
    """What the allowlist keeps of events is approved by it; the rest of them is purged."""
    rank = privacy.strictness()
    assert [
        f"{parent['name']}.{column} is {found}, {model['name']}.{column} is not"
        for model in models.values()
        if model["name"] not in approved and model["schema"] != "event_sanitized"
        for parent in parents(model, models)
        for column, found in privacy.classes(parent).items()
        if rank[privacy.classes(model).get(column, "identifying")] < rank[found]
    ] == []


def test_every_model_has_a_group_and_work_tables_are_private_to_it(models):
    for model in models.values():
        assert model["group"], model["name"]
        is_read_by_others = model["access"] in ("protected", "public")
        assert is_read_by_others == privacy.is_mart(model), model["name"]


def test_the_grants_of_a_table_are_those_of_its_class(models):
    readers = {row["privacy_class"]: row["reader_group"] for row in read_list("privacy_classes")}
    for model in models.values():
        if privacy.is_mart(model):
            granted = model["config"]["grants"]["select"]
            if model["access"] == "public":
                assert granted == ["public"], model["name"]
            elif privacy.table_class(model) != "public":
                assert granted == [readers[privacy.table_class(model)]], model["name"]


def test_an_approved_aggregate_has_a_threshold_and_columns_that_it_names(models, approved):
    by_name = {model["name"]: model for model in models.values()}
    for row in read_list("public_aggregates"):
        columns = by_name[row["table_name"]]["columns"]
        assert row["measure"] in columns
        assert int(row["k"]) > 1
        folded = dict(pair.split("=") for pair in row["folded_columns"].split(";"))
        assert folded.keys() <= columns.keys()


def tables_of_dashboards(tables: str) -> set[str]:
    """Every table that the charts of Superset read whose dashboards show such tables."""
    declared = bundle.declaration()
    pages = [page for page in declared.dashboards.values() if page.tables == tables]
    assert pages
    return set().union(*(declared.tables_of(chart) for page in pages for _, chart in page.charts()))


def test_a_dashboard_for_everyone_reads_tables_that_everyone_may_read(models):
    by_name = {f"{model['schema']}.{model['alias']}": model for model in models.values()}
    for table in tables_of_dashboards("public"):
        assert by_name[table]["access"] == "public", table
    for table in tables_of_dashboards("all"):
        assert privacy.is_mart(by_name[table]), table
        assert {name for name, found in privacy.classes(by_name[table]).items()
                if found == "identifying"} == set(), table  # fmt: skip


def test_the_exposure_of_superset_names_what_its_charts_read(manifest, models):
    read = tables_of_dashboards("public") | tables_of_dashboards("all")
    named = manifest["exposures"]["exposure.wikilake.superset"]["depends_on"]["nodes"]
    assert {f"{models[one]['schema']}.{models[one]['alias']}" for one in named} == read


def test_the_matrix_of_the_docs_is_the_one_of_the_models(manifest):
    assert privacy.PAGE.read_text() == privacy.matrix(manifest), (
        "python -m wikilake.project.privacy"
    )


READER = "Mozilla/5.0 (ReaderOfSecrets; one of a kind 7f3a9)"


def view(number: int, agent: str = READER, project: str = "en.wikipedia") -> bytes:
    """A pageview of the given project; each by its own address and app, which nothing may show."""
    fields = json.loads(numbered(number)) | {
        "user_agent": agent,
        "accept_language": "en",
        "ip": f"198.51.100.{number % 250}",
        "uri_host": f"{project}.org",
    }
    return json.dumps(fields).encode()


@pytest.fixture(scope="module")
def closed_lake(tmp_path_factory) -> Lake:
    """An hour with one project that is read often and one that is hardly read, built once."""
    folder = tmp_path_factory.mktemp("closed")
    lake = Lake(folder, {"WIKILAKE_RAW": str(folder / "raw")})
    often = [view(number) for number in range(40)]
    seldom = [view(number, project="de.wikipedia") for number in range(40, 43)]
    lake.write_raw([*often, *seldom, b"no json, but " + READER.encode()])
    built = lake.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T01")
    assert built.returncode == 0, built.stderr
    lake.output = built.stdout + built.stderr
    return lake


def modes(root: Path) -> dict[str, int]:
    """The permissions of every file and folder of a lake."""
    return {str(path.relative_to(root)): path.stat().st_mode & 0o777 for path in root.rglob("*")}


def test_the_files_of_private_schemas_are_closed_to_others(closed_lake):
    found = modes(closed_lake.root)
    private = [name for name in found if name.startswith(("wmf", ".spill"))]
    assert any(name.endswith(".parquet") for name in private)
    for name in private:
        expected = 0o600 if name.endswith((".parquet", ".json")) else 0o700
        assert found[name] == expected, name
    assert found["wikilake.duckdb"] == 0o600


def test_a_schema_is_opened_and_closed_by_the_variable_at_the_next_build(tmp_path, monkeypatch):
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path))
    for is_public, folder, file in ((True, 0o755, 0o644), (False, 0o700, 0o600)):
        staged = Path(partitions.stage_partition("s/t", "hour=0"))
        assert (tmp_path / ".staging").stat().st_mode & 0o777 == 0o700
        (staged / "part-0").write_text("x")
        partitions.publish_partition("s/t", "hour=0", json.dumps({"is_public": is_public}))
        found = modes(tmp_path / "s")
        assert found["t"] == found["t/hour=0"] == folder
        assert found["t/hour=0/part-0"] == found["t/hour=0/_manifest.json"] == file


def test_nothing_private_shows_in_logs_artifacts_or_messages(closed_lake):
    ran = closed_lake.command(BIN / "dbt", "run", "--select", "+pageview_actor")
    assert ran.returncode == 0, ran.stdout
    [(signature,)] = closed_lake.query("select min(actor_signature) from wmf.pageview_actor")
    secrets = (b"ReaderOfSecrets", b"198.51.100.", signature.encode())
    kept = [path for path in closed_lake.folder.rglob("*") if path.is_file()]
    outside = [path for path in kept if closed_lake.raw not in path.parents]
    artifacts = [path for path in outside if closed_lake.root not in path.parents]
    assert {"manifest.json", "run_results.json"} <= {path.name for path in artifacts}
    for path in [*artifacts, closed_lake.root / "wikilake.duckdb"]:
        content = path.read_bytes()
        assert not [secret for secret in secrets if secret in content], path
    assert not [s for s in secrets if s.decode() in closed_lake.output + ran.stdout + ran.stderr]


def write_keys(lake: Lake, *lines: str, mode: int = 0o600) -> str:
    path = lake.folder / "actor.keys"
    path.write_text("\n".join(["# from, key", *lines]) + "\n")
    path.chmod(mode)
    lake.settings["WIKILAKE_ACTOR_KEY_FILE"] = str(path)
    return str(path)


def test_keyed_signatures_differ_by_key_and_follow_its_rotation(lake):
    one, other = "5a" * 32, "c3" * 32
    first, second = "2026-11-01T00", "2026-11-01T01"
    for hour in (0, 1):
        lake.write_raw([view(7)], hour=hour)

    def signatures(*hours: str) -> list[str]:
        for hour in hours:
            ran = lake.dbt("run", "--select", "+pageview_actor", hour=hour)
            assert ran.returncode == 0, ran.stdout
        columns = "actor_signature, actor_signature_per_project_family"
        return lake.query(f"select {columns} from wmf.pageview_actor order by hour")

    assert lake.dbt("seed", "--exclude", "tag:rule_test").returncode == 0
    [plain] = signatures(first)
    assert len(plain[0]) == 32, "without a key they are the md5 of the original"
    write_keys(lake, f"2026-01-01T00 {one}", f"{second} {other}")
    [by_one, by_other] = signatures(first, second)
    assert len({*plain, *by_one, *by_other}) == 6
    text = f"198.51.100.7{READER}en" + "en.wikipedia.org"
    expected = hmac.new(bytes.fromhex(one), text.encode(), "sha256").hexdigest()
    assert by_one[0] == expected
    for path in lake.folder.rglob("*"):
        if path.is_file() and path.name != "actor.keys":
            content = path.read_bytes()
            for key in (one, other):
                assert key.encode() not in content and bytes.fromhex(key) not in content, path


@pytest.mark.parametrize(
    ("line", "mode", "words"),
    [
        ("2026-01-01T00 0123456789", 0o600, "64 hexadecimal digits"),
        ("yesterday " + "5a" * 32, 0o600, "YYYY-MM-DDTHH"),
        ("2026-01-01T00 " + "5a" * 32, 0o644, "chmod 600"),
        ("2027-01-01T00 " + "5a" * 32, 0o600, "no key for 2026-11-01T00"),
    ],
)
def test_a_key_file_that_cannot_be_used_is_named_without_showing_a_key(
    lake, monkeypatch, line, mode, words
):
    path = write_keys(lake, line, mode=mode)
    monkeypatch.setenv("WIKILAKE_ACTOR_KEY_FILE", path)
    parsers.actor_keys.cache_clear()
    with pytest.raises(parsers.SettingError, match=words) as said:
        parsers.keyed_signature("text", "2026-11-01T00")
    parsers.actor_keys.cache_clear()
    assert path in str(said.value)
    assert line.split()[1] not in str(said.value)


def test_a_missing_key_stops_the_hour_in_plain_words(lake):
    path = write_keys(lake, "2027-01-01T00 " + "5a" * 32)
    lake.write_raw([view(7)])
    built = lake.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T01")
    assert built.returncode == 1
    assert "no key for 2026-11-01T00" in built.stderr and path in built.stderr
    assert "Traceback" not in built.stderr
    logs = [log.read_text() for log in (lake.folder / "logs").glob("*")]
    assert "5a" * 32 not in "".join([built.stdout, built.stderr, *logs])


def test_share_copies_public_tables_alone_and_hides_what_few_read(closed_lake, tmp_path):
    shared = tmp_path / "public"
    said = closed_lake.wikilake("share", "--output", str(shared))
    assert said.returncode == 0, said.stderr
    tables = [str(path.relative_to(shared)) for path in shared.glob("wm*/*")]
    assert sorted(tables) == sorted(f"wmf/{name}" for name in ["projectview_hourly"])
    [k] = [int(row["k"]) for row in read_list("public_aggregates")]
    with duckdb.connect(str(shared / "wikilake.duckdb"), read_only=True) as connection:
        rows = connection.execute("select project, view_count from wmf.projectview_hourly")
        assert rows.fetchall() == [("en.wikipedia", 40 // k * k)]
    assert k <= 40
    assert f"left_out: {43 - 40 // k * k}" in said.stdout
    found = modes(shared)
    assert {mode for name, mode in found.items() if name.endswith((".parquet", ".json"))} == {0o644}
    assert found["wikilake.duckdb"] == 0o644 and found["wmf"] == 0o755
    everything = b"".join(path.read_bytes() for path in shared.rglob("*") if path.is_file())
    [(signature,)] = closed_lake.query(
        "select min(actor_signature_per_project_family) from wmf.webrequest_actor_label_hourly"
    )
    assert b"ReaderOfSecrets" not in everything and signature.encode() not in everything
    again = closed_lake.wikilake("share", "--output", str(shared))
    assert "copied: 0" in again.stdout


def test_share_refuses_a_folder_in_the_lake_or_one_that_is_no_lake(closed_lake, tmp_path):
    tmp_path.joinpath("letter.txt").write_text("dear reader")
    for folder, words in ((closed_lake.root / "wmf", "one in the other"), (tmp_path, "not a lake")):
        refused = closed_lake.wikilake("share", "--output", str(folder))
        assert refused.returncode == 1
        assert words in refused.stderr
        assert "Traceback" not in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
