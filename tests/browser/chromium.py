"""Where Chromium is and how it is started: no sandbox (root in containers), no calls home."""

from __future__ import annotations

import os

from servicedesk.local.suite import find_browser

CALM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    # Each window of a whole Chromium would load two pages for its address bar. The last list
    # of features counts: what Playwright switches off is named again.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,OptimizationHints,NetworkTimeServiceQuerying,"
    "PreconnectToSearch",
]


def find() -> str:
    """The browser that CHROMIUM names, or the first on this machine."""
    return find_browser() or os.environ.get("CHROMIUM", "chromium")
