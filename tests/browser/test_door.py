"""Coming in, in a real browser: invitation, passkey, authenticator app, devices, a token."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from itertools import count

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch, ready

PASSWORD = "a quiet green valley"
SECOND = 30.0
numbers = count(1)


@pytest.fixture
def newcomer(visit: Callable[..., Page], watch: Watch) -> Callable[[], Page]:
    """Somebody invited by the administrator, who has come in by the link of the mail."""

    def come_in() -> Page:
        number = next(numbers)
        address = f"newcomer{number}@zhida.example"
        admin = ready(visit("admin", "/people/invite/"))
        admin.locator("main [name=email]").fill(address)
        admin.locator("main [name=name]").fill(f"Newcomer {number}")
        admin.locator("main [name=role]").select_option("engineer")
        admin.get_by_role("button", name="Send the invitation").click()
        expect(admin.locator("h1")).to_contain_text(f"Newcomer {number}")
        link = mailed_link(admin, address)
        page = watch.open()
        page.goto(link)
        expect(page.locator("main")).to_contain_text(address)
        page.locator("main [name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Come in").click()
        page.wait_for_url(lambda url: "/accept/" not in url)
        return page

    return come_in


def mailed_link(admin: Page, address: str) -> str:
    """The link of the newest mail to an address, in the demo's mailbox."""
    row = admin.locator("tr", has_text=address)
    deadline = time.monotonic() + SECOND
    while time.monotonic() < deadline:
        admin.goto("/notifications/mailbox")
        if row.count():
            break
        time.sleep(0.5)
    row.first.locator("a").click()
    text = admin.locator("main").inner_text()
    found = re.search(r"https?://\S+/accept/\S+", text)
    assert found, text
    return found.group(0)


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")


def sign_in(page: Page, address: str) -> None:
    page.get_by_label("E-mail address").fill(address)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def address_of(page: Page) -> str:
    page.goto("/accounts/2fa/")
    return page.locator(".fact dd").first.inner_text().strip()


def test_a_passkey_is_made_and_lets_in_without_a_password(newcomer):
    page = newcomer()
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    page.goto("/accounts/2fa/webauthn/add/")
    expect(page.locator("main")).to_contain_text("It will work at zhida.localhost")
    page.get_by_label("Name of the key").fill("Laptop")
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url("**/recovery-codes/")
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto("/accounts/2fa/webauthn/")
    expect(page.locator("main")).to_contain_text("Laptop")
    expect(page.get_by_role("cell", name="Passkey", exact=True)).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto("/me/")
    expect(page.locator("h1")).to_contain_text("My settings")


def test_an_app_is_set_up_and_asked_for(newcomer, watch):
    page = newcomer()
    address = address_of(page)
    page.goto("/accounts/2fa/totp/activate/")
    page.get_by_text("Can't scan it?").click()
    secret = page.locator("details code").inner_text()
    step = int(time.time()) // 30
    page.get_by_label("Code").fill(format_hotp_value(hotp_value(secret, step)))
    page.get_by_role("button", name="Turn it on").click()
    page.wait_for_url("**/recovery-codes/")
    recovery = page.locator(".codes code").first.inner_text()
    sign_out(page)
    sign_in(page, address)
    page.wait_for_url("**/2fa/authenticate/")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("main")).to_contain_text("Incorrect code")
    page.get_by_label("Code").fill(format_hotp_value(hotp_value(secret, step + 1)))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    lost = watch.open()  # the phone is gone: one of the codes on paper
    lost.goto("/accounts/login/")
    sign_in(lost, address)
    lost.get_by_label("Code").fill(recovery)
    lost.get_by_role("button", name="Sign in", exact=True).click()
    lost.wait_for_url(lambda url: "/accounts/" not in url)


def test_another_device_is_signed_out_from_here(newcomer, watch):
    page = newcomer()
    other = watch.open()
    other.goto("/accounts/login/")
    sign_in(other, address_of(page))
    other.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto("/me/sessions/")
    page.get_by_role("button", name="End all others").click()
    expect(page.locator("main")).to_contain_text(
        "You are not signed in on any other device."
    )
    other.goto("/me/")
    expect(other).to_have_url(re.compile("/accounts/login/"))


def test_a_wrong_password_says_so_and_keeps_the_address(watch):
    page = watch.open()
    page.goto("/accounts/login/")
    sign_in(page, "nobody@zhida.example")
    expect(page.locator("[role=alert]").first).to_contain_text("password is wrong")
    expect(page.get_by_label("E-mail address")).to_have_value("nobody@zhida.example")


def test_a_used_link_is_gone(visit, newcomer, watch):
    page = newcomer()
    link = mailed_link(visit("admin", "/me/"), address_of(page))
    watch.allow("404")
    stranger = watch.open()
    stranger.goto(link)
    expect(stranger.locator("h1")).to_contain_text("This link does not work")


def test_the_pages_of_the_door_pass_axe(newcomer, watch, axe):
    """Those that the walk over all pages can't reach: they need a state of their own."""
    watch.allow("404")
    page = newcomer()
    page.goto("/accounts/2fa/totp/activate/")
    addresses = [
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/logout/",
        "/accounts/reauthenticate/",
    ]
    found = []
    for path in addresses:
        page.goto(path)
        found += violations(page, axe)
    sign_out(page)
    for path in ("/accounts/login/", "/accounts/password/reset/", "/accept/none/"):
        page.goto(path)
        found += violations(page, axe)
    assert found == []


def violations(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    result = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [f"{page.url}: {one['id']} {one['help']}" for one in result["violations"]]
