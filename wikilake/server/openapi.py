"""What the server answers, as OpenAPI and as a page, from the tables that it answers by."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

from wikilake.answers import aqs, traffic_api

ROOT = "/api/rest_v1"
EXAMPLES = {
    "project": "en.wikipedia",
    "referer": "en.wikipedia",
    "article": "Main_Page",
    "page-title": "Main_Page",
    "user-text": "Example",
    "file_path": "%2Fwikipedia%2Fcommons%2Fa%2Fa9%2FExample.jpg",
    "country": "FR",
    "granularity": "monthly",
    "start": "20260101",
    "end": "20261101",
    "year": "2026",
    "month": "10",
    "day": "01",
}
"""A value for each parameter that has no list of values."""

_OBJECT = {"type": "object"}


def _series() -> tuple[str, ...]:
    return ("granularity", "start", "end")


@cache
def _paths() -> dict[str, tuple[tuple[str, ...], dict[str, tuple[str, ...]]]]:
    """Path below /metrics to its parameters, and their values where these are a list."""
    found = {}
    for path, metric in aqs.METRICS.items():
        time = ("year", "month", "day") if metric.name else _series()
        found[path] = (*metric.parameters, *time), dict(aqs.CHOICES)
    for path, route in traffic_api.ROUTES.items():
        choices = dict(traffic_api.CHOICES)
        if path[0] == "mediarequests":
            choices["agent"] = choices["media-agent"]
        if isinstance(route, traffic_api.Top):
            time = ("year", "month") if route.is_monthly else ("year", "month", "day")
        else:
            time = _series()
            choices["granularity"] = choices[route.granularities]
        found[path] = (*route.parameters, *time), choices
    return {
        "/".join((*path, *(f"{{{name}}}" for name in names))): (names, choices)
        for path, (names, choices) in sorted(found.items())
    }


def specification() -> dict[str, Any]:
    """The server's OpenAPI description."""
    responses = {
        "200": {"description": "The values.", "content": {"application/json": _schema()}},
        "default": {
            "description": "What is wrong (400) or not there (404).",
            "content": {"application/problem+json": _schema()},
        },
    }
    paths: dict[str, Any] = {}
    for path, (names, choices) in _paths().items():
        parameters = [
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {
                    "type": "string",
                    **({"enum": list(choices[name])} if name in choices else {}),
                },
                "example": _example(name, choices),
            }
            for name in names
        ]
        operation = {
            "summary": path.partition("/{")[0].replace("/", ", "),
            "tags": [path.partition("/")[0]],
            "operationId": path.partition("/{")[0].replace("/", "-"),
            "parameters": parameters,
            "responses": responses,
        }
        paths[f"{ROOT}/metrics/{path}"] = {"get": operation}
    query = ("format", "formatversion", "callback", "smtype", "smlangprop", "smsiteprop", "maxage")
    paths["/w/api.php"] = {
        "get": {
            "summary": "The wikis of the lake, as MediaWiki's action=sitematrix.",
            "tags": ["sitematrix"],
            "operationId": "sitematrix",
            "parameters": [
                {
                    "name": "action",
                    "in": "query",
                    "required": True,
                    "schema": {"type": "string", "enum": ["sitematrix", "query"]},
                },
                *({"name": name, "in": "query", "schema": {"type": "string"}} for name in query),
            ],
            "responses": {"200": responses["200"]},
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Metrics of a lake",
            "version": "1",
            "description": "Wikimedia's metrics API, answered by wikilake.",
        },
        "paths": paths,
    }


def _schema() -> dict[str, Any]:
    return {"schema": _OBJECT}


def _example(name: str, choices: dict[str, tuple[str, ...]]) -> str:
    return EXAMPLES.get(name) or choices[name][0]


@cache
def page() -> str:
    """A page with each path, the values of its parameters, and an example to follow."""
    rows = []
    for path, (names, choices) in _paths().items():
        example = path
        for name in names:
            example = example.replace(f"{{{name}}}", _example(name, choices))
        values = [f"{name}: {', '.join(choices[name])}" for name in names if name in choices]
        rows.append(
            f"<li><code>/metrics/{escape(path)}</code><br>{escape('; '.join(values))}<br>"
            f'<a href="{escape(f"{ROOT}/metrics/{example}")}">{escape(example)}</a></li>'
        )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        "<title>Metrics of a lake</title><style>body{font:16px/1.5 sans-serif;max-width:60rem;"
        "margin:2rem auto;padding:0 1rem}li{margin:0 0 1rem;overflow-wrap:anywhere}</style></head>"
        "<body><h1>Metrics of a lake</h1><p>Wikimedia's metrics API, answered by wikilake, and "
        '<a href="/w/api.php?action=sitematrix&amp;format=json&amp;formatversion=2">the wikis of '
        'the lake</a>. The same for programs: <a href="/api/rest_v1/openapi.json">OpenAPI</a>.</p>'
        f"<ul>{''.join(rows)}</ul></body></html>"
    )
