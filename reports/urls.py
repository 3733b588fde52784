"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("tickets/", views.tickets, name="tickets"),
    path("wall/", views.wall, name="wall"),
    path("health/", views.health, name="health"),
]
