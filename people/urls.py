"""Addresses of people: coming in, one's own settings, the administrator's pages."""

from __future__ import annotations

from django.urls import include, path

from people.views import (
    departments,
    entrance,
    journal,
    members,
    own,
    roster,
    setup,
    tokens,
)

pages = [
    path("accept/<str:secret>/", entrance.accept, name="accept"),
    path("new-password/<str:secret>/", entrance.new_password, name="new_password"),
    path("new-address/<str:secret>/", entrance.new_address, name="new_address"),
    path("me/", own.profile, name="settings"),
    path("me/absences/", own.absences, name="absences"),
    path("me/absences/<int:pk>/end/", own.absence_end, name="absence_end"),
    path("me/deputy/", own.deputy, name="deputy"),
    path("me/sessions/", own.sessions, name="sessions"),
    path("me/sessions/end/", own.session_end, name="session_end"),
    path("me/address/", own.address, name="address"),
    path("people/", members.people_list, name="list"),
    path("people/invite/", members.invite, name="invite"),
    path("people/<int:pk>/", members.person, name="person"),
    path("people/<int:pk>/edit/", members.edit, name="edit"),
    path("people/<int:pk>/deactivate/", members.deactivate, name="deactivate"),
    path("people/<int:pk>/reactivate/", members.reactivate, name="reactivate"),
    path("people/<int:pk>/resend/", members.resend, name="resend"),
    path("people/<int:pk>/revoke/", members.revoke, name="revoke"),
    path("people/<int:pk>/deputy/", members.deputy, name="deputy_of"),
    path("people/<int:pk>/absences/", members.absence_add, name="absence_of"),
    path(
        "people/<int:pk>/absences/<int:absence_pk>/end/",
        members.absence_end,
        name="absence_of_end",
    ),
    path("people/<int:pk>/skills/", roster.skills, name="skills_of"),
    path("departments/", departments.department_list, name="departments"),
    path("departments/new/", departments.department_new, name="department_new"),
    path("departments/<int:pk>/", departments.department, name="department"),
    path(
        "departments/<int:pk>/close/",
        departments.department_close,
        name="department_close",
    ),
    path(
        "departments/<int:pk>/reopen/",
        departments.department_reopen,
        name="department_reopen",
    ),
    path("departments/<int:pk>/roster/", roster.roster, name="roster"),
    path("departments/<int:pk>/roster/new/", roster.shift, name="shift_new"),
    path("departments/<int:pk>/roster/<int:shift_pk>/", roster.shift, name="shift"),
    path(
        "departments/<int:pk>/roster/<int:shift_pk>/remove/",
        roster.shift_remove,
        name="shift_remove",
    ),
    path("tokens/", tokens.token_list, name="tokens"),
    path("tokens/new/", tokens.token_new, name="token_new"),
    path("tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("journal/", journal.journal, name="journal"),
    path("setup/", setup.overview, name="admin"),
    path("setup/tenant/", setup.tenant_settings, name="tenant"),
    path("setup/tenant/logo", setup.logo, name="logo"),
    path("setup/tenant/logo/remove", setup.logo_remove, name="logo_remove"),
]

urlpatterns = [
    path("accounts/", include("people.account_urls")),
    path("logo.png", setup.tenant_logo, name="tenant-logo"),
    path("tenant.css", setup.tenant_css, name="tenant-css"),
    path("", include((pages, "people"))),
]
