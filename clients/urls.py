"""Addresses of the register, under ``register/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from clients import kinds
from clients.kinds import Kind
from clients.views import contacts, picks
from clients.views.register import (
    View,
    create_view,
    detail_view,
    edit_view,
    list_view,
    use_view,
)

app_name = "clients"


def pages_of(kind: Kind, prefix: str) -> list[URLPattern]:
    """The addresses that every kind of record has."""

    def named(address: str, view: View, name: str) -> URLPattern:
        return path(f"{prefix}/{address}", view, name=name.partition(":")[2])

    return [
        named("", list_view(kind), kind.list_url),
        named("new/", create_view(kind), kind.url_name("create")),
        named("<int:pk>/", detail_view(kind), kind.detail_url),
        named("<int:pk>/edit/", edit_view(kind), kind.url_name("edit")),
        named(
            "<int:pk>/out-of-use/",
            use_view(kind, back_into_use=False),
            kind.url_name("deactivate"),
        ),
        named(
            "<int:pk>/into-use/",
            use_view(kind, back_into_use=True),
            kind.url_name("reactivate"),
        ),
    ]


urlpatterns = [
    *pages_of(kinds.CLIENT, "clients"),
    *pages_of(kinds.SITE, "sites"),
    *pages_of(kinds.CONTACT, "contacts"),
    *pages_of(kinds.PROJECT, "projects"),
    *pages_of(kinds.EQUIPMENT, "equipment"),
    path(
        "contacts/<int:pk>/invite/",
        contacts.contact_invite,
        name="contact_invite",
    ),
    path(
        "contacts/<int:pk>/end-sign-in/",
        contacts.contact_end_sign_in,
        name="contact_end_sign_in",
    ),
    path(
        "contacts/<int:pk>/resume-sign-in/",
        contacts.contact_resume_sign_in,
        name="contact_resume_sign_in",
    ),
    path("pick/client/", picks.pick_client, name="pick_client"),
    path("pick/contact/", picks.pick_contact, name="pick_contact"),
    path("pick/project/", picks.pick_project, name="pick_project"),
    path("pick/equipment/", picks.pick_equipment, name="pick_equipment"),
]
