"""`wikilake serve`: the API's own clients, hostile requests, and a lake that changes meanwhile."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime

import duckdb
import mwviews.api.pageviews
import pageviewapi.client
import pytest
import yaml
from conftest import PROJECT

from wikilake.answers import aqs, traffic_api
from wikilake.server import app

METRICS = "/api/rest_v1/metrics"
EDITS = "edits/aggregate/en.wikipedia/all-editor-types/all-page-types/daily/20261001/20261003"
ARTICLE = (
    "pageviews/per-article/en.wikipedia/all-access/all-agents/Main_Page/daily/20261001/20261001"
)
DEVICES = "unique-devices/en.wikipedia/all-sites/daily/20261001/20261002"
TITLES = ["Main_Page", "AC/DC", "Who?", "C#", "100%", "Ä_ö", "O'Hara", "a|b", "..", "x&y=z"]
VIEWS = {title: 10 + number for number, title in enumerate(TITLES)}


def make_table(connection, domain, name, rows):
    """A table with the columns of a model's contract, and the values that a row names."""
    path = PROJECT / f"models/marts/{domain}/{name}.yml"
    [model] = [m for m in yaml.safe_load(path.read_text())["models"] if m["name"] == name]
    schema = {"wikistats": "wikistats", "webrequest": "wmf_raw"}.get(domain, "wmf")
    columns = ", ".join(f'"{c["name"]}" {c["data_type"]}' for c in model["columns"])
    connection.execute(f"create schema if not exists {schema}")
    connection.execute(f"create or replace table {schema}.{name} ({columns})")
    for row in rows:
        names = ", ".join(f'"{column}"' for column in row)
        marks = ", ".join("?" * len(row))
        connection.execute(
            f"insert into {schema}.{name} ({names}) values ({marks})", list(row.values())
        )


DAY = {"year": 2026, "month": 10, "day": 1}


def write_catalog(root, edits=7):
    """Puts a catalog in its place as a run does, with a few rows of each family."""
    root.mkdir(exist_ok=True)
    new = root / "wikilake.duckdb.new"
    new.unlink(missing_ok=True)
    with duckdb.connect(str(new)) as connection:
        snapshot = {"snapshot": "2026-10"}
        span = {"first_day": date(2026, 10, 1), "last_day": date(2026, 10, 31)}
        make_table(connection, "wikistats", "time_span", [snapshot | span])
        types = {"editor_type": "all-editor-types", "page_type": "all-page-types"}
        periods = (("daily", date(2026, 10, 1)), ("monthly", date(2026, 10, 1)))
        make_table(connection, "wikistats", "edits", [
            {"project": project, "granularity": granularity, "period_start": day, "edits": edits,
             "net_bytes_diff": -3, "abs_bytes_diff": 9} | types | snapshot
            for project in ("en.wikipedia", "de.wikivoyage", "wikidata", "all-projects",
                            "all-wikipedia-projects")
            for granularity, day in periods
        ])  # fmt: skip
        stamp = {"project": "en.wikipedia", "timestamp": "2026100100"} | DAY
        rows = [stamp | {"article": title, "aa": str(views)} for title, views in VIEWS.items()]
        make_table(connection, "pageview", "pageview_per_article_daily", rows)
        asked = {"project": "en.wikipedia", "access": "all-access", "agent": "all-agents"}
        for form in ("daily", "hourly"):
            hour = {"hour": 0} if form == "hourly" else {}
            row = asked | {"granularity": form, "timestamp": "2026100100", "v": 123} | DAY | hour
            make_table(connection, "pageview", f"pageview_per_project_{form}", [row])
        top = {"project": "en.wikipedia", "access": "all-access", **DAY}
        listed = [{"article": title, "views": 5, "rank": 1} for title in TITLES[:1]]
        make_table(connection, "pageview", "pageview_top_articles_daily", [
            top | {"year": "2026", "month": "10", "day": "01", "articlesJSON": json.dumps(listed)}
        ])  # fmt: skip
        devices = {"project": "en.wikipedia", "access-site": "all-sites", "timestamp": "20261001"}
        numbers = {"devices": 40, "offset": 30, "underestimate": 10, "granularity": "daily"}
        make_table(connection, "readers", "unique_devices_cassandra_daily", [
            devices | numbers | DAY
        ])  # fmt: skip
        make_table(connection, "pageview", "projectview_hourly", [])
        connection.execute("create schema reference")
        connection.execute(
            "create table reference.wikis as from (values ('wikidatawiki', 'www.wikidata.org', "
            "'wikidata')) as t(database_code, domain_name, pageview_code)"
        )
        connection.execute("create table wmf.webrequest as select '192.0.2.1' as ip")
    new.replace(root / "wikilake.duckdb")


def start(lake, *arguments):
    """A server as its users start it, and the address that it says."""
    process = subprocess.Popen(
        [sys.executable, "-m", "wikilake.cli", "serve", "--port", "0", *arguments],
        cwd=PROJECT,
        env={**os.environ, "WIKILAKE_LAKE": str(lake)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = process.stdout.readline()
    return process, re.search(r"http://\S+:\d+", said)[0]


@contextmanager
def served(lake, *arguments):
    process, address = start(lake, *arguments)
    try:
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        assert "Traceback" not in errors, errors


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    root = tmp_path_factory.mktemp("served") / "lake"
    write_catalog(root)
    return root


@pytest.fixture(scope="module")
def address(lake):
    with served(lake) as address:
        yield address


def get(url, **headers):
    request = urllib.request.Request(
        url, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def raw(address, request):
    """The bytes that come back for bytes that no client would send."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(request)
        received = b""
        while part := connection.recv(65536):
            received += part
    return received


def raw_status(address, target, method="GET"):
    said = raw(
        address,
        f"{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode("latin-1"),
    )
    return int(said.split()[1]), said.partition(b"\r\n\r\n")[2]


def test_mwviews_reads_views_of_articles_with_odd_titles_projects_and_tops(address, monkeypatch):
    monkeypatch.setattr(mwviews.api.pageviews, "endpoints", {
        name: url.replace("https://wikimedia.org", address)
        for name, url in mwviews.api.pageviews.endpoints.items()
    })  # fmt: skip
    client = mwviews.api.PageviewsClient("test of wikilake", parallelism=4)
    day = datetime(2026, 10, 1)
    asked = [title for title in TITLES if title != ".."]  # requests takes `..` out of a path
    views = client.article_views("en.wikipedia", asked, start="20261001", end="20261001")
    assert views[day] == {title: VIEWS[title] for title in asked}
    views = client.project_views(["en.wikipedia"], start="2026100100", end="2026100100",
                                 granularity="hourly")  # fmt: skip
    assert views[day] == {"en.wikipedia": 123}
    [top] = client.top_articles("en.wikipedia", year=2026, month=10, day=1, limit=1)
    assert (top["article"], top["views"]) == ("Main_Page", 5)


def test_pageviewapi_reads_views_devices_tops_and_hears_of_what_is_missing(address, monkeypatch):
    changed = (pageviewapi.client.API_BASE_URL.replace("https://wikimedia.org", address),)
    monkeypatch.setattr(pageviewapi.client._api, "__defaults__", changed)
    article = pageviewapi.per_article("en.wikipedia", "AC/DC", "20261001", "20261002")
    assert [item.views for item in article["items"]] == [VIEWS["AC/DC"]]
    project = pageviewapi.aggregate("en.wikipedia", "2026100100", "2026100200")
    assert [item["views"] for item in project["items"]] == [123]
    devices = pageviewapi.unique_devices("en.wikipedia", "20261001", "20261002", "all-sites")
    assert [item["devices"] for item in devices["items"]] == [40]
    top = pageviewapi.top("en.wikipedia", 2026, 10, "01")
    assert top["items"][0]["articles"][0]["article"] == "Main_Page"
    with pytest.raises(pageviewapi.ZeroOrDataNotLoadedException):
        pageviewapi.per_article("en.wikipedia", "No such page", "20261001", "20261002")


@pytest.mark.parametrize(
    "path",
    [
        EDITS,
        "bytes-difference/net/aggregate/all-projects/all-editor-types/all-page-types/monthly/20261001/20261101",
        "pageviews/per-article/en.wikipedia/all-access/all-agents/AC%2FDC/daily/20261001/20261001",
        "pageviews/top/en.wikipedia/all-access/2026/10/01",
        "unique-devices/en.wikipedia.org/all-sites/daily/20261001/20261002",
    ],
)
def test_an_answer_is_that_of_the_command_with_the_apis_headers(lake, address, path):
    with duckdb.connect(str(lake / "wikilake.duckdb"), read_only=True) as connection:
        status, body = aqs.answer(f"/metrics/{path}", connection)
    assert status == 200
    got, headers, text = get(f"{address}{METRICS}/{path}", Origin="https://stats.wikimedia.org")
    assert (got, json.loads(text)) == (200, body)
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cache-control"] == "s-maxage=14400, max-age=14400"
    assert headers["x-content-type-options"] == "nosniff" and "server" not in headers
    again = get(f"{address}{METRICS}/{path}", If_None_Match=headers["etag"])
    assert (again[0], again[2]) == (304, b"")


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        (f"{METRICS}/{EDITS.replace('daily', 'hourly')}", 400, "invalid_request"),
        (f"{METRICS}/{ARTICLE.replace('Main', 'No')}", 404, "not_found"),
        (f"{METRICS}/webrequest/aggregate/x", 404, "not_found"),
        (f"{METRICS}/", 404, "not_found"),
        ("/etc/passwd", 404, "not_found"),
        (f"{METRICS}/{'x' * 9000}", 414, "uri_too_long"),
    ],
)
def test_what_has_no_answer_is_a_problem_as_the_api_writes_it(address, path, status, kind):
    got, headers, text = get(f"{address}{path}")
    problem = json.loads(text)
    assert (got, headers["content-type"]) == (status, "application/problem+json")
    assert problem["type"] == f"https://mediawiki.org/wiki/HyperSwitch/errors/{kind}"
    assert problem["method"] == "get" and problem["detail"] and problem["uri"].startswith("/")
    assert problem.get("title") == ("Not found." if status == 404 else None)
    assert headers["access-control-allow-origin"] == "*" and "etag" not in headers
    assert "must-revalidate" in headers["cache-control"]


HOSTILE = [
    "%00", "%2F%2F", "..%2f..%2fetc%2fpasswd", "%ff%fe", "%", "%zz", "%2525", "%0d%0aX:1",
    "a%3Fb%23c",
    "';drop table x--", "%27%29%20or%201=1--", "%F0%9F%92%A9", "%ED%A0%80", "\xff\xfe", "/" * 50,
    "%E2%80%AE", "$first", "{}", "x" * 255, "%C3%84" * 255,
]  # fmt: skip


def test_hostile_titles_and_projects_are_looked_up_and_nothing_more(address):
    for text in HOSTILE:
        for path in (
            ARTICLE.replace("Main_Page", text),
            f"edits/per-page/en.wikipedia/{text}/all-editor-types/daily/20261001/20261003",
            f"edits/aggregate/{text}/user/content/daily/20261001/20261003",
            f"editors/top-by-edits/en.wikipedia/user/content/{text}/10/all-days",
            text,
        ):
            status, body = raw_status(address, f"{METRICS}/{path.replace(' ', '%20')}")
            assert status in (200, 400, 404, 503) and b"Traceback" not in body, path
    assert get(f"{address}{METRICS}/{EDITS}")[0] == 200


def test_what_is_no_http_ends_no_server(address):
    for request in (b"\x00\x01\x02", b"GET\r\n\r\n", b"GET /\xff HTTP/9.9\r\n\r\n", b"A" * 200_000):
        try:
            raw(address, request)
        except OSError:
            pass  # cut off
    for host in (b"[::1", b"\xff", b"a b", b""):
        for path in (f"{METRICS}/{EDITS}", "/w/api.php?action=sitematrix", "/"):
            request = b"GET %s HTTP/1.1\r\nhost: %s\r\nconnection: close\r\n\r\n"
            said = raw(address, request % (path.encode(), host))
            assert int(said.split()[1]) in (200, 400), (host, path)
    status, _ = raw_status(address, f"http://evil.example{METRICS}/{EDITS}")
    assert status in (200, 404)
    assert get(f"{address}{METRICS}/{EDITS}")[0] == 200


def test_methods_other_than_get_change_and_answer_nothing(address):
    path = f"{METRICS}/{EDITS}"
    head = raw(address, f"HEAD {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
    assert head.startswith(b"HTTP/1.1 200") and head.endswith(b"\r\n\r\n")
    assert raw_status(address, path, "OPTIONS")[0] == 200
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "FOO"):
        status, body = raw_status(address, path, method)
        assert (status, json.loads(body)["method"]) == (405, method.lower())


def sitematrix(address, **parameters):
    query = urllib.parse.urlencode({"action": "sitematrix", "format": "json"} | parameters)
    return get(f"{address}/w/api.php?{query}")


def test_the_sites_are_the_projects_of_the_lake_by_language(address):
    status, headers, text = sitematrix(address, formatversion=2, maxage=3600, smaxage=3600)
    found = json.loads(text)["sitematrix"]
    groups = {group["code"]: group for key, group in found.items() if key.isdigit()}
    assert status == 200 and headers["cache-control"] == "s-maxage=3600, max-age=3600"
    assert {code: [site["dbname"] for site in group["site"]] for code, group in groups.items()} == {
        "de": ["dewikivoyage"],
        "en": ["enwiki", "enwikivoyage"],  # Wikistats names a family by its English wiki
    }
    assert groups["en"]["site"][0] == {
        "url": "https://en.wikipedia.org",
        "dbname": "enwiki",
        "code": "wiki",
        "sitename": "Wikipedia",
    }
    assert (groups["de"]["name"], groups["de"]["localname"]) == ("Deutsch", "German")
    assert found["specials"] == [
        {"url": "https://www.wikidata.org", "dbname": "wikidatawiki", "code": "wikidata",
         "sitename": "Wikidata", "lang": "wikidata"}
    ]  # fmt: skip
    assert found["count"] == 4
    only = json.loads(sitematrix(address, smtype="special", smsiteprop="url")[2])["sitematrix"]
    assert only == {
        "count": 4,
        "specials": [{"url": "https://www.wikidata.org", "lang": "wikidata"}],
    }


def test_a_callback_gets_the_sites_as_a_call_and_only_a_name_is_one(address):
    plain = json.loads(sitematrix(address)[2])
    for callback in ("jQuery3410_17", "a.b", "$", "x[0].y"):
        status, headers, text = sitematrix(address, callback=callback)
        assert (status, headers["content-type"]) == (200, "text/javascript; charset=utf-8")
        assert text.startswith(f"/**/{callback}(".encode()) and text.endswith(b")")
        assert json.loads(text[len(f"/**/{callback}(") : -1]) == plain
    for callback in (
        "alert(1)//",
        "<script>",
        "a;b",
        "a b",
        "1a",
        "a\n",
        "é",
        "a.",
        "x" * 300,
        "a\0",
    ):
        status, headers, text = sitematrix(address, callback=callback)
        assert (status, headers["content-type"]) == (400, "application/problem+json")
        assert callback.encode() not in text


def test_mediawikis_api_has_no_pages_and_knows_no_other_action(address):
    query = "action=query&prop=revisions&titles=Config:X|%3Cscript%3E%E2%80%A8&format=json"
    status, headers, text = get(f"{address}/w/api.php?{query}&callback=f")
    assert status == 200 and text.isascii() and b'"-1"' in text and b"missing" in text
    for query in ("action=login", "action=sitematrix&format=xml", ""):
        status, headers, text = get(f"{address}/w/api.php?{query}")
        assert (status, json.loads(text)["error"]["code"]) == (200, "badvalue")
        assert headers["mediawiki-api-error"] == "badvalue"


def test_openapi_names_every_metric_and_each_of_its_examples_is_answered(address):
    specification = json.loads(get(f"{address}/api/rest_v1/openapi.json")[2])
    assert len(specification["paths"]) == len(aqs.METRICS) + len(traffic_api.ROUTES) + 1
    page = get(f"{address}/api/rest_v1/")[2].decode()
    examples = re.findall(r'href="(/api/rest_v1/metrics/[^"]+)"', page)
    assert len(examples) == len(aqs.METRICS) + len(traffic_api.ROUTES)
    for example in examples:
        status, _, text = get(f"{address}{example}")
        detail = json.loads(text).get("detail", "")
        assert status in (200, 404, 503) and "no metric" not in detail, example
    for path, operation in specification["paths"].items():
        named = set(re.findall(r"{([^}]+)}", path))
        given = {p["name"] for p in operation["get"]["parameters"] if p["in"] == "path"}
        assert named == given, path


def is_public(file, model):
    """Whether each column is public: by its own class, the model's, or that of its folder."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    of_folder = project["models"]["wikilake"]["marts"][file.parent.name].get("+meta", {})

    def of(described):
        return described.get("config", {}).get("meta", {}).get("privacy")

    classes = {of(c) or of(model) or of_folder.get("privacy") for c in model["columns"]}
    return classes == {"public"}


def test_every_table_is_public_or_named_as_one_that_is_not():
    tables = {metric.table for metric in aqs.METRICS.values()}
    tables |= {route.table for route in traffic_api.ROUTES.values() if route.table}
    for table in tables:
        files = [
            file
            for name in (table, f"{table}_daily", f"{table}_hourly")
            for file in (PROJECT / "models/marts").glob(f"*/{name}.yml")
        ]
        found = {is_public(file, yaml.safe_load(file.read_text())["models"][0]) for file in files}
        assert found == {table not in app.PROTECTED}, table


def test_with_public_tables_alone_views_of_pages_are_refused_however_they_are_spelled(lake):
    with served(lake, "--tables", "public") as address:
        views = ARTICLE.removeprefix("pageviews/")
        for start in ("pageviews/", "%70ageviews/", "/pageviews/", "metrics/pageviews/"):
            status, body = raw_status(address, f"{METRICS}/{start}{views}")
            assert status in (403, 404) and b'"items"' not in body, start
        assert get(f"{address}{METRICS}/{EDITS}")[0] == 200
        assert get(f"{address}{METRICS}/{DEVICES}")[0] == 200


def test_a_lake_may_come_later_be_replaced_between_requests_and_go(tmp_path):
    lake = tmp_path / "lake"
    with served(lake, "--max-age", "0") as address:
        status, headers, text = get(f"{address}{METRICS}/{EDITS}")
        assert (status, headers["retry-after"]) == (503, "5") and str(tmp_path).encode() not in text
        for edits in range(1, 6):
            write_catalog(lake, edits)
            status, headers, text = get(f"{address}{METRICS}/{EDITS}")
            assert json.loads(text)["items"][0]["results"][0]["edits"] == edits
            assert "must-revalidate" in headers["cache-control"]
        (lake / "wikilake.duckdb").unlink()
        assert get(f"{address}{METRICS}/{EDITS}")[0] == 503
        (lake / "wikilake.duckdb").write_bytes(b"no database")
        assert get(f"{address}{METRICS}/{EDITS}")[0] == 503
        write_catalog(lake, 9)
        assert get(f"{address}{METRICS}/{EDITS}")[0] == 200


def test_many_ask_at_once_while_the_catalog_is_replaced_and_each_gets_a_whole_answer(tmp_path):
    lake = tmp_path / "lake"
    write_catalog(lake)
    seen, done = set(), threading.Event()

    def ask(number):
        asked = 0
        while not done.is_set() or asked < 3:
            path = EDITS.replace("20261003", f"202610{number + 2:02}")
            status, _, text = get(f"{address}{METRICS}/{path}")
            assert status == 200, text
            seen.add(json.loads(text)["items"][0]["results"][0]["edits"])
            asked += 1
        return asked

    with served(lake) as address, ThreadPoolExecutor(16) as pool:
        askers = [pool.submit(ask, number) for number in range(16)]
        for edits in range(8):
            write_catalog(lake, 100 + edits)
            time.sleep(0.1)
        done.set()
        assert sum(asker.result() for asker in askers) >= 48
    assert 107 in seen and seen <= {7, *range(100, 108)}


def test_a_port_in_use_and_no_address_are_plain_errors(lake, address):
    for arguments, says in (
        (("--port", address.rpartition(":")[2]), "--port"),
        (("--host", "no.such.host.invalid"), "no address of this machine"),
    ):
        run = subprocess.run(
            [sys.executable, "-m", "wikilake.cli", "serve", *arguments],
            cwd=PROJECT, env={**os.environ, "WIKILAKE_LAKE": str(lake)},
            capture_output=True, text=True,
        )  # fmt: skip
        assert (run.returncode, run.stdout) == (1, "")
        assert says in run.stderr and "Traceback" not in run.stderr


def test_ctrl_c_ends_it_although_a_client_stays(lake):
    process, address = start(lake)
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"GET {METRICS}/{EDITS} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        assert connection.recv(15) == b"HTTP/1.1 200 OK"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (130, "\nInterrupted.\n")


def test_a_question_that_takes_too_long_is_given_up(lake, monkeypatch):
    monkeypatch.setenv("WIKILAKE_LAKE", str(lake))
    monkeypatch.setattr(app, "LONGEST_QUESTION", 0.3)
    import anyio

    from wikilake.server.published import PublishedLake

    server = app.Server(PublishedLake(), 0, False, None)

    def slow(cursor):
        cursor.execute("select count(*) from range(100000000000) a, range(1000) b").fetchall()
        return app.Answer(200, b"")

    async def ask():
        with pytest.raises(app.Problem) as problem:
            await server._from_lake("slow", slow)
        assert problem.value.status == 504

    began = time.monotonic()
    anyio.run(ask)
    assert time.monotonic() - began < 20


def test_the_longest_interval_there_is_costs_no_more_than_the_rows(address):
    path = EDITS.replace("20261001/20261003", "00010101/99991231")
    began = time.monotonic()
    status, _, text = get(f"{address}{METRICS}/{path}")
    assert status == 200 and len(json.loads(text)["items"][0]["results"]) == 31
    assert time.monotonic() - began < 2
