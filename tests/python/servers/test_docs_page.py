"""The documentation opens in a real browser."""

import re
import shutil
import subprocess

import pytest


def test_the_docs_are_one_page_that_opens_in_a_real_browser(built_sample, tmp_path):
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("chromium is not installed")
    made = built_sample.dbt("docs", "generate", "--static")
    assert made.returncode == 0, made.stdout
    page = built_sample.folder / "target" / "static_index.html"
    address = f"file://{page}#!/model/model.wikilake.pageview_hourly"
    shown = subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={tmp_path}", "--virtual-time-budget=20000", "--dump-dom", address,
        ],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    visible = re.sub(r"<script.*?</script>", "", shown.stdout, flags=re.DOTALL)
    assert "pageview_hourly" in visible
    assert "view_count" in visible, "the columns of the table are shown"
