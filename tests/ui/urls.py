"""The style guide in a frame with everything in it: tenant, person, navigation, pulse."""

from types import SimpleNamespace

from django.http import HttpResponse, JsonResponse
from django.urls import include, path
from django.utils import timezone

from servicedesk.lib.ui import NavItem, NavSection, styleguide

NAVIGATION = (
    NavSection("", (NavItem("guide", "工单 Tickets", "ticket", phone=True, key="t"),)),
    NavSection("客户 Clients", (NavItem("other", "项目 Projects", "briefcase"),)),
)
sent: list[str] = []
version = {"queue": 1}


def guide(request):
    request.tenant = SimpleNamespace(name="智达技术服务", zone="Asia/Shanghai")
    request.actor = SimpleNamespace(name="王小明", may=lambda permission: True)
    request.membership = SimpleNamespace(get_role_display=lambda: "工程师 Engineer")
    if request.method == "POST":
        sent.append(request.POST.get("title", ""))
        return HttpResponse(
            "<!doctype html><link rel=icon href=data:,><title>ok</title>accepted"
        )
    return styleguide.page(request)


def pulse(request):
    now = timezone.now().isoformat()
    return JsonResponse({"now": now, **version})


def marks(request):
    rows = [
        f"{row['number']}:{row['state']}"
        for row in styleguide.sample(timezone.now())["rows"]
    ]
    return JsonResponse(
        {"marks": ["A:new", "B:new", "C:new", f"{rows[0]}!", *rows[1:]]}
    )


def blank(request):
    return HttpResponse("<!doctype html><link rel=icon href=data:,><title>ok</title>")


for view in (guide, pulse, marks, blank):
    view.permission = "public"

urlpatterns = [
    path("guide", guide, name="guide"),
    path("other/", blank, name="other"),
    path("marks", marks, name="marks"),
    path("pulse", pulse, name="pulse"),
    path("theme", blank, name="set_theme"),
    path("language", blank, name="set_language"),
    path("accounts/logout", blank, name="account_logout"),
    path("tickets/", include(([path("search", blank, name="search")], "tickets"))),
]
