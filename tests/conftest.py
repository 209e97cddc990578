"""What every test runs under: offline libraries, a guard on the network, one real engine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from network_guard import NetworkGuard
from rag.offline import keep_offline

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from rag.embedding import Embedder
    from rag.engine import QueryEngine

REPOSITORY = Path(__file__).resolve().parent.parent
SEEDS = REPOSITORY / "seeds"

CHROMIUM_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

keep_offline()

# Taken out of the environment: FOOTNOTE_* are settings to the programs that tests start, and
# this is none of theirs. In CI a browser test may not be skipped, and at least one must run.
REQUIRE_BROWSER = os.environ.pop("FOOTNOTE_REQUIRE_BROWSER", "") not in ("", "0")

for _setting in [name for name in os.environ if name.startswith("FOOTNOTE_")]:
    del os.environ[_setting]  # a developer's own settings must not decide a test

_guard = NetworkGuard().install()


@pytest.fixture(autouse=True)
def network_guard() -> Iterator[NetworkGuard]:
    """Fails any test that reaches for another machine, also when the code swallowed the error."""
    _guard.contacted.clear()
    _guard.outside.clear()
    _guard.watching = True
    yield _guard
    _guard.watching = False
    assert not _guard.outside, f"reached for the network: {_guard.outside}"


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The real default embedder, loaded once."""
    from rag.embedding import load_embedder

    return load_embedder("all-MiniLM-L6-v2")


@pytest.fixture(scope="session")
def seeds_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryEngine]:
    """A real engine over ``seeds/``, its index in a temporary folder. Ask it; do not change it."""
    from rag.engine import QueryEngine

    engine = QueryEngine.from_articles(SEEDS, index=tmp_path_factory.mktemp("seeds-index"))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium; it ends with its module, so that async tests find no running loop."""
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium")
    if executable is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("chromium is not installed, and in CI the browser tests must run")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Where browser tests are required, a skipped one has failed."""
    report: pytest.TestReport = yield
    if REQUIRE_BROWSER and report.skipped and item.get_closest_marker("browser"):
        report.outcome = "failed"
        report.longrepr = f"a browser test was skipped where it is required: {report.longrepr}"
    return report


def pytest_collection_finish(session: pytest.Session) -> None:
    """Where browser tests are required, a suite without any is an error."""
    if REQUIRE_BROWSER and not any(i.get_closest_marker("browser") for i in session.items):
        raise pytest.UsageError("browser tests are required, and none was collected")
