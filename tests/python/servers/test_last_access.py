"""Browsers are counted by a cookie that says on which day they came last, by real servers."""

from __future__ import annotations

import http.client
import http.cookiejar
import http.server
import json
import os
import re
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError

import pytest
from conftest import Lake
from test_ingest import INGEST, free_port, listens, logged, program, wait_until

DAYS = ["2026-03-01", "2026-03-02", "2026-03-03"]
PAGE = b"<p>cat"
SERVERS = ["nginx", "haproxy", "varnish"]


class Wiki(http.server.BaseHTTPRequestHandler):
    """A wiki whose page never changes, with a cookie of its own and a style sheet."""

    def do_GET(self) -> None:
        assert not any(name.lower().startswith("wikilake") for name in self.headers)
        if self.headers["If-None-Match"] == '"1"':
            self.send_response(304)
            self.end_headers()
            return
        is_page = self.path.startswith("/wiki/")
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=UTF-8" if is_page else "text/css")
        if is_page:
            self.send_header("X-Analytics", "ns=0")
            self.send_header("Set-Cookie", "session=none; Path=/")
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        pass


class LocalConnection(http.client.HTTPConnection):
    """A connection to this machine, whatever the host is called."""

    def connect(self) -> None:
        self.host = "127.0.0.1"
        super().connect()


class LocalHandler(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(LocalConnection, request)


class Browser:
    """A browser with a name; one that `forgets` takes no cookie."""

    def __init__(self, name: str, *, forgets: bool = False) -> None:
        self.agent = f"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/{name}"
        policy = http.cookiejar.DefaultCookiePolicy(allowed_domains=[] if forgets else None)
        self.jar = http.cookiejar.CookieJar(policy)
        self.opener = urllib.request.build_opener(
            LocalHandler, urllib.request.HTTPCookieProcessor(self.jar)
        )

    def get(self, host: str, port: int, path: str = "/wiki/Cat", **headers: str) -> int:
        request = urllib.request.Request(f"http://{host}:{port}{path}")
        request.add_unredirected_header("Host", host)
        for name, value in {"User-Agent": self.agent, "Accept": "text/html", **headers}.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with self.opener.open(request) as response:
                assert response.read() == PAGE
                return response.status
        except HTTPError as answer:
            return answer.code

    def cookies(self) -> dict[str, str]:
        return {cookie.name: str(cookie.value) for cookie in self.jar}


@contextmanager
def at(day: str, command: list[object], port: int, **options: object) -> Iterator[subprocess.Popen]:
    """A server that runs on a day, at ten in the morning."""
    libraries = list(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not libraries:
        pytest.skip("libfaketime is not installed")
    faked = {
        "LD_PRELOAD": str(libraries[0]),
        "FAKETIME": f"@{day} 10:00:00",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "TZ": "UTC",
    }
    with subprocess.Popen(command, env={**os.environ, **faked}, **options) as server:
        try:
            wait_until(lambda: listens(port), "it listens", server)
            yield server
        finally:
            server.terminate()


@contextmanager
def nginx(folder: Path, day: str, port: int, wiki: int) -> Iterator[None]:
    module = Path("/usr/lib/nginx/modules/ngx_http_perl_module.so")
    if not module.exists():
        pytest.skip("nginx has no perl module (libnginx-mod-http-perl)")
    places = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"""
        load_module {module};
        pid {folder}/pid;
        error_log {folder}/error.log;
        events {{}}
        http {{
            {places}
            include {INGEST}/nginx/wikilake.conf;
            server {{
                listen 127.0.0.1:{port};
                access_log {folder}/wikilake.json wikilake;
                include {INGEST}/nginx/wikilake-last-access.conf;
                location / {{ proxy_pass http://127.0.0.1:{wiki}; }}
            }}
        }}
        """
    )
    command = [
        program("nginx"),
        "-c",
        folder / "nginx.conf",
        "-g",
        "daemon off; master_process off;",
    ]
    with at(day, command, port):
        yield


@contextmanager
def haproxy(folder: Path, day: str, port: int, wiki: int) -> Iterator[None]:
    (folder / "haproxy.cfg").write_text(
        f"""
global
    setenv WIKILAKE_LAST_ACCESS 1
defaults
    mode http
    timeout client 5s
    timeout connect 5s
    timeout server 5s
frontend site from wikilake
    bind 127.0.0.1:{port}
    log stdout len 65535 format raw local0
    default_backend wiki
backend wiki
    server wiki 127.0.0.1:{wiki}
"""
    )
    shipped = (INGEST / "haproxy/wikilake.cfg").read_text()
    (folder / "wikilake.cfg").write_text(shipped.replace("/etc/haproxy", f"{INGEST}/haproxy"))
    files = ["-f", folder / "wikilake.cfg", "-f", folder / "haproxy.cfg"]
    with (folder / "wikilake.json").open("ab") as output:
        with at(day, [program("haproxy"), "-db", *files], port, stdout=output):
            yield


@contextmanager
def varnish(folder: Path, day: str, port: int, wiki: int) -> Iterator[None]:
    """Its memory allocator and libfaketime stop each other, so here the day is told otherwise."""
    if not list(Path("/usr/lib").glob("*/varnish/vmods/libvmod_header.so")):
        pytest.skip("varnish has no vmod header (varnish-modules)")
    now = datetime.now(UTC)
    real = {f"{now:%d-%b-%Y}", f"{now + timedelta(minutes=5):%d-%b-%Y}"}
    (folder / "wiki.vcl").write_text(
        f"""
        vcl 4.1;
        backend wiki {{ .host = "127.0.0.1"; .port = "{wiki}"; }}
        include "{INGEST}/varnish/wikilake-last-access.vcl";
        sub vcl_recv {{
            if (req.http.Wikilake-Today ~ "^({"|".join(real)})$") {{
                set req.http.Wikilake-Today = "{datetime.fromisoformat(day):%d-%b-%Y}";
            }}
            unset req.http.Cookie;
        }}
        sub vcl_backend_response {{ unset beresp.http.Set-Cookie; }}
        """
    )
    log, work = folder / "wikilake.json", folder / f"work-{day}"
    command = [
        program("varnishd"), "-F", "-n", work, "-f", folder / "wiki.vcl",
        "-a", f"127.0.0.1:{port}", "-s", "malloc,16m", "-j", "none", "-p", "vsl_reclen=4000",
    ]  # fmt: skip
    writing = [INGEST / "varnish/wikilake-varnish", log, "-n", work]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        wait_until(lambda: listens(port), "it listens", server)
        with subprocess.Popen(writing) as writer:
            # What reads Varnish's memory sees what is logged after it has begun to read.
            before, probe = logged(log), Browser("0", forgets=True)

            def is_read() -> bool:
                probe.get("probe.example.org", port, "/style.css")
                return logged(log) > before

            wait_until(is_read, "requests are logged", writer)
            try:
                yield
            finally:
                writer.terminate()
                server.terminate()
    dates = re.compile(r'("dt": ")[0-9-]+T[0-9]+(:)')
    told = [dates.sub(rf"\g<1>{day}T10\2", line) for line in log.read_text().splitlines(True)]
    log.write_text("".join([*log.read_text().splitlines(True)[:before], *told[before:]]))


STARTED: dict[str, Callable] = {"nginx": nginx, "haproxy": haproxy, "varnish": varnish}


@pytest.fixture(scope="module")
def wiki_port() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Wiki)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


def visits(name: str, folder: Path, wiki: int) -> list[dict[str, str]]:
    """Three days of readers at a server; the cookies of its faithful reader after each day."""
    host, port, sent = f"{name}.example.org", free_port(), 0
    faithful, once, often = Browser("100"), Browser("101"), Browser("102", forgets=True)
    late, known = Browser("103"), []
    days: list[list[tuple[Browser, dict[str, str]]]] = [
        [(faithful, {}), (faithful, {}), (once, {}), (often, {}), (often, {}), (often, {})],
        [(faithful, {"If_None_Match": '"1"'}), (faithful, {})],
        [(faithful, {}), (faithful, {}), (faithful, {}), (late, {})],
    ]
    log = folder / "wikilake.json"
    for day, requests in zip(DAYS, days, strict=True):
        with STARTED[name](folder, day, port, wiki):
            before = logged(log)
            faithful.get(host, port, "/style.css")
            for browser, headers in requests:
                assert browser.get(host, port, **headers) == (304 if headers else 200)
            sent = len(requests) + 1
            wait_until(lambda: logged(log) >= before + sent, "all is logged")  # noqa: B023
        known.append(faithful.cookies())
    return known


@pytest.fixture(scope="module")
def lake(wiki_port, tmp_path_factory) -> Lake:
    """A lake of what three servers logged on three days."""
    folder = tmp_path_factory.mktemp("last_access")
    made = Lake(folder, {"WIKILAKE_RAW": str(folder / "raw")})
    for name in SERVERS:
        (folder / name).mkdir(mode=0o755)
        known = visits(name, folder / name, wiki_port)
        for day, cookies in zip(["01", "02", "03"], known, strict=True):
            today = f"{day}-Mar-2026"
            assert cookies.pop("session", "none") == "none"
            assert cookies == {"WMF-Last-Access": today, "WMF-Last-Access-Global": today}, name
        done = made.wikilake("import", str(folder / name / "wikilake.json"))
        assert done.returncode == 0, done.stderr
    built = made.wikilake(
        "build", "--from", f"{DAYS[0]}T00", "--to", "2026-03-04T00", "--vars",
        json.dumps({"site_profile": "mediawiki", "site_domains": ["example.org"]}),
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    return made


@pytest.mark.parametrize("server", SERVERS)
def test_a_browser_that_comes_on_three_days_is_counted_once_on_each(lake, server):
    found = lake.query(
        f"""
        select day, sum(uniques_underestimate), sum(uniques_offset), sum(uniques_estimate)
        from wmf.unique_devices_per_domain_daily
        where domain = '{server}.example.org'
        group by all
        order by day
        """
    )
    assert [(str(day), *counts) for day, *counts in found] == [
        (
            "2026-03-01",
            0,
            2,
            2,
        ),  # the faithful and the one that came once; not who takes no cookies
        ("2026-03-02", 1, 0, 1),  # by the page that it had already
        ("2026-03-03", 1, 1, 2),
    ]


def test_a_family_is_counted_by_its_own_cookie(lake):
    found = lake.query(
        """
        select day, sum(uniques_underestimate), sum(uniques_offset)
        from wmf.unique_devices_per_project_family_daily
        group by all
        order by day
        """
    )
    # Three browsers that look alike came without cookies on the first day: none of them is sure.
    assert [(str(day), *counts) for day, *counts in found] == [
        ("2026-03-02", 3, 0),
        ("2026-03-03", 3, 0),
    ]
