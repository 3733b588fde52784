"""Addresses of the engineer's app, under field/: the scope of its service worker."""

from __future__ import annotations

from django.urls import URLPattern, path

from tickets.views import field

app_name = "field"
urlpatterns: list[URLPattern] = [
    path("", field.shell, name="shell"),
    path("sw.js", field.worker, name="worker"),
    path("app.webmanifest", field.app_manifest, name="manifest"),
    path("icon-<int:size>.png", field.app_icon, name="icon"),
    path("day", field.day, name="day"),
    path("items", field.items, name="items"),
]
