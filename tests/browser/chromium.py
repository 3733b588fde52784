"""Where Chromium is and how it is started: no sandbox (root in containers), no calls home."""

from __future__ import annotations

import os

from servicedesk.local.suite import find_browser

#: What a whole Chromium does unasked: the first three load two pages for the address bar of
#: each window. The last list of features counts, so what Playwright switches off is here too.
UNASKED = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
CALM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    f"--disable-features={','.join(UNASKED)}",
]


def find() -> str:
    """The browser that CHROMIUM names, or the first on this machine."""
    return find_browser() or os.environ.get("CHROMIUM", "chromium")
