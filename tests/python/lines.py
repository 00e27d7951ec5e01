"""Lines of raw requests that tests write."""

import json

GOOD = json.dumps(
    {
        "hostname": "cp1", "server_pid": "7", "sequence": 1, "dt": "2026-11-01T00:00:01Z",
        "http_status": "200", "uri_host": "en.wikipedia.org", "uri_path": "/wiki/Cat",
        "uri_query": "", "content_type": "text/html", "user_agent": "Mozilla/5.0",
        "x_analytics": "-", "ip": "192.0.2.1", "referer": "-",
    }
).encode()  # fmt: skip


def numbered(number: int) -> bytes:
    return GOOD.replace(b'"sequence": 1', b'"sequence": %d' % number)
