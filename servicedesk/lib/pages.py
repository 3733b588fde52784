"""How a view says who may use it. Permission is data on the view, checked in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.decorators.http import require_http_methods

#: For views that anybody may see, also without signing in.
PUBLIC = "public"

View = TypeVar("View", bound=Callable[..., Any])

#: Views of libraries that cannot carry the attribute; they guard themselves.
FOREIGN = ("allauth.", "django.contrib.staticfiles", "django.views.static")


def page(
    permission: str, *, methods: Sequence[str] = ("GET",)
) -> Callable[[View], View]:
    """Declare a function view: the permission it needs and the methods it answers."""
    names = [*methods, "HEAD"] if "GET" in methods else list(methods)

    def declare(view: View) -> View:
        wrapped = require_http_methods(names)(view)
        wrapped.permission = permission  # type: ignore[attr-defined]
        return wrapped

    return declare


def permission_of(view: Any) -> str | None:
    """The permission that a view declares; None where it declares none."""
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    declared = getattr(view, "permission", None) or getattr(cls, "permission", None)
    return declared if isinstance(declared, str) or declared is None else "per-method"


def all_views(resolver: URLResolver | None = None) -> Iterator[tuple[str, Any]]:
    """Every (route name or pattern, view) of the site."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield entry.name or str(entry.pattern), entry.callback
        else:
            yield from all_views(entry)


def is_foreign(view: Any) -> bool:
    """Whether a view belongs to a library."""
    return str(getattr(view, "__module__", "")).startswith(FOREIGN)


def check_permissions(**_kwargs: Any) -> list[CheckMessage]:
    """Start-up check: a view without a permission fails."""
    return [
        Error(
            f"The view {name} declares no permission.",
            hint="Decorate it with @page(permission) or set the attribute `permission`.",
            id="servicedesk.E001",
        )
        for name, view in all_views()
        if permission_of(view) is None and not is_foreign(view)
    ]
