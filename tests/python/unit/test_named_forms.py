"""Logs of other programs than most web servers: each sample is written by its documentation."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from wikilake.ingest.known_logs import ImportFailed, opened_state
from wikilake.ingest.log_import import import_log
from wikilake.ingest.named_forms import FORMS, NAMED
from wikilake.ingest.web_logs import LogFormat, OptionError, checked_format

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148"
PAGE = "/wiki/Z%C3%BCrich"
SITE = LogFormat(site="en.example.org")


def caddy(**other: object) -> str:
    request = {
        "remote_ip": "198.51.100.7", "remote_port": "41342", "client_ip": "198.51.100.7",
        "proto": "HTTP/2.0", "method": "GET", "host": "en.example.org", "uri": f"{PAGE}?a=%22b",
        "headers": {"User-Agent": [PHONE], "Referer": ["https://a.example/"],
                    "Accept-Language": ["de,en"]},
        "tls": {"resumed": False, "version": 772},
    }  # fmt: skip
    return json.dumps({
        "level": "info", "ts": 1793491800.25, "logger": "http.log.access.log0",
        "msg": "handled request", "request": request, "bytes_read": 0, "user_id": "",
        "duration": 0.000929675, "size": 10900, "status": 200,
        "resp_headers": {"Server": ["Caddy"], "Content-Type": ["text/html; charset=utf-8"]},
    } | other)  # fmt: skip


def traefik() -> str:
    return json.dumps({
        "ClientAddr": "198.51.100.7:41342", "ClientHost": "198.51.100.7", "ClientPort": "41342",
        "ClientUsername": "-", "DownstreamContentSize": 10900, "DownstreamStatus": 200,
        "Duration": 929675, "OriginStatus": 200, "RequestAddr": "en.example.org",
        "RequestHost": "en.example.org", "RequestMethod": "GET", "RequestPath": f"{PAGE}?a=%22b",
        "RequestPort": "-", "RequestProtocol": "HTTP/1.1", "RequestScheme": "https",
        "RouterName": "wiki@docker", "StartLocal": "2026-11-01T01:10:00.25+01:00",
        "StartUTC": "2026-11-01T00:10:00.250000123Z", "entryPointName": "websecure",
        "downstream_Content-Type": "text/html; charset=utf-8", "level": "info", "msg": "",
        "request_User-Agent": PHONE, "request_Referer": "https://a.example/",
        "request_Accept-Language": "de,en", "time": "2026-11-01T01:10:00+01:00",
    })  # fmt: skip


def nginx() -> str:
    return json.dumps({
        "time_local": "01/Nov/2026:01:10:00 +0100", "remote_addr": "198.51.100.7",
        "request": f"GET {PAGE}?a=%22b HTTP/1.1", "status": "200", "body_bytes_sent": "10900",
        "http_referer": "https://a.example/", "http_user_agent": PHONE, "host": "en.example.org",
        "http_accept_language": "de,en", "sent_http_content_type": "text/html; charset=utf-8",
        "request_time": "0.001",
    })  # fmt: skip


def own_names() -> str:
    return json.dumps({
        "when": {"epoch": "1793491800.250"}, "http.client": "198.51.100.7", "verb": "GET",
        "path": PAGE, "q": "?a=%22b", "code": 200, "out": 10900, "ref": "https://a.example/",
        "ua": PHONE, "vhost": "en.example.org:443", "type": ["text/html; charset=utf-8"],
        "lang": "de,en",
    })  # fmt: skip


OWN_NAMES = (
    ("dt", "when.epoch"), ("ip", "http.client"), ("http_method", "verb"), ("uri_path", "path"),
    ("uri_query", "q"), ("http_status", "code"), ("response_size", "out"), ("referer", "ref"),
    ("user_agent", "ua"), ("uri_host", "vhost"), ("content_type", "type"),
    ("accept_language", "lang"),
)  # fmt: skip

HAPROXY = (
    "Nov  1 00:10:00 lb haproxy[14389]: 198.51.100.7:41342 [01/Nov/2026:01:10:00.250] https~ "
    "wiki/srv1 10/0/30/69/109 200 10900 - - --NI 1/1/1/1/0 0/0 "
    "{en.example.org|" + PHONE + "|https://a.example/|de,en} {text/html} "
    f'"GET {PAGE}?a=%22b HTTP/1.1"'
)
CAPTURED = ("uri_host", "user_agent", "referer", "accept_language")
ALB = (
    "https 2026-11-01T00:10:00.250641Z app/wiki/50dc6c495c0c9188 198.51.100.7:41342 10.0.0.1:80 "
    f'0.086 0.048 0.037 200 200 0 10900 "GET https://en.example.org:443{PAGE}?a=%22b HTTP/1.1" '
    f'"{PHONE}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:target/1 "Root=1-58" '
    '"en.example.org" "-" 1 2026-11-01T00:10:00.100000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" '
    '"-" TID_1'
)
CLASSIC = (
    "2026-11-01T00:10:00.250641Z wiki 198.51.100.7:41342 10.0.0.1:80 0.000073 0.001048 0.000057 "
    f'200 200 0 10900 "GET http://en.example.org:80{PAGE}?a=%22b HTTP/1.1" "{PHONE}" - -'
)
S3 = (
    f"{'79a5' * 16} wiki-static [01/Nov/2026:00:10:00 +0000] 198.51.100.7 - 3E57427F3EXAMPLE "
    f'WEBSITE.GET.OBJECT wiki/index "GET {PAGE}?a=%22b HTTP/1.1" 200 - 10900 10900 70 10 '
    f'"https://a.example/" "{PHONE}" - s9lzHYrFp76 SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader '
    "en.example.org TLSV1.2 - -"
)
COLUMNS = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) "
    "cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header "
    "cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher "
    "x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port "
    "time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start "
    "sc-range-end"
).split()
SAID = {
    "date": "2026-11-01", "time": "00:10:00", "x-edge-location": "FRA2", "sc-bytes": "10900",
    "c-ip": "198.51.100.7", "cs-method": "GET", "cs(Host)": "d111.cloudfront.net",
    "cs-uri-stem": PAGE, "sc-status": "200", "cs(Referer)": "https://a.example/",
    "cs(User-Agent)": PHONE.replace(" ", "%20"), "cs-uri-query": "a=%2522b",
    "x-host-header": "en.example.org", "sc-content-type": "text/html",
}  # fmt: skip
CLOUDFRONT = f"#Version: 1.0\n#Fields: {' '.join(COLUMNS)}\n" + "\t".join(
    SAID.get(column, "-") for column in COLUMNS
)
IIS = (
    "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n"
    "#Date: 2026-11-01 00:00:00\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port "
    "cs-username c-ip cs(User-Agent) cs(Referer) cs-host sc-status sc-substatus sc-win32-status "
    "sc-bytes time-taken\n"
    f"2026-11-01 00:10:00 10.0.0.1 GET {PAGE} a=%22b 443 - 198.51.100.7 {PHONE.replace(' ', '+')} "
    "https://a.example/ en.example.org 200 0 0 10900 15"
)
SAMPLES = {
    "caddy": (caddy(), SITE, {"content_type", "accept_language", "time_firstbyte"}),
    "traefik": (traefik(), SITE, {"content_type", "accept_language"}),
    "nginx": (nginx(), SITE, {"content_type", "accept_language", "time_firstbyte"}),
    "own names": (own_names(), LogFormat(fields=OWN_NAMES), {"content_type", "accept_language"}),
    "haproxy": (
        HAPROXY,
        LogFormat(extra=CAPTURED, time_zone="Europe/Berlin"),
        {"accept_language"},
    ),
    "haproxy without prefix": (
        HAPROXY.partition("]: ")[2],
        LogFormat(extra=CAPTURED, time_zone="Europe/Berlin"),
        {"accept_language"},
    ),
    "application load balancer": (ALB, LogFormat(), set()),
    "classic load balancer": (CLASSIC, LogFormat(), set()),
    "s3": (S3, LogFormat(), set()),
    "cloudfront": (CLOUDFRONT, LogFormat(), {"content_type"}),
    "iis": (IIS, LogFormat(), set()),
}


def imported(folder: Path, content: str | bytes, log_format: LogFormat = SITE, name="access.log"):
    """Counts of an import, the raw requests and the rejected lines."""
    log, root = folder / name, folder / "raw"
    log.write_bytes(content if isinstance(content, bytes) else content.encode())
    with opened_state(root) as state:
        counts = import_log(state, root, log, "text", checked_format(log_format, "text"))
    requests = [
        json.loads(line)
        for file in sorted(root.glob("webrequest_source=*/*/*/*/*/*.gz"))
        for line in gzip.decompress(file.read_bytes()).splitlines()
    ]
    rejected = [
        json.loads(line)
        for file in sorted(root.glob("import_rejected/*"))
        for line in file.read_bytes().splitlines()
    ]
    return counts, requests, rejected


@pytest.mark.parametrize("name", SAMPLES)
def test_a_line_of_each_form_says_what_was_requested(tmp_path, name):
    text, log_format, further = SAMPLES[name]
    counts, [request], rejected = imported(tmp_path, text + "\n", log_format)
    assert not rejected and counts.rows == 1
    expected = {
        "dt": "2026-11-01T00:10:00Z", "ip": "198.51.100.7", "http_method": "GET",
        "uri_host": "en.example.org", "uri_path": PAGE, "uri_query": "?a=%22b",
        "http_status": "200", "response_size": 10900, "user_agent": PHONE,
    }  # fmt: skip
    assert {field: request[field] for field in expected} == expected
    assert request["referer"] == ("-" if "balancer" in name else "https://a.example/")
    if "content_type" in further:
        assert request["content_type"].startswith("text/html")
    if "accept_language" in further:
        assert request["accept_language"] == "de,en"
    if "time_firstbyte" in further:
        assert 0 < request["time_firstbyte"] < 0.01


def test_lines_of_another_kind_between_them_are_rejected_as_they_were_written(tmp_path):
    other = caddy(msg="certificate obtained", status=None)
    hostile = ['{"status": 200', "[1]", "é\\x00", caddy(ts="1e400"), caddy(ts=4102444800)]
    text = "\n".join([caddy(), other, "", *hostile, caddy()]) + "\n"
    counts, requests, rejected = imported(tmp_path, text)
    assert len(requests) == 2 and counts.blank == 1
    assert [line["text"] for line in rejected] == [other, *hostile]
    assert [line["reason"] for line in rejected[:4]] == ["form"] * 4
    assert [line["line"] for line in rejected] == [2, 4, 5, 6, 7, 8]


def test_whatever_a_client_sends_stays_in_its_field(tmp_path):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    pieces = [
        '"',
        "\\",
        " ",
        "\t",
        "\n",
        "\x00",
        "é",
        "猫",
        "]",
        "[",
        "{",
        "|",
        "%22",
        "\\x22",
        "'",
    ]
    draw = random.Random(seed)
    lines, agents = [], []
    for _ in range(300):
        agent = "a" + "".join(draw.choices(pieces, k=draw.randrange(8))) + "z"
        agents.append(agent)
        request = json.loads(caddy())["request"]
        request["headers"]["User-Agent"] = [agent]
        request["uri"] = "/wiki/" + "".join(draw.choices(pieces, k=3)) + "x"
        lines.append(caddy(request=request))
    _, requests, rejected = imported(tmp_path, "\n".join(lines) + "\n")
    assert rejected == []
    assert [request["user_agent"].replace("\\x00", "\0") for request in requests] == agents
    assert {request["ip"] for request in requests} == {"198.51.100.7"}
    assert {request["http_status"] for request in requests} == {"200"}


def test_a_log_that_grew_is_read_by_the_columns_of_its_first_lines(tmp_path):
    later = CLOUDFRONT.split("\n")[-1].replace("00:10:00", "00:20:00")
    for name in ("E123.log", "E123.gz"):
        folder = tmp_path / name
        folder.mkdir()
        packed = gzip.compress if name.endswith("gz") else bytes
        imported(folder, packed(f"{CLOUDFRONT}\n".encode()), LogFormat(), name)
        grown = packed(f"{CLOUDFRONT}\n{later}\n".encode())
        counts, requests, _ = imported(folder, grown, LogFormat(), name)
        assert counts.rows == 1
        assert [request["dt"][11:16] for request in requests] == ["00:10", "00:20"]


def test_columns_that_change_in_a_file_are_refused(tmp_path):
    changed = CLOUDFRONT + "\n#Fields: date time c-ip\n2026-11-01\t00:11:00\t192.0.2.1\n"
    with pytest.raises(ImportFailed, match="says other columns further down: #Fields: date time"):
        imported(tmp_path, changed, LogFormat())


def test_times_without_a_zone_are_utc_and_the_import_says_so(tmp_path):
    counts, [request], _ = imported(tmp_path, HAPROXY + "\n", LogFormat(extra=CAPTURED))
    assert request["dt"] == "2026-11-01T01:10:00Z"
    assert "--time-zone" in counts.notes[0]


def test_a_request_that_was_none_is_kept_as_one(tmp_path):
    bad = ALB.replace(f"GET https://en.example.org:443{PAGE}?a=%22b HTTP/1.1", "- http://x:80- ")
    _, requests, _ = imported(tmp_path, f"{ALB}\n{bad.replace(' 200 ', ' 400 ', 1)}\n", SITE)
    assert [request["http_method"] for request in requests] == ["GET", "<BADREQ>"]


def test_what_is_not_understood_is_refused_with_the_list_of_what_is(tmp_path):
    for text in ("ltsv\thost:1\n", '{"who": 1, "what": 2}\n', "date time\n2026-11-01 00:00\n"):
        with pytest.raises(ImportFailed) as refused:
            imported(tmp_path, text * 20)
        for form in FORMS.values():
            assert form in str(refused.value)


@pytest.mark.parametrize(
    ("log_format", "said"),
    [
        (LogFormat(format="cady"), "Did you mean caddy?"),
        (LogFormat(fields=(("user_agnt", "ua"),)), "Did you mean user_agent?"),
        (LogFormat(fields=(("dt", ""),)), f"Known are {', '.join(NAMED)}"),
        (LogFormat(format="s3", fields=(("dt", "x"),)), "--field is for JSON lines"),
        (LogFormat(time_zone="Europe/Berln"), "is no time zone"),
        (LogFormat(time_zone="../../etc/passwd"), "is no time zone"),
    ],
)
def test_a_misspelt_form_field_or_zone_is_named(log_format, said):
    with pytest.raises(OptionError, match=said.replace("?", r"\?")):
        checked_format(log_format, "text")
