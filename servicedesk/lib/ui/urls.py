"""The style guide; included where DEBUG is on: path("ui/", include("servicedesk.lib.ui.urls"))."""

from __future__ import annotations

from django.urls import path

from servicedesk.lib.ui import styleguide

app_name = "ui"
urlpatterns = [path("styleguide", styleguide.page, name="styleguide")]
