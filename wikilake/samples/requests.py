"""Made-up raw webrequest lines in the real format, for the shipped sample and the benchmark.

Everything a line can hold is built once as a pool of ready JSON fragments. A batch draws indices
into the pools with numpy and joins one fragment per column, so a line costs some ten microseconds
and memory does not grow with their number. The draws use `RandomState`, whose stream numpy has
frozen: the same arguments give the same bytes. What a line says is made here, not copied from logs.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, NamedTuple, cast
from urllib.parse import quote

import numpy as np

from wikilake.samples.request_pools import (
    ACTOR_SHARES,
    ACTORS,
    ADDRESSES,
    APPS,
    BOT,
    BOTS,
    CHATBOTS,
    CLOUD,
    COMMON_WIKIS,
    COOKIE_DAYS,
    ENGINES,
    HINTS,
    HOSTS,
    IPV4,
    IPV6,
    KINDS,
    KNOWN,
    LANGUAGES,
    MAIN_PAGES,
    MOB,
    MODELS,
    MODULES,
    NAMESPACES,
    OUTCOMES,
    PORTS,
    PROCESSES_PER_HOST,
    PROJECT_PAGES,
    REQUESTS,
    SISTERS,
    SITE_WORDS,
    SOCIAL,
    SPECIALS,
    SYSTEMS,
    TITLES,
    TLS,
    TOOLS,
    VARIANTS,
    WIKI_REFERER,
    WIKI_REFERERS,
    WIKIPEDIAS,
    WORDS,
    WPROVS,
)

TEXT_SHARE = 0.7
BATCH_LINES = 10_000
# Of so many lines of a partition, the one at this place is lost, sent twice or cut off.
LOST, REPEATED, BROKEN = (2_000, 300), (2_000, 600), (20_000, 500)


class Actors(NamedTuple):
    """Who asks: fragments in object arrays, and for each actor the indices into them."""

    addresses: np.ndarray
    agents: np.ndarray  # two fragments an agent: before and after accept_language
    languages: np.ndarray
    address_of: np.ndarray
    agent_of: np.ndarray
    language_of: np.ndarray
    bounds: np.ndarray  # the first actor of each of DESKTOP … BLANK, and the end


class Referers(NamedTuple):
    """Referer fragments; those of one group, and of one site, stand together."""

    fragments: np.ndarray
    bounds: np.ndarray  # the first of each group, and the end
    site_bounds: np.ndarray  # the first of each site (desktop, mobile, desktop …), and the end


class Source(NamedTuple):
    """One webrequest_source: arrays by target, by kind and by process. Mixes are cumulative."""

    name: str
    cumulative: np.ndarray  # share of the targets up to each
    kinds: np.ndarray
    sites: np.ndarray
    requests: np.ndarray
    analytics: np.ndarray
    analytics_ends: np.ndarray
    takes_extra: np.ndarray
    audience_mix: np.ndarray
    outcome_mix: np.ndarray
    referer_mix: np.ndarray
    sizes: np.ndarray
    accepts: np.ndarray
    processes: np.ndarray
    caches: np.ndarray  # of each process and outcome
    next_sequence: np.ndarray  # of each process; moves on from batch to batch and hour to hour


def write_sample(
    root: Path,
    rows: int,
    seed: int,
    hours: Sequence[datetime],
    *,
    files: int = 2,
    compress: bool = True,
    progress: Callable[[int], None] | None = None,
) -> dict[str, int]:
    """Write `rows` made-up raw lines for each hour below `root`, replacing those hours.

    rows: lines of one hour over both sources, 70 % text and 30 % upload.
    seed: 0 to 2**32 - 1; the same arguments give the same bytes.
    hours: distinct whole hours; a naive one is UTC. Sequence numbers run on in the given order.
    files: number of `part-N.jsonl[.gz]` of a partition; its lines are dealt to them in turn.
    progress: called with the number of lines written since its last call.
    Returns the number of lines of each partition, by its path below `root`.
    Raises ValueError for arguments outside these.
    """
    hours = [_utc_hour(hour) for hour in hours]
    if rows < 1 or files < 1 or len(set(hours)) < len(hours):
        raise ValueError("rows and files must be at least 1, and hours distinct")
    draw = np.random.RandomState([seed, 0])
    pages = list(_pages())
    actors, referers = _actors(draw), _referers(pages)
    sources = [_source(name, draw, pages) for name in KINDS]
    text_rows = round(rows * TEXT_SHARE)
    written = {}
    for hour in hours:
        day = f"year={hour.year}/month={hour.month}/day={hour.day}/hour={hour.hour}"
        for source, lines in zip(sources, (text_rows, rows - text_rows), strict=True):
            partition = f"webrequest_source={source.name}/{day}"
            batches = _batches(source, actors, referers, seed, hour, lines)
            write_partition(Path(root) / partition, batches, files, compress, progress)
            written[partition] = lines
    return written


def _utc_hour(hour: datetime) -> datetime:
    """The hour in UTC. Raises ValueError when it is not a whole one."""
    utc = hour.astimezone(UTC) if hour.tzinfo else hour.replace(tzinfo=UTC)
    if utc.minute or utc.second or utc.microsecond:
        raise ValueError(f"{hour} is not a whole hour")
    return utc


# --- files ---------------------------------------------------------------------------------------


def write_partition(
    folder: Path,
    batches: Iterable[list[str]],
    files: int,
    compress: bool,
    progress: Callable[[int], None] | None,
) -> None:
    """Write the batches under temporary names and, when all is there, put them in place."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"part-{n}.jsonl{'.gz' if compress else ''}" for n in range(files)]
    parts = {folder / f".{name}.tmp": folder / name for name in names}
    try:
        with ExitStack() as stack:
            handles = [_open(temporary, compress, stack) for temporary in parts]
            for lines in batches:
                for n, handle in enumerate(handles):
                    handle.write("".join(lines[n::files]).encode())
                if progress:
                    progress(len(lines))
        for old in folder.glob("part-*"):
            old.unlink()
        for temporary, final in parts.items():
            temporary.rename(final)
    finally:
        for temporary in parts:
            temporary.unlink(missing_ok=True)


def _open(path: Path, compress: bool, stack: ExitStack) -> IO[bytes]:
    """A file to write, closed by `stack`; a gzip one holds neither its name nor the time."""
    handle = stack.enter_context(path.open("wb"))
    if not compress:
        return handle
    return cast(IO[bytes], stack.enter_context(gzip.GzipFile("", "wb", 6, handle, mtime=0)))


# --- lines ---------------------------------------------------------------------------------------


def _batches(
    source: Source, actors: Actors, referers: Referers, seed: int, hour: datetime, lines: int
) -> Iterator[list[str]]:
    """The lines of one partition by time, each with its line end, BATCH_LINES at once."""
    text = source.name == "text"
    draw = np.random.RandomState([seed, 1 + text, int(hour.timestamp()) // 3600])
    extras = _objects(_cookies(hour) if text else _ports())
    seconds = (hour + timedelta(seconds=second) for second in range(3600))
    times = _objects(f',"dt":"{t:%Y-%m-%dT%H:%M:%SZ}","time_firstbyte":' for t in seconds)
    for start in range(0, lines, BATCH_LINES):
        places = np.arange(start, min(start + BATCH_LINES, lines))
        repeated = places % REPEATED[0] == REPEATED[1]
        fresh = places[~repeated]
        when = ((fresh + draw.random_sample(len(fresh))) * 3600 / lines).astype(int)
        lost = fresh % LOST[0] == LOST[1]
        made = _lines(source, actors, referers, draw, times[when], extras, lost)
        batch = [made[n] for n in np.cumsum(~repeated) - 1]
        if text:
            for n in np.flatnonzero(places % BROKEN[0] == BROKEN[1]):
                batch[n] = batch[n][: draw.randint(100, 500)] + "\n"
        yield batch


def _lines(
    source: Source,
    actors: Actors,
    referers: Referers,
    draw: np.random.RandomState,
    times: np.ndarray,
    extras: np.ndarray,
    lost: np.ndarray,
) -> list[str]:
    """One line for each of `times`; before a `lost` one its process skips a number."""
    n = len(times)
    target = np.searchsorted(source.cumulative, draw.random_sample(n), side="right")
    kind = source.kinds[target]
    audience = _mixed(draw, source.audience_mix, kind)
    actor = _ranged(draw, actors.bounds, audience)
    agent = actors.agents[actors.agent_of[actor]]
    outcome = _mixed(draw, source.outcome_mix, kind)
    process = draw.randint(len(source.processes), size=n)
    extra = _extra(draw, source, target, audience)
    group = np.where(audience < APPS, _mixed(draw, source.referer_mix, kind), 0)
    inner = _ranged(draw, referers.site_bounds, source.sites[target])
    referer = np.where(group == WIKI_REFERER, inner, _ranged(draw, referers.bounds, group))
    waiting = np.where(_SLOW[outcome], 0.08, 0.002) + draw.random_sample(n) ** 2 * 0.09
    spread = 0.3 + 2 * draw.random_sample(n) ** 2
    size = (source.sizes[kind] * _SIZES[outcome] * spread).astype(int) + 200
    columns = (
        source.processes[process],
        map(str, _sequences(source.next_sequence, process, lost).tolist()),
        times,
        map("{:.6f}".format, waiting.tolist()),
        actors.addresses[actors.address_of[actor]],
        _OUTCOMES[outcome],
        map(str, size.tolist()),
        source.requests[target],
        referers.fragments[referer],
        agent[:, 0],
        actors.languages[actors.language_of[actor]],
        source.analytics[target],
        extras[extra],
        source.analytics_ends[target],
        source.caches[process, outcome],
        source.accepts[kind],
        _TLS[_small(draw, n, len(TLS))],
        agent[:, 1],
    )
    return list(map("".join, zip(*columns, strict=True)))


def _sequences(next_sequence: np.ndarray, process: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """The number of each line in its process; moves `next_sequence` on."""
    steps = 1 + lost
    order = np.argsort(process, kind="stable")
    used = np.bincount(process, weights=steps, minlength=len(next_sequence)).astype(np.int64)
    first = next_sequence - (np.cumsum(used) - used)
    sequence = np.empty(len(process), dtype=np.int64)
    sequence[order] = first[process[order]] + np.cumsum(steps[order]) - 1
    next_sequence += used
    return sequence


def _extra(
    draw: np.random.RandomState, source: Source, target: np.ndarray, audience: np.ndarray
) -> np.ndarray:
    """Indices of `_cookies` (text; only people keep any) or `_ports` (upload)."""
    n, takes = len(target), source.takes_extra[target]
    if source.name == "upload":
        return np.where(takes, 1 + draw.randint(len(PORTS), size=n), 0)
    wprov = np.where(draw.random_sample(n) < 0.03, _small(draw, n, len(WPROVS)), 0)
    days = ((draw.random_sample(n) ** 2) ** 2 * 2 * COOKIE_DAYS).astype(int)
    return np.where(takes & (audience < BOT), 1 + days * len(WPROVS) + wprov, 0)


def _cookies(hour: datetime) -> Iterator[str]:
    """What browsers add to X-Analytics: nothing, or the days of the last visits and a wprov."""
    yield ""
    for days in range(COOKIE_DAYS):
        last = f"{hour - timedelta(days=days):%d-%b-%Y}"
        for anywhere in (last, f"{hour:%d-%b-%Y}"):
            for wprov in WPROVS:
                yield f";WMF-Last-Access={last};WMF-Last-Access-Global={anywhere}{wprov}"


def _ports() -> Iterator[str]:
    """What the upload caches add to X-Analytics: nothing, or the client's port."""
    yield ""
    yield from (f";client_port={port}" for port in PORTS)


# --- draws and fragments -------------------------------------------------------------------------


def _small(draw: np.random.RandomState, n: int, size: int) -> np.ndarray:
    """`n` integers from 0 to size - 1, the small ones more often."""
    return (draw.random_sample(n) ** 2 * size).astype(int)


def _ranged(draw: np.random.RandomState, bounds: np.ndarray, group: np.ndarray) -> np.ndarray:
    """For each group an index from its bound up to the next bound, the first ones more often."""
    share = draw.random_sample(len(group)) ** 2
    return bounds[group] + (share * (bounds[group + 1] - bounds[group])).astype(int)


def _mixed(draw: np.random.RandomState, mix: np.ndarray, row: np.ndarray) -> np.ndarray:
    """For each row number of a cumulative mix one of its columns."""
    return (draw.random_sample(len(row))[:, None] >= mix[row, :-1]).sum(axis=1)


def _mix(weights: Iterable[Sequence[float]]) -> np.ndarray:
    """Rows of weights as cumulative shares."""
    cumulative = np.cumsum(list(weights), axis=1, dtype=float)
    return cumulative / cumulative[:, -1:]


def _bounds(groups: Iterable[Sequence[object]]) -> np.ndarray:
    """Where each group begins when they stand one after another, and the end of the last."""
    return np.cumsum([0, *map(len, groups)])


def _objects(fragments: Iterable[object]) -> np.ndarray:
    """Fragments as an array that an array can index."""
    return np.array(list(fragments), dtype=object)


def _pairs(**fields: str) -> str:
    """`,"name":"value"` for each field."""
    return "".join(
        f',"{name}":{json.dumps(text, ensure_ascii=False)}' for name, text in fields.items()
    )


_SLOW = np.array([not status.startswith("hit") for status, *_ in OUTCOMES.values()])
_SIZES = np.array([share for *_, share in OUTCOMES.values()])
_OUTCOMES = _objects(
    _pairs(cache_status=status, http_status=str(code)) + ',"response_size":'
    for status, code, *_ in OUTCOMES.values()
)
_TLS = _objects(_pairs(tls=tls) for tls in TLS)


# --- targets -------------------------------------------------------------------------------------


def _source(name: str, draw: np.random.RandomState, pages: list[dict]) -> Source:
    """A source with all its targets, and its processes with their first numbers."""
    names, kinds = list(KINDS[name]), KINDS[name].values()
    targets = _targets(names, pages)
    kind_of, sites, requests, analytics, ends, takes_extra = map(list, zip(*targets, strict=True))
    weight = np.array(list(targets.values()))
    shares = [kind.share for kind in kinds] / np.bincount(kind_of, weights=weight)
    cumulative = np.cumsum(weight * shares[kind_of])
    hosts = [host for host in HOSTS[name].split() for _ in range(PROCESSES_PER_HOST)]
    pids = 1_000 + draw.permutation(9_000)[: len(hosts)]
    return Source(
        name=name,
        cumulative=cumulative[:-1] / cumulative[-1],
        kinds=np.array(kind_of),
        sites=np.array(sites),
        requests=_objects(requests),
        analytics=_objects(analytics),
        analytics_ends=_objects(ends),
        takes_extra=np.array(takes_extra),
        audience_mix=_mix(kind.audience for kind in kinds),
        outcome_mix=_mix([kind.outcomes.get(outcome, 0) for outcome in OUTCOMES] for kind in kinds),
        referer_mix=_mix(kind.referers for kind in kinds),
        sizes=np.array([kind.size for kind in kinds]),
        accepts=_objects(_pairs(accept=kind.accept) for kind in kinds),
        processes=_objects(
            f'{{"hostname":"{host}.wmnet","server_pid":"{pid}","sequence":'
            for host, pid in zip(hosts, pids, strict=True)
        ),
        caches=_objects([_cache(host, outcome) for outcome in OUTCOMES] for host in hosts),
        next_sequence=draw.randint(10**9, 9 * 10**9, size=len(hosts), dtype=np.int64),
    )


def _cache(host: str, outcome: str) -> str:
    """The way of an answer through a cache behind and the one that logged it."""
    status, _, behind, _ = OUTCOMES[outcome]
    front = host.split(".")[0]
    hits = f"/{1 + len(front + outcome) % 5 + int(front[-1])}" if status.startswith("hit") else ""
    back = f"{front[:-1]}{(int(front[-1]) + 3) % 10}"
    return _pairs(x_cache=f"{back} {behind}, {front} {status}{hits}")


def _targets(kinds: list[str], pages: list[dict]) -> dict[tuple, float]:
    """What can be asked for in these kinds, each with its weight.

    A target is: number of its kind, its site (of `Referers.site_bounds`), the fragments of the
    request, of X-Analytics up to the cookies or port and from there on, and if it may have any.
    """
    weights: dict[tuple, float] = {}
    for kind, every, method, host, path, query, content_type, analytics in REQUESTS:
        if kind not in kinds:
            continue
        number, (before, spot, after) = kinds.index(kind), analytics.partition("|")
        end = f'{after}"' + _pairs(range="bytes=0-" if content_type.startswith("video") else "-")
        for page in pages[::every]:
            if (kind == "variant" and not page["variant"]) or (kind == "app" and not page["app"]):
                continue
            request = _pairs(
                http_method=method,
                uri_host=host.format_map(page),
                uri_path=path.format_map(page),
                uri_query=query.format_map(page),
                content_type=content_type,
            )
            head = f',"x_analytics":"{before.format_map(page)}'
            target = (number, 2 * page["site"] + (host == MOB), request, head, end, bool(spot))
            weights[target] = weights.get(target, 0) + page["weight"]
    return weights


def _sites() -> Iterator[tuple[str, str, str, float]]:
    """Desktop host, language, script and weight of each wiki."""
    scripts = {}
    for script, wikis in WIKIPEDIAS.items():
        for lang, weight in (wiki.split(":") for wiki in wikis.split()):
            scripts[lang] = script
            yield f"{lang}.wikipedia.org", lang, script, float(weight)
    for family, langs in SISTERS.items():
        for rank, lang in enumerate(langs.split()):
            yield f"{lang}.{family}.org", lang, scripts[lang], 2 / (rank + 2)
    for host, share in COMMON_WIKIS.items():
        yield host, "en", "latin", share


def _titles(host: str, lang: str, script: str) -> list[str]:
    """Titles of a wiki, the most read first."""
    family = host.split(".")[-2]
    latin = TITLES["latin"].split()
    if family == "wikidata":
        return [f"Q{number * number % 90_001 + 1}" for number in range(1, 200)]
    if family == "wikifunctions":
        return [f"Z{number}" for number in range(801, 860)]
    if family in ("mediawiki", "wikimedia"):
        return ["Main_Page", *PROJECT_PAGES.split(), *latin[::3]]
    main_page = MAIN_PAGES.get(lang, "Main_Page")
    if family == "wiktionary":
        return [main_page, *WORDS.split()]
    others = [] if script == "latin" else latin[::2]
    return [main_page, *TITLES[script].split(), *others, *map(str, range(2026, 1996, -1))]


def _pages() -> Iterator[dict]:
    """The fields that REQUESTS name, with `site` (its number) and `weight`, page by page."""
    for number, (host, lang, script, weight) in enumerate(_sites()):
        titles = _titles(host, lang, script)
        for prefix, namespace, share, count in NAMESPACES:
            for rank, title in enumerate(titles[:count]):
                page = _page(host, prefix + title, rank)
                variant = VARIANTS.get(lang, ("",))[rank % len(VARIANTS.get(lang, ("",)))]
                page |= {"site": number, "weight": share * weight / (rank + 1) ** 0.8, "lang": lang}
                page |= {"ns": namespace, "variant": variant}
                yield page | {"app": page["family"] == "wikipedia" and not namespace}


def _page(host: str, title: str, rank: int) -> dict:
    """The fields of a page that follow from its wiki, its title and its place among the titles."""
    name, family, _ = host.split(".")
    page_id = 1_000 + int(hashlib.md5(f"{host}/{title}".encode()).hexdigest()[:6], 16)
    path = quote(title, safe="/:@!$*,;~()'")
    words, specials, modules = WORDS.split(), SPECIALS.split(), MODULES.split()
    return {
        "desktop": host,
        "mobile": f"m.{family}.org" if name == "www" else f"{name}.m.{family}.org",
        "family": family,
        "title": path,
        "article": f"/view/en/{path}" if family == "wikifunctions" else f"/wiki/{path}",
        "id": page_id,
        "rev": page_id * 7,
        "file": f"{path.replace('/', '-').replace(':', '-')}_{page_id % 40}",
        "shard": f"{page_id % 16:x}/{page_id % 16:x}{page_id // 16 % 16:x}",
        "width": (120, 250, 330, 500)[rank % 4],
        "zoom": 5 + rank % 12,
        "word": quote(words[rank % len(words)]),
        "special": specials[rank % len(specials)],
        "module": quote(modules[rank % len(modules)]),
    }


def _referers(pages: list[dict]) -> Referers:
    """All referers: none, pages of the wikis, and other sites by their class."""
    wikis: list[list[str]] = [[] for _ in range(2 * (pages[-1]["site"] + 1))]
    for page in pages:
        for form, host in enumerate((page["desktop"], page["mobile"])):
            urls = wikis[2 * page["site"] + form] or [f"https://{host}/"]
            urls += [f"https://{host}{page['article']}"] if len(urls) < WIKI_REFERERS else []
            wikis[2 * page["site"] + form] = urls
    words = SITE_WORDS.split()
    others = [
        f"https://www.{first}{second}.{('com', 'net', 'org', 'de', 'info')[(n + m) % 5]}/"
        for n, first in enumerate(words)
        for m, second in enumerate(words)
    ]
    inner = [url for urls in wikis for url in urls]
    groups = [["-"], inner, ENGINES.split(), CHATBOTS.split(), SOCIAL.split(), others]
    fragments = _objects(_pairs(referer=url) for group in groups for url in group)
    return Referers(fragments, _bounds(groups), 1 + _bounds(wikis))


# --- actors --------------------------------------------------------------------------------------


def _actors(draw: np.random.RandomState) -> Actors:
    """Addresses, agents and languages, and the actors: one of each that stay together."""
    made = (_desktop_agents(), _mobile_agents(), _app_agents(), _bot_agents(), [_agent("-")])
    agents = [list(group) for group in made]
    bounds = (np.cumsum([0, *ACTOR_SHARES]) * ACTORS).round().astype(int)
    audience = np.repeat(np.arange(len(agents)), np.diff(bounds))
    addresses = [_address(draw) for _ in range(ADDRESSES)]
    cloud = [f"{net}{draw.randint(1, 250)}" for net in CLOUD for _ in range(3)]
    address_of = draw.permutation(ACTORS)
    shared = address_of >= ADDRESSES
    address_of[shared] = draw.randint(ADDRESSES, size=shared.sum())
    address_of[bounds[BOT] + 40 * np.arange(1, len(cloud) + 1)] = ADDRESSES + np.arange(len(cloud))
    languages = ["-", *LANGUAGES.split()]
    language_of = 1 + _small(draw, ACTORS, len(languages) - 1)
    return Actors(
        addresses=_objects(_pairs(ip=address) for address in addresses + cloud),
        agents=_objects(agent for group in agents for agent in group),
        languages=_objects(_pairs(accept_language=language) for language in languages),
        address_of=address_of,
        agent_of=_ranged(draw, _bounds(agents), audience),
        language_of=np.where(audience < BOT, language_of, 0),
        bounds=bounds,
    )


def _address(draw: np.random.RandomState) -> str:
    """A public address, one in seven of them IPv6."""
    chance, number = draw.random_sample(), draw.randint(65_536, size=5)
    if chance < 0.14:
        tail = ":".join(f"{part:x}" for part in number[1:])
        return f"{IPV6[number[0] % len(IPV6)]}:{number[0] // 16 + 1:x}:1:{tail}"
    last = 1 + number[0] % 254
    if chance < 0.17:
        return f"{KNOWN[number[1] % len(KNOWN)]}{last}"
    return f"{IPV4[number[1] % len(IPV4)]}.{number[2] % 256}.{number[3] % 256}.{last}"


def _agent(user_agent: str, hints: Sequence[str] = ("-",) * len(HINTS)) -> tuple[str, str]:
    """The two fragments of an agent; `hints` in the order of HINTS."""
    end = _pairs(**dict(zip(HINTS, hints, strict=True)), termination_state="--")
    return _pairs(x_forwarded_for="-", user_agent=user_agent), end + "}\n"


def _chromium(
    system: str, brand: str, version: int, platform: str, release: str, end: str, model: str | None
) -> tuple[str, str]:
    """A Chromium browser with its client hints; `model` is None on a desktop."""
    phone = model is not None
    brands = (("Chromium", version), (brand, version), ("Not=A?Brand", 24))
    short = ", ".join(f'"{name}";v="{major}"' for name, major in brands)
    full = ", ".join(f'"{name}";v="{major}.0.{major * 52}.{major % 90}"' for name, major in brands)
    machine = ('""', '""') if phone else ('"x86"', '"64"')
    device = (f'"{model or ""}"', f'"{release}"')
    hints = (short, f"?{phone:d}", f'"{platform}"', *machine, full, *device)
    webkit = f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) "
    return _agent(webkit + end.format(version), hints)


def _desktop_agents() -> Iterator[tuple[str, str]]:
    """Browsers on desktops, the newest first."""
    chrome = "Chrome/{0}.0.0.0 Safari/537.36"
    mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    for version in range(143, 117, -1):
        for system, platform, release in SYSTEMS:
            yield _chromium(system, "Google Chrome", version, platform, release, chrome, None)
            firefox = f"({system.replace('10_15_7', '10.15')}; rv:{version}.0) Gecko/20100101"
            yield _agent(f"Mozilla/5.0 {firefox} Firefox/{version}.0")
        for system, platform, release in SYSTEMS[::2]:
            edge = chrome + " Edg/{0}.0.0.0"
            yield _chromium(system, "Microsoft Edge", version, platform, release, edge, None)
        opera = f"{chrome} OPR/{version - 16}.0.0.0"
        yield _chromium(SYSTEMS[0][0], "Opera", version, "Windows", "15.0.0", opera, None)
        yield _agent(f"{mac} Version/{version // 8}.{version % 8} Safari/605.1.15")


def _mobile_agents() -> Iterator[tuple[str, str]]:
    """Browsers on telephones and tablets, the newest first."""
    chrome = "Chrome/{0}.0.0.0 Mobile Safari/537.36"
    for n in range(26):
        version, ios, gecko = 143 - n, f"{18 - n // 7}_{6 - n % 7}", f"{143 - n}.0"
        kit = f"{ios} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        safari = f"Version/{ios.replace('_', '.')} Mobile/15E148 Safari/604.1"
        phone = f"Mozilla/5.0 (iPhone; CPU iPhone OS {kit}"
        yield _agent(f"{phone} {safari}")
        yield _android("K", 10, version, chrome)
        yield _agent(f"{phone} CriOS/{version}.0.7000.60 Mobile/15E148 Safari/604.1")
        yield _agent(f"Mozilla/5.0 (iPad; CPU OS {kit} {safari}")
        firefox = f"(Android {15 - n % 5}; Mobile; rv:{gecko}) Gecko/{gecko}"
        yield _agent(f"Mozilla/5.0 {firefox} Firefox/{gecko}")
        yield _android("K", 10, version, f"SamsungBrowser/{29 - n // 3}.{n % 3} {chrome}")
        for m, model in enumerate(MODELS.split()[n % 2 :: 2]):
            yield _android(model.replace("_", " "), 15 - m % 5, version - 20, chrome)


def _android(model: str, release: int, version: int, end: str) -> tuple[str, str]:
    """A Chromium browser on Android; newer ones give `K` in place of the model."""
    brand = "Samsung Internet" if end.startswith("Samsung") else "Google Chrome"
    system, named = f"Linux; Android {release}; {model}", "" if model == "K" else model
    return _chromium(system, brand, version, "Android", f"{release}.0.0", end, named)


def _app_agents() -> Iterator[tuple[str, str]]:
    """The Wikipedia apps, the newest first."""
    for n in range(45):
        device, day = ("Phone", "Phone", "Tablet")[n % 3], f"2026-{10 - n // 5:02}-{1 + n % 28:02}"
        android = f"(Android {15 - n % 5}; {device}) Google Play"
        yield _agent(f"WikipediaApp/2.7.{50_540 - n * 3}-r-{day} {android}")
        ios = f"(iOS {18 - n // 15}.{6 - n % 7}; {device})"
        yield _agent(f"WikipediaApp/7.{9 - n // 6}.{n % 6}.{4_900 - n * 11} {ios}")


def _bot_agents() -> Iterator[tuple[str, str]]:
    """Crawlers, then libraries and scripts."""
    yield from map(_agent, BOTS.splitlines())
    for version in range(12, 0, -1):
        yield from (_agent(name.format(version)) for name in TOOLS)
