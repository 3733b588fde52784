"""Addresses under notifications/."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from notifications.views import dead, inbox, mailbox, preferences

app_name = "notifications"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("bell", inbox.bell, name="bell"),
    path("read", inbox.read_all, name="read_all"),
    path("<int:pk>/open", inbox.open_message, name="open"),
    path("<int:pk>/mark", inbox.mark, name="mark"),
    path("settings", preferences.preferences, name="settings"),
    path("undelivered", dead.undelivered, name="dead"),
    path("undelivered/<int:pk>/<str:verb>", dead.decide, name="dead_decide"),
]
if settings.ENVIRONMENT != "production" and "smtp" not in settings.EMAIL_BACKEND:
    # Where e-mail really goes out there is nothing to see here, nor an entry in the menu.
    urlpatterns += [
        path("mailbox", mailbox.mailbox, name="mailbox"),
        path("mailbox/<int:pk>", mailbox.mail, name="mail"),
    ]
