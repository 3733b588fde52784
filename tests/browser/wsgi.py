"""The application as the browser tests run it: static files straight from the source."""

from __future__ import annotations

from django.contrib.staticfiles.handlers import StaticFilesHandler

from servicedesk.wsgi import application as site

application = StaticFilesHandler(site)
