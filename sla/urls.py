"""Addresses of service standards and calendars, under ``standards/``."""

from __future__ import annotations

from django.urls import path

from sla.views import calendars, publishing, reading

app_name = "sla"

urlpatterns = [
    path("", reading.standard_list, name="list"),
    path("import/", publishing.standard_import, name="import"),
    path("calendars/", calendars.calendar_list, name="calendars"),
    path("calendars/<int:pk>/", calendars.calendar_detail, name="calendar"),
    path(
        "calendars/<int:pk>/revise/", calendars.calendar_revise, name="calendar_revise"
    ),
    path("calendars/<int:pk>/renew/", calendars.calendar_renew, name="calendar_renew"),
    path("<int:pk>/", reading.standard_detail, name="detail"),
    path("<int:pk>/compare/", reading.standard_compare, name="compare"),
    path("<int:pk>/publish/", publishing.standard_publish, name="publish"),
    path("<int:pk>/default/", publishing.standard_set_default, name="set_default"),
    path("<int:pk>/v<int:number>/", reading.standard_detail, name="version"),
    path("<int:pk>/v<int:number>/file/", reading.standard_download, name="download"),
]
