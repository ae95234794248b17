"""Makes sure of a browser for the page tests: `python -m tests.browser` finds or installs one, or says what to do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CANDIDATES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


def found() -> str | None:
    """The browser to give Playwright as `executable_path`; None when only Playwright's own, or none, is there."""
    given = os.environ.get("JIUZHU_TEST_BROWSER")
    return next((path for path in (given, *CANDIDATES) if path and Path(path).exists()), None)


def playwrights_own() -> bool:
    """Whether Playwright has downloaded its Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def installed() -> bool:
    return found() is not None or playwrights_own()


def _try(*command: str) -> None:
    """Run an installer; its failure is not ours to judge, `installed` is asked afterwards."""
    sys.stdout.write(f"  {' '.join(command)}\n")
    sys.stdout.flush()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)


def main() -> int:
    if installed():
        return 0
    sys.stdout.write("页面测试需要浏览器，正在安装 …\n")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _try("apt-get", "update", "-qq")
        _try("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
    if not installed():
        _try(sys.executable, "-m", "playwright", "install", "chromium-headless-shell")
    if installed():
        return 0
    sys.stderr.write(
        "没有浏览器，页面测试无法运行。请安装 Chromium（Debian：apt-get install chromium），\n"
        "或用 JIUZHU_TEST_BROWSER=/path/to/chromium 指出已有的浏览器。\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
