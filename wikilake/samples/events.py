"""Made-up raw events of the shipped streams, for the shipped sample.

Requests to the Action API, ticks of sessions and previews of pages; each stream with one canary,
one event that came twice, and one line that was cut off. As in requests.py, the same arguments give
the same bytes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from wikilake.lake.hours import hour_path
from wikilake.samples.requests import write_partition

SHARE = 0.05
"""Events of a stream for each raw request of an hour."""

_WIKIS = ("en.wikipedia", "de.wikipedia", "fr.wikipedia", "ja.wikipedia", "www.wikidata")
_PAGES = (
    "Ada_Lovelace",
    "Berlin",
    "Frida_Kahlo",
    "Jean-Paul_Sartre",
    "Nikola_Tesla",
    "東京",
    "Łódź",
)
_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"
_BROWSERS = (
    *(_FIREFOX.format(version) for version in (140, 141, 142)),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36",
)
_TOOLS = (
    *_BROWSERS,
    "ExampleBot/1.2 (https://bots.example/example; ops@bots.example)",
    "python-requests/2.32.3",
    "",
)
_ACTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    ("GET", {"action": "query", "prop": "info|extracts", "titles": "{page}"}),
    ("GET", {"action": "query", "list": "search", "srsearch": "{page}"}),
    ("GET", {"action": "opensearch", "search": "{page}"}),
    ("POST", {"action": "parse", "page": "{page}"}),
    ("GET", {}),
)


def write_events(
    root: Path, rows: int, seed: int, hours: Sequence[datetime], *, compress: bool = True
) -> dict[str, int]:
    """Writes `rows` made-up events of each stream for each hour below `root`, replacing these.

    Returns the number of lines of each partition, by its path below `root`.
    """
    written = {}
    for place, hour in enumerate(hours):
        for number, (topic, make) in enumerate(_TOPICS.items()):
            draw = np.random.RandomState([seed, place, number])
            lines = _lines(topic, make, rows, draw, hour)
            partition = f"{topic}/{hour_path(hour)}"
            write_partition(root / partition, [lines], 1, compress, None)
            written[partition] = len(lines)
    return written


def _lines(topic: str, make: Any, rows: int, draw: np.random.RandomState, hour: datetime) -> list:
    seconds = np.sort(draw.randint(0, 3600, rows))
    events = []
    for second in seconds.tolist():
        events.append(
            {
                "meta": {
                    "stream": topic.removeprefix("eqiad."),
                    "id": str(uuid.UUID(bytes=draw.bytes(16), version=4)),
                    "dt": f"{hour + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}",
                    "domain": f"{_one(draw, _WIKIS)}.org",
                }
            }
            | make(draw)
        )
    events.insert(rows // 2, events[rows // 2] | {"meta": events[rows // 2]["meta"] | _CANARY})
    events.insert(rows // 3, events[rows // 3])
    texts = [json.dumps(event, ensure_ascii=False) + "\n" for event in events]
    texts.insert(rows // 4, texts[rows // 4][:200] + "\n")
    return texts


_CANARY = {"domain": "canary", "id": "00000000-0000-4000-8000-000000000000"}


def _one(draw: np.random.RandomState, pool: Sequence[Any]) -> Any:
    """A member of a pool; of two draws the earlier one, so that the first are more frequent."""
    return pool[min(draw.randint(len(pool)), draw.randint(len(pool)))]


def _address(draw: np.random.RandomState) -> str:
    """One of two thousand addresses of the network that is set aside for measuring."""
    return f"198.18.{draw.randint(8)}.{draw.randint(1, 255)}"


def _api_request(draw: np.random.RandomState) -> dict[str, Any]:
    method, params = _one(draw, _ACTIONS)
    agent = _one(draw, _TOOLS)
    page = _one(draw, _PAGES)
    http = {"method": method, "client_ip": _address(draw)}
    event = {
        "$schema": "/mediawiki/api/request/1.0.0",
        "http": http | ({"request_headers": {"user-agent": agent}} if agent else {}),
        "database": f"{_one(draw, ('en', 'de', 'fr'))}wiki",
        "backend_time_ms": int(draw.randint(5, 900)),
        "params": {name: text.format(page=page) for name, text in params.items()},
    }
    return event | ({"api_error_codes": ["badtoken"]} if draw.randint(20) == 0 else {})


def _tick(draw: np.random.RandomState) -> dict[str, Any]:
    return {
        "$schema": "/analytics/session_tick/2.0.0",
        "http": {"request_headers": {"user-agent": _one(draw, _BROWSERS)}},
        "tick": int(min(draw.randint(12), draw.randint(12))),
    }


def _preview(draw: np.random.RandomState) -> dict[str, Any]:
    page, source, wiki = _one(draw, _PAGES), _one(draw, _PAGES), _one(draw, _WIKIS[:4])
    return {
        "$schema": "/analytics/legacy/virtualpageview/1.0.0",
        "event": {
            "page_title": page,
            "page_id": _PAGES.index(page) + 1,
            "page_namespace": 0,
            "source_title": source,
            "source_page_id": _PAGES.index(source) + 1,
            "source_namespace": 0,
            "source_url": f"https://{wiki}.org/wiki/{source}",
        },
        "http": {
            "client_ip": _address(draw),
            "request_headers": {"user-agent": _one(draw, _BROWSERS)},
        },
        "webHost": f"{wiki}.org",
        "wiki": f"{wiki.split('.')[0]}wiki",
    }


_TOPICS = {
    "eqiad.mediawiki.api-request": _api_request,
    "eqiad.mediawiki.client.session_tick": _tick,
    "eventlogging_VirtualPageView": _preview,
}
