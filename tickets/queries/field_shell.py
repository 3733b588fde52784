"""The frame of the engineer's app: its files, its manifest, its icon."""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache
from typing import Any, Final

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from PIL import Image, ImageDraw

from tenants.models import Tenant

#: What the app is made of, besides its shell; a test compares it with the folder.
SCRIPTS: Final = (
    "acts",
    "clocks",
    "day-view",
    "db",
    "dom",
    "forms",
    "job-view",
    "leave",
    "main",
    "outbox",
    "outbox-view",
    "photo",
    "position",
    "scan",
    "sign-view",
    "state",
    "time",
)
FILES: Final = (
    "vendor/tabler.min.css",
    "vendor/icons.svg",
    "vendor/qr/decode.js",
    "vendor/qr/index.js",
    "css/base.css",
    "css/kit.css",
    "css/field.css",
    "img/icon.svg",
    "img/mark.svg",
    "js/canonical.js",
    "js/clock.js",
    "js/servertime.js",
    "js/signature.js",
    "js/words.js",
    *(f"js/field/{name}.js" for name in SCRIPTS),
)
#: Sides of the icon in pixels: of a home screen (Apple's, Android's), of a splash screen.
SIZES: Final = (180, 192, 512)


def assets() -> list[str]:
    """The addresses of the files that the service worker keeps."""
    return [*(static(name) for name in FILES), reverse("tenant-css")]


def version(shell: str) -> str:
    """Changes with every file and with the shell, and with nothing else."""
    digest = hashlib.sha256(shell.encode())
    digest.update(static("js/field/worker.js").encode())
    for address in assets():
        digest.update(address.encode())
    if not hasattr(staticfiles_storage, "hashed_name"):  # addresses without content
        for name in FILES:
            found = finders.find(name)
            digest.update(_content(str(found)) if found else b"")
    return digest.hexdigest()[:20]


def _content(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - a path of the finders
        return hashlib.sha256(file.read()).digest()


def manifest(tenant: Tenant) -> dict[str, Any]:
    """The web app manifest, with the company's name and colour."""
    return {
        "id": reverse("field:shell"),
        "name": f"{pgettext('phone application', 'On site')} · {tenant.name}",
        "short_name": pgettext("phone application", "On site"),
        "lang": "zh-Hans" if (get_language() or "").startswith("zh") else "en",
        "start_url": reverse("field:shell"),
        "scope": reverse("field:shell"),
        "display": "standalone",
        "background_color": "#f5f7f9",
        "theme_color": tenant.accent,
        "icons": [
            {
                "src": reverse("field:icon", args=[size]),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size in SIZES[1:]
            for purpose in ("any", "maskable")
        ],
    }


@lru_cache(maxsize=64)
def icon(size: int, accent: str) -> bytes:
    """Our mark on the company's colour; drawn large and made small, so that it is smooth."""
    side = 4 * size
    image = Image.new("RGB", (side, side), accent)
    draw = ImageDraw.Draw(image)
    unit = side / 48  # the mark keeps to the middle: what a mask may cut off is ground
    width = round(3.4 * unit)
    circle = [12 * unit, 12 * unit, 36 * unit, 36 * unit]
    draw.arc(circle, start=-90, end=200, fill="white", width=width)
    hook = [
        (18.4 * unit, 24.5 * unit),
        (22.4 * unit, 28.5 * unit),
        (30.4 * unit, 20.5 * unit),
    ]
    draw.line(hook, fill="white", width=width, joint="curve")
    for x, y in (hook[0], hook[-1]):
        radius = width / 2
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill="white")
    target = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(
        target, "PNG", optimize=True
    )
    return target.getvalue()
