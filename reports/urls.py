"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from reports import views
from reports.queries.standing import AT_RISK, MISSED, OPEN

app_name = "reports"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("tickets/", views.tickets, name="tickets"),
    path("open/", views.standing_list, {"what": OPEN}, name="open"),
    path("at-risk/", views.standing_list, {"what": AT_RISK}, name="at_risk"),
    path("missed/", views.standing_list, {"what": MISSED}, name="missed"),
    path("unanswered/", views.unanswered, name="unanswered"),
    path("wall/", views.wall, name="wall"),
    path("health/", views.health, name="health"),
]
