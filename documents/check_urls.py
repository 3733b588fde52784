"""The public page that says whether a paper is genuine: its address is in the QR code."""

from __future__ import annotations

from django.urls import path

from documents import views

app_name = "check"
urlpatterns = [path("<slug:token>", views.check, name="paper")]
