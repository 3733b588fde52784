"""Addresses of the kit itself: ``path("ui/", include("servicedesk.lib.ui.urls"))``."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from servicedesk.lib.ui import views

app_name = "ui"
urlpatterns = [path("theme", views.theme, name="theme")]

if settings.DEBUG:
    from servicedesk.lib.ui import styleguide

    urlpatterns += [path("styleguide", styleguide.page, name="styleguide")]
