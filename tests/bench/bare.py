"""The bare limits: the same authentication and scope, one INSERT or one list, nothing else."""

from __future__ import annotations

from typing import Any

from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.models import Client
from people.roles import Permission
from servicedesk import urls as site


class BareCreate(APIView):
    """One row, by the ORM, in the tenant's scope."""

    permission = Permission.TICKET_READ

    def post(self, request: Request) -> Response:
        row = Client.objects.bulk_create(
            [Client(name=f"{request.data['title']} {request._request.now.isoformat()}")]
        )[0]
        return Response({"id": row.pk, "name": row.name}, status=201)


class BareList(APIView):
    """Fifty rows, by the ORM, in the tenant's scope."""

    permission = Permission.TICKET_READ

    def get(self, request: Request) -> Response:
        rows: Any = Client.objects.order_by("-pk").values(
            "id", "name", "code", "address"
        )[:50]
        return Response({"results": list(rows)})


urlpatterns = [
    path("api/v1/bare/create", BareCreate.as_view()),
    path("api/v1/bare/list", BareList.as_view()),
    path("", include(site.urlpatterns)),
]
