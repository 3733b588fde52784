"""What a browser calls itself, in the few words by which its owner knows it."""

from __future__ import annotations

import re

#: Looked for in this order: browsers name those that they imitate as well.
BROWSERS = (
    (r"MicroMessenger/", "WeChat"),
    (r"DingTalk/", "DingTalk"),
    (r"wxwork/", "WeCom"),
    (r"Edg(?:e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"HuaweiBrowser/", "Huawei Browser"),
    (r"MiuiBrowser/", "Mi Browser"),
    (r"QQBrowser/", "QQ Browser"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"(?:Headless)?Chrome/|CriOS/", "Chrome"),
    (r"Version/[\d.]+.*Safari/", "Safari"),
)
SYSTEMS = (
    (r"HarmonyOS|OpenHarmony", "HarmonyOS"),
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "macOS"),
    (r"CrOS", "ChromeOS"),
    (r"Linux|X11", "Linux"),
)


def describe(agent: str) -> str:
    """ "Firefox · Windows"; the first words of what is not known; "" for nothing."""
    names = [_first(BROWSERS, agent), _first(SYSTEMS, agent)]
    known = [name for name in names if name]
    return " · ".join(known) if known else agent[:40]


def _first(patterns: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for sign, name in patterns if re.search(sign, agent)), "")
