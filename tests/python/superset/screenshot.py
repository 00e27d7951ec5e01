"""Opens dashboards in Chromium as a person does, and says what is drawn; Superset's Python runs it.

python screenshot.py ROOT USER PASSWORD SLUG=FILE.png … prints {slug: {title: what is there}}.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

WIDTH, HIGHEST = 1400, 12_000

CHARTS = """
Object.fromEntries([...document.querySelectorAll('.dashboard-component-chart-holder')].map(chart =>
[
    chart.querySelector('[data-test=editable-title]')?.innerText?.trim(),
    chart.querySelector('.loading, [aria-label=Loading]') ? 'loading'
    : chart.querySelector('[role=alert]') ? chart.querySelector('[role=alert]').innerText
    : chart.querySelector('canvas, svg.datamap, table tbody tr') ? 'drawn'
    : chart.innerText.includes('No results') ? 'no results' : 'nothing',
]))
"""


class Page:
    """A page of a browser, by Chromium's own protocol."""

    def __init__(self, port: str) -> None:
        pages = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=30))
        [address] = [page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page"]
        self._socket = websocket.create_connection(address, timeout=120)
        self._count = 0

    def call(self, method: str, **parameters: object) -> dict:
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while (answer := json.loads(self._socket.recv())).get("id") != self._count:
            pass
        return answer["result"]

    def ask(self, script: str) -> object:
        asked = {"expression": script, "returnByValue": True, "awaitPromise": True}
        return self.call("Runtime.evaluate", **asked)["result"].get("value")

    def wait(self, script: str, seconds: int = 120) -> None:
        end = time.monotonic() + seconds
        while not self.ask(script):
            if time.monotonic() > end:
                raise TimeoutError(f"{script}: {self.ask('document.body.innerText')}")
            time.sleep(0.5)

    def log_in(self, root: str, user: str, password: str) -> None:
        self.call("Page.navigate", url=f"{root}/login/")
        self.wait("document.querySelector('button[type=submit]') !== null")
        for name, text in (("username", user), ("password", password)):
            self.ask(f"document.querySelector('#{name}').focus()")
            self.call("Input.insertText", text=text)
        self.ask("document.querySelector('button[type=submit]').click()")
        self.wait("!location.pathname.startsWith('/login')")

    def look_at(self, address: str) -> tuple[dict, bytes]:
        """What each chart of a dashboard has come to, and a picture of all."""
        self.resize(1000)
        self.call("Page.navigate", url=address)
        self.wait("document.querySelectorAll('.dashboard-component-chart-holder').length > 0")
        self.resize(HIGHEST)  # charts are drawn where they are seen
        self.wait(f"!Object.values({CHARTS}).some(it => it === 'loading' || it === 'nothing')")
        charts = self.ask(CHARTS)
        lowest = self.ask(
            "Math.max(...[...document.querySelectorAll('.dashboard-component-chart-holder')]"
            ".map(chart => chart.getBoundingClientRect().bottom))"
        )
        self.resize(min(int(lowest) + 40, HIGHEST))
        time.sleep(2)  # animations end
        return charts, base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def resize(self, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=WIDTH, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip


def main(root: str, user: str, password: str, *wanted: str) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"
    with tempfile.TemporaryDirectory() as profile:
        process = subprocess.Popen(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", "--remote-debugging-port=0",
             "--remote-allow-origins=*", f"--user-data-dir={profile}", "about:blank"],
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            port = Path(profile) / "DevToolsActivePort"
            while not port.exists() or "\n" not in port.read_text():
                time.sleep(0.1)
            page = Page(port.read_text().split()[0])
            page.log_in(root, user, password)
            found = {}
            for slug, _, path in (name.partition("=") for name in wanted):
                found[slug], picture = page.look_at(f"{root}/superset/dashboard/{slug}/")
                Path(path).write_bytes(picture)
            print(json.dumps(found))
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
