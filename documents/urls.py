"""Addresses of papers and signatures. A subject's own room says who may see them."""

from __future__ import annotations

from django.urls import path

from documents import views

app_name = "documents"
urlpatterns = [
    path("of/<slug:subject_kind>/<int:subject_id>/", views.papers, name="papers"),
    path("of/<slug:subject_kind>/<int:subject_id>/make", views.make, name="make"),
    path("<int:pk>.pdf", views.open_paper, name="open"),
    path("<int:pk>/download", views.download, name="download"),
    path("<int:pk>/again", views.again, name="again"),
    path("signatures/<int:pk>", views.signature, name="signature"),
]
