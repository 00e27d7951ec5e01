"""Texts and JSON for a terminal have no control characters; one module alone prints."""

from __future__ import annotations

import json
import re

from conftest import PROJECT
from test_terminal import FORBIDDEN, HOSTILE

from wikilake.terminal import json_text, plain, plain_lines


def test_texts_lose_control_characters_and_nothing_else():
    assert plain(HOSTILE) == "a[/b][link=http://x]:smile:[31m]0;t1mbc"
    assert plain("a\r\nb\tc\u2028d") == "a b c d"
    assert plain_lines("a\nb\x1b\r\nc") == "a\nb\nc"
    kept = "Zürich 日本 👩‍👩‍👧 می‌خواهم \u200f"
    assert plain(kept) == kept
    every = "".join(map(chr, range(0x110000)))
    assert not FORBIDDEN.search(plain(every))
    plain(every).encode()


def test_json_escapes_control_characters_as_json_does():
    value = {"user_text": HOSTILE, "half": "\ud800", "kept": "Zürich"}
    text = json_text(value)
    assert json.loads(text) == value
    assert not FORBIDDEN.search(text) and "Zürich" in text
    text.encode()


def test_only_one_module_prints():
    """Benchmarks print what they measured, and the line reader's child its figures."""
    printing = re.compile(r"click\.s?echo\(|(?<![\w.])print\(|rich import print|[^\w]Console\(")
    found = {
        path.name
        for path in (PROJECT / "wikilake").glob("*.py")
        if printing.search(path.read_text())
    }
    assert found - {"import_bench.py"} == {"terminal.py"}
    assert "from_markup" not in "".join(p.read_text() for p in (PROJECT / "wikilake").glob("*.py"))
