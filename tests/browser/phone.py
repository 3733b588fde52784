"""A phone: a Chromium with a profile of its own that can be killed and comes back."""

from __future__ import annotations

import io
import random
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import segno
from PIL import Image
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import FilePayload, Page, Playwright, expect

from tests.browser.chromium import CALM, find
from tests.world import PASSWORD

#: What the app keeps, as it says itself.
KEPT = """async () => {
  const { items } = await import("/static/js/field/outbox.js");
  return (await items()).map(({ uid, order, verb, state, sha256, values, problem, member }) =>
    ({ uid, order, verb, state, sha256, values, problem, member }));
}"""


def picture(number: int, size: tuple[int, int] = (800, 600)) -> FilePayload:
    """A photo that is like no other."""
    noise = random.Random(number)
    small = Image.new("RGB", (40, 30))
    small.putdata([tuple(noise.randbytes(3)) for _ in range(40 * 30)])
    target = io.BytesIO()
    small.resize(size).save(target, "JPEG", quality=85)
    name = f"camera-{number}.jpg"
    return {"name": name, "mimeType": "image/jpeg", "buffer": target.getvalue()}


def film(text: str, path: Path) -> Path:
    """What a camera sees that is held before a label with this text; a raw video."""
    code = io.BytesIO()
    segno.make_qr(text, error="m").save(code, kind="png", scale=6, border=4)
    label = Image.open(code).convert("L")
    scene = Image.new("L", (640, 480), 150)
    scene.paste(label, ((640 - label.width) // 2, (480 - label.height) // 2))
    frame = b"FRAME\n" + scene.tobytes() + bytes([128]) * (640 * 480 // 2)
    path.write_bytes(b"YUV4MPEG2 W640 H480 F5:1 Ip C420jpeg\n" + frame * 5)
    return path


class Phone:
    """Opened, switched offline, killed and opened again; what it keeps stays."""

    def __init__(
        self,
        playwright: Playwright,
        folder: Path,
        address: str,
        camera: Path | None = None,
    ) -> None:
        self.playwright, self.folder, self.address = playwright, folder, address
        self.camera = camera
        self.context: Any = None
        self.page: Page = None
        self.wrong: list[str] = []

    def open(
        self, *, offline: bool = False, path: str = "/field/", sync: bool = False
    ) -> Page:
        """Start the browser and open the app; without a network it comes from the phone.

        ``sync``: the browser may wake the app's worker up, which has the machine's own
        network: a test can only switch off that of pages.
        """
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.folder),
            executable_path=find(),
            args=[*CALM, *self._eyes()],
            viewport={"width": 360, "height": 780},
            base_url=self.address,
            locale="en-GB",
            permissions=["geolocation"],
            geolocation={"latitude": 38.48712, "longitude": 106.23091, "accuracy": 12},
        )
        self.context.set_default_timeout(20_000)
        self.page = self.context.pages[0]
        if not sync:
            self._never_wake()
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        if offline:
            self.offline()
        self.page.goto(path)
        return self.page

    def _eyes(self) -> list[str]:
        """Switches for a camera that sees a film; the person has allowed it."""
        if self.camera is None:
            return []
        return [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={self.camera}",
        ]

    def _never_wake(self) -> None:
        denied = {"permission": {"name": "background-sync"}, "setting": "denied"}
        line = self.context.new_cdp_session(self.page)
        line.send("Browser.setPermission", {"origin": self.address, **denied})

    def sign_in(self, name: str) -> None:
        """Sign in on the page of the site."""
        page = self.page
        page.goto("/accounts/login/?next=/field/")
        page.get_by_label("E-mail").fill(name)
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/field/")
        page.locator("html[data-worker=ready]").wait_for()
        page.locator(".field-job").first.wait_for()

    def offline(self, *, yes: bool = True) -> None:
        self.context.set_offline(yes)

    def close(self) -> None:
        """As a person does; what the browser has in mind is written down."""
        if self.context:
            self.context.close()
        self.context = None

    def kill(self) -> None:
        """kill -9, in the middle of whatever it is doing."""
        mark = f"--user-data-dir={self.folder}"
        for process in psutil.process_iter(["cmdline"]):
            if mark in (process.info["cmdline"] or []):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        with suppress(PlaywrightError):
            self.context.close()
        self.context = None

    # -- what is kept --------------------------------------------------------------------

    def kept(self) -> list[dict[str, Any]]:
        """Every act on the phone."""
        found: list[dict[str, Any]] = self.page.evaluate(KEPT)
        return found

    def all_sent(self, seconds: float = 60) -> None:
        """Wait until nothing is left to send; fails with what was refused."""
        until = time.monotonic() + seconds
        while True:
            open_ones = [i for i in self.kept() if i["state"] != "arrived"]
            if not open_ones:
                return
            refused = [i for i in open_ones if i["state"] == "refused"]
            assert not refused, refused
            assert time.monotonic() < until, open_ones
            self.page.wait_for_timeout(100)

    # -- what a thumb does ---------------------------------------------------------------

    def job(self, purpose: str) -> None:
        """Open a job from the day."""
        self.page.evaluate("location.hash = '#/'")
        self.page.locator(".field-job", has_text=purpose).click()
        expect(self.page.locator("h1")).to_have_text(purpose)

    def step(self, word: str) -> None:
        """The one large button."""
        self.page.locator(".field-big", has_text=word).click()

    def sheet(self, opener: str, send: str, **values: str) -> None:
        """Open a sheet, fill it in, keep it."""
        self.page.get_by_role("button", name=opener, exact=True).click()
        self.fill(send, **values)

    def fill(self, send: str, **values: str) -> None:
        dialog = self.page.locator("dialog[open]")
        for name, value in values.items():
            control = dialog.locator(f"[name={name}]")
            if control.first.get_attribute("type") == "radio":
                dialog.locator(f"[name={name}][value={value}]").check()
            else:
                control.fill(value)
        dialog.get_by_role("button", name=send, exact=True).click()
        expect(dialog).to_have_count(0)

    def photo(self, *files: FilePayload, button: str = "Photo after") -> None:
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name=button).click()
        chooser.value.set_files(list(files))

    def draw(self) -> None:
        """A finger on the glass."""
        pad = self.page.locator("canvas")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        mouse = self.page.mouse
        mouse.move(box["x"] + 30, box["y"] + 90)
        mouse.down()
        for step in range(1, 8):
            mouse.move(box["x"] + 30 + 30 * step, box["y"] + (40 if step % 2 else 120))
        mouse.up()
