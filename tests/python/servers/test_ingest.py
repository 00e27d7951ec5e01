"""Real servers with the shipped configuration log what was sent to them, byte for byte."""

from __future__ import annotations

import gzip
import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PROJECT, Lake

INGEST = PROJECT / "ingest"
X_ANALYTICS = "ns=0;page_id=7;https=1"
PAGE = b"<p>cat"

# Name, request as sent, and what the log must say of it. `anywhere` holds for every server.
HEADERS = b"Host: en.example.org\r\nConnection: close\r\n"
REQUESTS: list[tuple[str, bytes, dict]] = [
    ("plain", b"GET /wiki/Cat HTTP/1.1\r\n" + HEADERS + b"User-Agent: Agent/1\r\n\r\n",
     {"uri_path": "/wiki/Cat", "uri_query": "", "user_agent": "Agent/1", "http_status": "200",
      "content_type": "text/html", "x_analytics": X_ANALYTICS,
      "referer": "-", "accept_language": "-", "accept": "-", "range": "-",
      "x_forwarded_for": "-", "ch_ua": "-", "http_method": "GET"}),
    ("quotes", b"GET /wiki/Cat HTTP/1.1\r\n" + HEADERS +
     b'User-Agent: say "hi" \\ back\\\\ {"a": 1}\r\nReferer: https://a.example/?q="x"&b=\\n\r\n\r\n',
     {"user_agent": 'say "hi" \\ back\\\\ {"a": 1}', "referer": 'https://a.example/?q="x"&b=\\n'}),
    ("tab in a header", b"GET /wiki/Cat HTTP/1.1\r\n" + HEADERS + b"User-Agent: a\tb\r\n\r\n",
     {"user_agent": "a\tb"}),
    ("UTF-8 in a header",
     b"GET /wiki/Cat HTTP/1.1\r\n" + HEADERS + "User-Agent: Мозилла ❤ 😀\r\n\r\n".encode(),
     {"user_agent": "Мозилла ❤ 😀"}),
    ("bad UTF-8 in a header",
     b"GET /wiki/Cat HTTP/1.1\r\n" + HEADERS + b"User-Agent: caf\xe9 \xf0\x9f\r\n\r\n",
     {"user_agent": "caf\\xe9 \\xf0\\x9f"}),
    ("odd path and query",
     b"GET /wiki/%D0%9F%22%FF//a;b?title=A%26B&x=?+'\\ HTTP/1.1\r\n" + HEADERS + b"\r\n",
     {"uri_path": "/wiki/%D0%9F%22%FF//a;b", "uri_query": "?title=A%26B&x=?+'\\",
      "user_agent": "-"}),
    ("empty query", b"GET /wiki/Cat? HTTP/1.1\r\n" + HEADERS + b"\r\n", {"uri_path": "/wiki/Cat"}),
    ("many headers", b"GET /wiki/Cat HTTP/1.1\r\n" + HEADERS +
     b"User-Agent: Agent/2\r\nAccept-Language: de, en;q=0.5\r\nAccept: text/html\r\n"
     b"X-Forwarded-For: 198.51.100.7, 10.0.0.1\r\nRange: bytes=0-1\r\n"
     b'Sec-CH-UA: "Chromium";v="118", "Not=A?Brand";v="99"\r\nSec-CH-UA-Mobile: ?1\r\n'
     b'Sec-CH-UA-Platform: "Linux"\r\n\r\n',
     {"x_forwarded_for": "198.51.100.7, 10.0.0.1", "accept_language": "de, en;q=0.5",
      "accept": "text/html", "range": "bytes=0-1",
      "ch_ua": '"Chromium";v="118", "Not=A?Brand";v="99"', "ch_ua_mobile": "?1",
      "ch_ua_platform": '"Linux"'}),
    ("long agent", b"GET /wiki/Cat HTTP/1.1\r\n" + HEADERS +
     b"User-Agent: " + b"x\"" * 1500 + b"\r\n\r\n", {"user_agent": 'x"' * 1500}),
    ("head", b"HEAD /wiki/Cat HTTP/1.1\r\n" + HEADERS + b"\r\n", {"http_method": "HEAD"}),
    ("not found", b"GET /nothing HTTP/1.1\r\n" + HEADERS + b"\r\n",
     {"http_status": "404", "uri_path": "/nothing"}),
]  # fmt: skip
GARBAGE = [b"\x16\x03\x01\x02\x00\r\n\r\n", b"NO REQUEST AT ALL\x01\r\n\r\n"]
KEPT_ALIVE = 40


class Wiki(http.server.BaseHTTPRequestHandler):
    """The wiki behind the server that is tested."""

    def do_GET(self) -> None:
        found = self.path.startswith("/wiki/")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("X-Analytics", X_ANALYTICS)
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(PAGE)

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def wiki_port() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Wiki)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


@pytest.fixture(scope="module")
def lake(tmp_path_factory) -> Lake:
    """One lake that takes the logs of all servers."""
    folder = tmp_path_factory.mktemp("ingest")
    return Lake(folder, {"WIKILAKE_RAW": str(folder / "raw")})


def program(name: str) -> str:
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, what: str, process: subprocess.Popen | None = None) -> None:
    """Waits at most 20 seconds for something that a server does on its own."""
    end = time.monotonic() + 20
    while not condition():
        assert process is None or process.poll() is None, f"the server ended before {what}"
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.02)


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def children(process: subprocess.Popen) -> set[str]:
    return set(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())


def send(port: int, *requests: bytes) -> None:
    """Sends requests over one connection, and reads until the server closes it."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for request in requests:
            connection.sendall(request)
        try:
            while connection.recv(65536):
                pass
        except (ConnectionResetError, TimeoutError):
            pass


def send_everything(port: int) -> None:
    for number, (_, request, _) in enumerate(REQUESTS):
        send(port, request.replace(b"en.example", b"r%d.example" % number))
    for request in GARBAGE:
        send(port, request)
    once = b"GET /wiki/Kept HTTP/1.1\r\nHost: en.example.org\r\n\r\n"
    send(port, *[once] * (KEPT_ALIVE - 1), REQUESTS[0][1].replace(b"Cat", b"Kept"))


EXPECTED_LINES = len(REQUESTS) + len(GARBAGE) + KEPT_ALIVE


def logged(log: Path) -> int:
    return log.read_bytes().count(b"\n") if log.exists() else 0


def imported(lake: Lake, log: Path) -> list[dict]:
    """The raw requests of one log, in the order of processes and sequences."""
    before = set(lake.raw.rglob("*.jsonl.gz")) if lake.raw.exists() else set()
    done = lake.wikilake("import", str(log))
    assert done.returncode == 0, done.stderr
    assert "could not be read" not in done.stderr, (lake.raw / "import_rejected").exists()
    files = set(lake.raw.rglob("*.jsonl.gz")) - before
    rows = [json.loads(line) for file in files for line in gzip.open(file)]
    return sorted(rows, key=lambda row: (int(row["server_pid"]), row["sequence"]))


def assert_rows_say_what_was_sent(rows: list[dict]) -> None:
    """Each request of REQUESTS is there with its fields, and no number is missing."""
    assert len(rows) == EXPECTED_LINES
    singles = [row for row in rows if row["uri_path"] != "/wiki/Kept"]
    kept = [row for row in rows if row["uri_path"] == "/wiki/Kept"]
    assert len(kept) == KEPT_ALIVE
    bad = [row for row in singles if row["http_method"] == "<BADREQ>"]
    assert [row["http_status"] for row in bad] == ["400"] * len(GARBAGE)
    # Servers may log in another order than they were asked: the host tells which request it was.
    by_host = {row["uri_host"]: row for row in singles if row["http_method"] != "<BADREQ>"}
    assert len(by_host) == len(REQUESTS)
    for number, (name, _, fields) in enumerate(REQUESTS):
        row = by_host[f"r{number}.example.org"]
        assert {field: row[field] for field in fields} == fields, name
        assert row["ip"] == "127.0.0.1"
    for process in {row["server_pid"] for row in rows}:
        numbers = [row["sequence"] for row in rows if row["server_pid"] == process]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


@pytest.fixture(scope="module")
def nginx_rows(lake, wiki_port, tmp_path_factory) -> list[dict]:
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    nginx = program("nginx")
    module = Path("/usr/lib/nginx/modules/ngx_http_perl_module.so")
    if not module.exists():
        pytest.skip("nginx has no perl module (libnginx-mod-http-perl)")
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"""
        load_module {module};
        worker_processes 1;
        pid {folder}/pid;
        error_log {folder}/error.log;
        events {{}}
        http {{
            client_body_temp_path {folder}/body;
            proxy_temp_path {folder}/proxy;
            fastcgi_temp_path {folder}/fastcgi;
            uwsgi_temp_path {folder}/uwsgi;
            scgi_temp_path {folder}/scgi;
            include {INGEST}/nginx/wikilake.conf;
            server {{
                listen 127.0.0.1:{port};
                access_log {folder}/wikilake.json wikilake;
                location / {{ proxy_pass http://127.0.0.1:{wiki_port}; }}
            }}
        }}
        """
    )
    folder.chmod(0o755)
    server = subprocess.Popen([nginx, "-c", configuration, "-g", "daemon off;"])
    try:
        wait_until(lambda: listens(port), "nginx listens", server)
        send_everything(port)
        wait_until(lambda: logged(folder / "wikilake.json") >= EXPECTED_LINES, "all is logged")
        # A reload starts a new process, which counts from the beginning.
        workers = children(server)
        server.send_signal(signal.SIGHUP)
        wait_until(lambda: children(server) and not children(server) & workers, "it is reloaded")
        send(port, REQUESTS[0][1])
        send(port, REQUESTS[0][1])
    finally:
        server.terminate()
        server.wait()
    return imported(lake, folder / "wikilake.json")


def test_nginx_logs_what_was_sent_to_it(nginx_rows):
    first = nginx_rows[0]["server_pid"]
    rows = [row for row in nginx_rows if row["server_pid"] == first]
    reloaded = [row for row in nginx_rows if row["server_pid"] != first]
    assert_rows_say_what_was_sent(rows)
    assert [row["sequence"] for row in reloaded] == [0, 1]
    assert rows[0]["time_firstbyte"] >= 0


@pytest.fixture(scope="module")
def haproxy_rows(lake, wiki_port, tmp_path_factory) -> list[dict]:
    folder, port = tmp_path_factory.mktemp("haproxy"), free_port()
    haproxy = program("haproxy")
    (folder / "haproxy.cfg").write_text(
        f"""
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
    server wiki 127.0.0.1:{wiki_port}
"""
    )
    shipped = (INGEST / "haproxy/wikilake.cfg").read_text()
    (folder / "wikilake.cfg").write_text(shipped.replace("/etc/haproxy", f"{INGEST}/haproxy"))
    files = ["-f", folder / "wikilake.cfg", "-f", folder / "haproxy.cfg"]
    with (folder / "wikilake.json").open("ab") as output:
        server = subprocess.Popen([haproxy, "-db", *files], stdout=output)
    try:
        wait_until(lambda: listens(port), "HAProxy listens", server)
        send_everything(port)
        wait_until(lambda: logged(folder / "wikilake.json") >= EXPECTED_LINES, "all is logged")
    finally:
        server.terminate()
        server.wait()
    return imported(lake, folder / "wikilake.json")


def test_haproxy_logs_what_was_sent_to_it(haproxy_rows):
    assert_rows_say_what_was_sent(haproxy_rows)


@pytest.fixture(scope="module")
def varnish_rows(lake, wiki_port, tmp_path_factory) -> list[dict]:
    folder, port = tmp_path_factory.mktemp("varnish"), free_port()
    varnishd, _ = program("varnishd"), program("varnishncsa")
    (folder / "wiki.vcl").write_text(
        f'vcl 4.1; backend wiki {{ .host = "127.0.0.1"; .port = "{wiki_port}"; }}'
    )
    log = folder / "wikilake.json"
    server = subprocess.Popen(
        [varnishd, "-F", "-n", folder / "work", "-f", folder / "wiki.vcl",
         "-a", f"127.0.0.1:{port}", "-s", "malloc,16m", "-j", "none",
         "-p", "vsl_reclen=4000"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    writer = None
    try:
        wait_until(lambda: listens(port), "Varnish listens", server)
        writer = subprocess.Popen([INGEST / "varnish/wikilake-varnish", log, "-n", folder / "work"])
        wait_until(lambda: log.exists(), "the log is open", writer)
        time.sleep(1)
        send_everything(port)
        wait_until(lambda: logged(log) >= EXPECTED_LINES, "all is logged", writer)
        log.rename(folder / "wikilake.json.1")
        writer.send_signal(signal.SIGHUP)
        wait_until(lambda: log.exists(), "the log is opened again", writer)
        send(port, REQUESTS[0][1])
        wait_until(lambda: logged(log), "it is used", writer)
    finally:
        if writer:
            writer.terminate()
            writer.wait()
        server.terminate()
        server.wait()
    return imported(lake, folder / "wikilake.json.1") + imported(lake, log)


def test_varnish_logs_what_was_sent_to_it(varnish_rows):
    assert varnish_rows[-1]["sequence"] == len(varnish_rows) - 1, "the log was rotated"
    assert_rows_say_what_was_sent(varnish_rows[:-1])
    assert varnish_rows[0]["time_firstbyte"] > 0
    assert {"hit", "miss"} <= {row["cache_status"] for row in varnish_rows}


def test_no_line_of_any_server_is_lost(lake, request):
    servers = ("nginx_rows", "haproxy_rows", "varnish_rows")
    rows = []
    for name in servers:
        try:
            rows += request.getfixturevalue(name)
        except pytest.skip.Exception:
            continue
    if not rows:
        pytest.skip("none of the servers is installed")
    for hour in sorted({row["dt"][:13] for row in rows}):
        lake.run_hour(hour)
    [(expected, actual, lost)] = lake.query(
        "select sum(count_expected), sum(count_actual), max(percent_lost) "
        "from wmf_raw.webrequest_sequence_stats_hourly"
    )
    assert (expected, actual, lost) == (len(rows), len(rows), 0)
    assert lake.query("select count(*) from wmf.webrequest") == [(len(rows),)]
    assert lake.query("select count(*) from wmf_raw.webrequest_rejected") == [(0,)]
