"""The application as the browser tests run it: static files straight from the source."""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest

from servicedesk.wsgi import application as site


class Kept(StaticFilesHandler):
    """Files that a browser keeps, as it keeps those with a hash in their name."""

    def serve(self, request: HttpRequest) -> Any:
        """A file, to be kept for a day."""
        response = super().serve(request)
        response["Cache-Control"] = "max-age=86400"
        return response


application = Kept(site)
