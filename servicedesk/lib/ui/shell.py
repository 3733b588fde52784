"""What every page needs around its content: tenant, person, navigation, theme, language.

Nothing here asks the database by itself: it reads what the middleware has put on the
request (``request.tenant``, ``request.actor``, ``request.membership``, ``request.now``),
and only when a template asks. The rest is named in ``settings.UI``::

    UI = {
        "NAVIGATION": "servicedesk.navigation.NAVIGATION",  # tuple of NavSection
        "INBOX": "notifications.bell.inbox",  # (request) -> Inbox
        "URLS": {"search": "tickets:search"},  # other names than the defaults
    }
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from servicedesk.lib.ui.nav import NavLink, NavSection, links, safe_reverse
from servicedesk.lib.ui.words import script_words

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
PHONE_ITEMS = 4

#: URL names that the frame of the page links to; a name that does not exist is left out.
URLS = {
    "home": "home",
    "search": "tickets:search",
    "inbox": "notifications:inbox",
    "bell": "notifications:bell",
    "pulse": "pulse",
    "tenant_css": "tenant-css",
    "tenant_logo": "tenant-logo",
    "language": "set_language",
    "theme": "set_theme",
    "settings": "people:settings",
    "security": "mfa_index",
    "login": "account_login",
    "logout": "account_logout",
    "manifest": "manifest",
}

#: Names of the languages in themselves, with the tag for the lang attribute.
LANGUAGES = (("zh-hans", "zh-Hans", "简体中文"), ("en", "en", "English"))


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, as the frame shows it."""

    name: str
    role: Any = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the bell shows: how many are unread, and the version of the pulse topic.

    ``newest`` is the id of the last message: what comes after it is worth a toast.
    """

    unread: int = 0
    version: str = ""
    topic: str = "inbox"
    newest: int = 0


class Shell:
    """``{{ ui }}`` in templates. Everything is worked out when first asked for."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def lang(self) -> str:
        """The active language as a BCP 47 tag: zh-Hans or en."""
        active = (get_language() or settings.LANGUAGE_CODE).lower()
        return "zh-Hans" if active.startswith("zh") else active

    @cached_property
    def languages(self) -> list[dict[str, Any]]:
        """Languages to choose from: code, tag, name in itself, whether it is active."""
        return [
            {"code": code, "tag": tag, "name": name, "active": tag == self.lang}
            for code, tag, name in LANGUAGES
        ]

    @cached_property
    def theme(self) -> str:
        """The theme the person chose: auto, light or dark."""
        user = getattr(self.request, "user", None)
        kept = getattr(user, "theme", "") if self.actor else ""
        chosen = kept or self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else "auto"

    @cached_property
    def themes(self) -> list[dict[str, Any]]:
        """Themes to choose from."""
        words = {
            "auto": (_("Same as the device"), "device-desktop"),
            "light": (_("Light"), "sun"),
            "dark": (_("Dark"), "moon"),
        }
        return [
            {"value": key, "label": label, "icon": icon, "active": key == self.theme}
            for key, (label, icon) in words.items()
        ]

    @cached_property
    def now(self) -> str:
        """The server's time, by which the browser corrects its own clock."""
        instant = getattr(self.request, "now", None) or timezone.now()
        return str(instant.isoformat(timespec="milliseconds"))

    @cached_property
    def tenant(self) -> Any:
        """The tenant of the request or None; shown: ``name``, ``logo_sha256``."""
        return getattr(self.request, "tenant", None)

    @cached_property
    def actor(self) -> Any:
        """Who acts, or None where nobody is signed in."""
        return getattr(self.request, "actor", None)

    @cached_property
    def person(self) -> Person | None:
        """Who is signed in, or None."""
        if self.actor is None:
            return None
        membership = getattr(self.request, "membership", None)
        role = getattr(membership, "get_role_display", None)
        user = getattr(self.request, "user", None)
        return Person(
            name=self.actor.name,
            role=role() if callable(role) else "",
            email=getattr(user, "email", ""),
        )

    @cached_property
    def nav(self) -> list[tuple[Any, list[NavLink]]]:
        """The navigation this person may open: pairs of heading and links."""
        if self.person is None:
            return []
        sections: tuple[NavSection, ...] = _hook("NAVIGATION") or ()
        return links(sections, path=self.request.path, can=self.can)

    @cached_property
    def phone_nav(self) -> list[NavLink]:
        """The few entries of the bar at the bottom of a phone."""
        every = [link for _, entries in self.nav for link in entries]
        return [link for link in every if link.item.phone][:PHONE_ITEMS]

    @cached_property
    def inbox(self) -> Inbox:
        """Notifications not read yet."""
        hook = _hook("INBOX")
        return hook(self.request) if hook and self.person else Inbox()

    @cached_property
    def words(self) -> dict[str, Any]:
        """What the scripts say, translated."""
        return script_words()

    @cached_property
    def urls(self) -> dict[str, str]:
        """Addresses of what the frame links to; "" where there is none."""
        names = URLS | _setting("URLS", {})
        return {key: safe_reverse(name) for key, name in names.items()}

    def can(self, permission: str) -> bool:
        """Whether the person of the request has a permission."""
        return self.actor is not None and bool(self.actor.may(permission))


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``ui`` in every template."""
    return {"ui": Shell(request)}


def _setting(key: str, default: Any) -> Any:
    return getattr(settings, "UI", {}).get(key, default)


def _hook(key: str) -> Any:
    path = _setting(key, None)
    return import_string(path) if isinstance(path, str) else path
