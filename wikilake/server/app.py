"""Answers of the metrics API and of MediaWiki's list of sites, as HTTP."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import anyio
import anyio.to_thread
import duckdb
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from wikilake.answers import aqs, traffic_api
from wikilake.lake.reader import LakeUnreadable
from wikilake.server import mediawiki, openapi
from wikilake.server.published import Kept, PublishedLake
from wikilake.terminal import complain

METRICS = "/api/rest_v1/metrics/"
"""Where Wikimedia has the metrics, so that a client needs another host and nothing else."""

PROTECTED = frozenset(
    {
        "mediarequest_per_file",
        "mediarequest_per_referer",
        "mediarequest_top_files_daily",
        "pageview_per_article",
        "pageview_per_project",
        "pageview_top_articles_daily",
    }
)
"""Tables of the API that not everyone may read in a lake: numbers of single pages and hours."""

LONGEST_PATH = 8192
"""Bytes; a title has at most 255, each of which may be written as three."""

LONGEST_QUESTION = 30.0
"""Seconds after which a question is given up."""

AT_A_TIME = 8
"""Questions that are worked on; the others wait, so that each is answered soon."""

MOST_KEPT, LARGEST_KEPT = 500, 128 * 1024
"""How many answers are kept, and how many bytes one may have."""

EVERYWHERE = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET,HEAD",
    "access-control-allow-headers": (
        "accept, content-type, content-length, cache-control, accept-language, api-user-agent, "
        "if-match, if-modified-since, if-none-match, dnt, accept-encoding"
    ),
    "access-control-expose-headers": "etag",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "origin-when-cross-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "x-xss-protection": "1; mode=block",
}
"""Headers of every answer, as Wikimedia's REST API sends them: any page may read it."""

NEVER_KEPT = "private, max-age=0, s-maxage=0, must-revalidate"
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
STYLED = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
ERRORS = "https://mediawiki.org/wiki/HyperSwitch/errors/"
NOT_READABLE = "The lake cannot be read now: it is not built yet, or just being repaired."

Question = Callable[[duckdb.DuckDBPyConnection], "Answer"]


@dataclass(frozen=True)
class Answer:
    """What is sent, whoever asked."""

    status: int
    body: bytes
    media_type: str = JSON
    kept_for: int = 0
    """Seconds for which clients and caches may keep it."""
    headers: tuple[tuple[str, str], ...] = ()


class Problem(Exception):
    """A request without an answer: the HTTP status, the kind of error, and what is wrong."""

    def __init__(self, status: int, kind: str, detail: str | list[str]) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail


def make_app(
    lake: PublishedLake, kept_for: int, is_public_only: bool = False, snapshot: str | None = None
) -> ASGIApp:
    """The application. Clients may keep an answer for `kept_for` seconds.

    With `is_public_only` nobody is answered from tables that not everyone may read.
    """
    server = Server(lake, kept_for, is_public_only, snapshot)
    return GZipMiddleware(server, minimum_size=1000, compresslevel=4)


class Server:
    """Finds what a path asks for, asks the lake in a thread, and keeps the answers."""

    def __init__(
        self, lake: PublishedLake, kept_for: int, is_public_only: bool, snapshot: str | None
    ) -> None:
        self._lake, self._kept_for = lake, kept_for
        self._is_public_only, self._snapshot = is_public_only, snapshot
        self._kept: Kept[Answer] = Kept(MOST_KEPT)
        self._places: anyio.CapacityLimiter | None = None
        self._said = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        # The path as it was sent: in the decoded one, a slash of a title is like any other.
        path = scope.get("raw_path", b"").partition(b"?")[0].decode("latin-1")
        try:
            answer = await self._answer(request, path)
        except Problem as problem:
            answer = _as_answer(problem, request.method, path)
        except Exception as error:
            self._complain(f"{path}: {type(error).__name__}: {error}")
            unforeseen = Problem(500, "internal_error", "Something that was not foreseen.")
            answer = _as_answer(unforeseen, request.method, path)
        await _response(request, answer)(scope, receive, send)

    async def _answer(self, request: Request, path: str) -> Answer:
        if request.method == "OPTIONS":
            return Answer(200, b"")
        if request.method not in ("GET", "HEAD"):
            raise Problem(405, "method_not_allowed", "Only GET, HEAD and OPTIONS are answered.")
        if len(path) + len(request.scope["query_string"]) > LONGEST_PATH:
            raise Problem(414, "uri_too_long", f"A path has at most {LONGEST_PATH} bytes.")
        if path.startswith(METRICS):
            return await self._from_lake(path, lambda cursor: self._metric(path, cursor))
        if path == "/w/api.php":
            return await self._from_mediawiki(request)
        if path == "/api/rest_v1/openapi.json" or "spec" in request.query_params:
            return Answer(200, _json(openapi.specification()), kept_for=self._kept_for)
        if path in ("/", "/api/rest_v1/"):
            headers = (("content-security-policy", STYLED),)
            return Answer(200, openapi.page().encode(), HTML, self._kept_for, headers)
        raise Problem(404, "not_found", "There is nothing at this path.")

    def _metric(self, path: str, cursor: duckdb.DuckDBPyConnection) -> Answer:
        asked = path.removeprefix(METRICS)
        if self._is_public_only and _table(asked) in PROTECTED:
            raise Problem(
                403,
                "forbidden",
                "This server answers from tables that everyone may read; this metric's is none.",
            )
        status, body = aqs.answer(f"/{asked}", cursor, self._snapshot)
        if status != 200:
            raise Problem(status, str(body["type"]), body["detail"])
        return Answer(200, _json(body), kept_for=self._kept_for)

    async def _from_mediawiki(self, request: Request) -> Answer:
        text = request.scope["query_string"].decode("latin-1")  # a URL would need a valid host
        query = parse_qsl(text, keep_blank_values=True, errors="replace")
        try:
            asked = mediawiki.Asked(dict(query))
        except mediawiki.Refusal as refusal:
            raise Problem(400, "invalid_request", str(refusal)) from None
        body = asked.without_lake()
        if body is None:
            found = await self._from_lake(
                "/w/api.php", lambda cursor: Answer(200, _json(mediawiki.matrix(cursor)))
            )
            body = asked.sitematrix(json.loads(found.body))
        error = body.get("error", {}).get("code")
        headers = (("mediawiki-api-error", error),) if error else ()
        media_type, text = asked.written(body)
        kept_for = 0 if error else asked.kept_for
        return Answer(200, text.encode("utf-8", "replace"), media_type, kept_for, headers)

    async def _from_lake(self, key: str, question: Question) -> Answer:
        """The answer of a question, or the one of before in the same state of the lake."""
        state = self._lake.state()
        kept = self._kept.get(key, state)
        if kept is None:
            kept = await self._asked(question)
            if len(kept.body) <= LARGEST_KEPT:
                self._kept.put(key, state, kept)
        return kept

    async def _asked(self, question: Question) -> Answer:
        """Asks in a thread, so that others are answered meanwhile; gives up what takes too long."""
        self._places = self._places or anyio.CapacityLimiter(AT_A_TIME)
        cursors: list[duckdb.DuckDBPyConnection] = []
        with anyio.move_on_after(LONGEST_QUESTION):
            return await anyio.to_thread.run_sync(
                self._ask, question, cursors, limiter=self._places, abandon_on_cancel=True
            )
        for cursor in cursors:
            with suppress(duckdb.Error):  # it has ended just now
                cursor.interrupt()
        raise Problem(504, "timeout", f"No answer in {LONGEST_QUESTION:.0f} seconds: ask for less.")

    def _ask(self, question: Question, cursors: list[duckdb.DuckDBPyConnection]) -> Answer:
        """Asks, and once more where a run has replaced files meanwhile."""
        for is_last in (False, True):
            try:
                with self._lake.cursor() as cursor:
                    cursors.append(cursor)
                    return question(cursor)
            except (LakeUnreadable, duckdb.CatalogException) as error:
                if is_last:
                    self._complain(str(error))
                    raise Problem(503, "unavailable", NOT_READABLE) from None
            except (duckdb.InterruptException, Problem):
                raise
            except Exception as error:
                if is_last:
                    self._complain(f"A question failed: {type(error).__name__}: {error}")
                    raise Problem(500, "internal_error", "The lake could not be asked.") from None
        raise AssertionError

    def _complain(self, text: str) -> None:
        """Says on standard error what is wrong, once as long as it stays the same."""
        if text != self._said:
            self._said = text
            complain(text)


def _table(asked: str) -> str | None:
    """The table of a path of traffic; None for other paths."""
    parts = tuple(aqs.parts_of(asked))
    routes = (traffic_api.ROUTES.get(parts[:length]) for length in (1, 2, 3))
    return next((route.table for route in routes if route), None)


def _as_answer(problem: Problem, method: str, path: str) -> Answer:
    """A problem as the REST API of Wikimedia writes it."""
    body = {
        "type": ERRORS + problem.kind,
        **({"title": "Not found."} if problem.status == 404 else {}),
        "method": method.lower(),
        "detail": problem.detail,
        "uri": path.replace("/api/rest_v1/metrics/", "/analytics.wikimedia.org/v1/", 1),
    }
    headers = {405: (("allow", "GET, HEAD, OPTIONS"),), 503: (("retry-after", "5"),)}
    return Answer(
        problem.status,
        _json(body),
        "application/problem+json",
        headers=headers.get(problem.status, ()),
    )


def _response(request: Request, answer: Answer) -> Response:
    etag = f'W/"{hashlib.blake2b(answer.body, digest_size=12).hexdigest()}"'
    age = answer.kept_for
    headers = EVERYWHERE | {
        "cache-control": f"s-maxage={age}, max-age={age}" if age else NEVER_KEPT,
        **dict(answer.headers),
    }
    if answer.status == 200 and answer.body:
        headers["etag"] = etag
        asked = request.headers.get("if-none-match", "")
        if asked.strip() == "*" or etag.removeprefix("W/") in asked:
            return Response(status_code=304, headers=headers)
    return Response(answer.body, answer.status, headers, answer.media_type)


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")
