"""All addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from servicedesk import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
]
