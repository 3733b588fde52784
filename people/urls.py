"""Addresses of people: coming in, one's own settings, the administrator's pages."""

from __future__ import annotations

from django.urls import include, path

from people.views import entrance

own = [
    path("accept/<str:secret>/", entrance.accept, name="accept"),
    path("new-password/<str:secret>/", entrance.new_password, name="new_password"),
    path("new-address/<str:secret>/", entrance.new_address, name="new_address"),
]

urlpatterns = [
    path("accounts/", include("people.account_urls")),
    path("people/", include((own, "people"))),
]
