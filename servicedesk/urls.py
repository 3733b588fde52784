"""All addresses."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from servicedesk import views

ROOMS = {
    "": "people.urls",  # accounts/, me/, people/, journal/, setup/, tenant.css
    "tickets/": "tickets.urls",
    "field/": "tickets.field_urls",
    "register/": "clients.urls",
    "standards/": "sla.urls",
    "notifications/": "notifications.urls",
    "documents/": "documents.urls",
    "check/": "documents.check_urls",
    "reports/": "reports.urls",
    "api/": "servicedesk.api.urls",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="set_theme"),
]
for _prefix, _module in ROOMS.items():
    if find_spec(_module):
        urlpatterns.append(path(_prefix, include(_module)))
if find_spec("servicedesk.pulse"):
    from servicedesk.pulse import presence, pulse

    urlpatterns += [
        path("pulse", pulse, name="pulse"),
        path("presence/<str:number>", presence, name="presence"),
    ]
if settings.DEBUG:
    urlpatterns.append(path("ui/", include("servicedesk.lib.ui.urls")))
