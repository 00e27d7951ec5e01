"""What `wikilake explain` leaves behind when it is killed."""

from __future__ import annotations

import random
import subprocess
import time
from pathlib import Path

from conftest import BIN, PROJECT
from test_explain import MARKED, MARKS, left_by, line, private_lake

from wikilake.project import sandbox


def test_a_killed_explanation_leaves_nothing_and_nobody_sees_its_request(lake):
    private_lake(lake)
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(3):
        sandbox.clear_abandoned()
        asked = subprocess.Popen(
            [BIN / "wikilake", "explain", line(**MARKED)], cwd=PROJECT, env=lake.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 60
        seen: list[Path] = []
        while not seen and time.monotonic() < until and asked.poll() is None:
            time.sleep(0.05)
            seen = [p for p in sandbox.MEMORY.glob(f"{sandbox.PREFIX}*/raw") if p.is_dir()]
        assert seen, "the request was being explained"
        process = Path(f"/proc/{asked.pid}")
        for name in ("cmdline", "environ"):
            assert not any(mark in (process / name).read_bytes() for mark in MARKS)
        time.sleep(chance.uniform(0, 4))
        asked.kill()
        asked.wait()
        assert left_by(lake) == []
    sandbox.clear_abandoned()
    assert not [folder for folder in seen if folder.exists()]
