"""Who may use which address: every URL × role × tenant, from one table.

The table is written by hand: a view whose permission changes, or a new one, fails here until
somebody has decided. Objects of another tenant, and of another client organisation, answer
like objects that do not exist: same status, same body.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from clients.models import Client as Organisation
from clients.models import Contact
from documents.models import Document, Signature
from documents.services import present_sheet, sign
from people.models import Shift, ShiftMember
from people.roles import CLIENT_ROLES, Permission, permissions_of
from servicedesk.lib.vault import keep
from tenants.models import TenantManager
from tests.documents.conftest import drawing
from tests.routes import Route, routes
from tests.world import House, World
from tickets import services
from tickets.models import CannedReply, Checklist, SavedView, Ticket
from tickets.services import work

ACCESS: dict[str, tuple[str, ...]] = {
    Permission.CLIENT_MANAGE: (
        "clients:client_create",
        "clients:client_edit",
        "clients:client_deactivate",
        "clients:client_reactivate",
        "clients:site_create",
        "clients:site_edit",
        "clients:site_deactivate",
        "clients:site_reactivate",
        "clients:contact_create",
        "clients:contact_edit",
        "clients:contact_deactivate",
        "clients:contact_reactivate",
        "clients:project_create",
        "clients:project_edit",
        "clients:project_deactivate",
        "clients:project_reactivate",
        "clients:device_create",
        "clients:device_edit",
        "clients:device_deactivate",
        "clients:device_reactivate",
        "clients:contact_invite",
        "clients:contact_end_sign_in",
        "clients:contact_resume_sign_in",
    ),
    Permission.CLIENT_READ: (
        "clients:list",
        "clients:detail",
        "clients:sites",
        "clients:site",
        "clients:contacts",
        "clients:contact",
        "clients:projects",
        "clients:project",
        "clients:equipment",
        "clients:device",
        "clients:pick_client",
    ),
    Permission.DASHBOARD: (
        "reports:dashboard",
        "reports:tickets",
        "reports:open",
        "reports:at_risk",
        "reports:missed",
        "reports:unanswered",
        "reports:wall",
    ),
    Permission.DOCUMENT_READ: (
        "documents:papers",
        "documents:open",
        "documents:download",
        "documents:signature",
    ),
    Permission.DOCUMENT_REQUEST: ("documents:make", "documents:again"),
    Permission.EXPORT: ("tickets:export",),
    Permission.HEALTH_READ: (
        "notifications:dead",
        "reports:health",
    ),
    Permission.JOURNAL_READ: ("people:journal",),
    Permission.PEOPLE_MANAGE: (
        "people:invite",
        "people:edit",
        "people:deactivate",
        "people:reactivate",
        "people:resend",
        "people:revoke",
        "people:department_new",
        "people:department",
        "people:department_close",
        "people:department_reopen",
    ),
    Permission.PEOPLE_READ: (
        "people:list",
        "people:person",
        "people:deputy_of",
        "people:absence_of",
        "people:absence_of_end",
        "people:departments",
        "people:roster",
        "people:shift_new",
        "people:shift",
        "people:shift_remove",
        "people:skills_of",
    ),
    "public": (
        "home",
        "healthz",
        "set_language",
        "set_theme",
        "account_login",
        "account_logout",
        "account_reset_password",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "tenant-css",
        "tenant-logo",
        "check:paper",
        "field:manifest",
        "field:worker",
        "field:icon",
        "people:accept",
        "people:new_password",
        "people:new_address",
        "tickets:offer",
    ),
    Permission.SETTINGS_MANAGE: (
        "people:admin",
        "people:tenant",
        "people:logo",
        "people:logo_remove",
        "notifications:dead_decide",
    ),
    Permission.SIGNED_IN: (
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_reauthenticate_webauthn",
        "mfa_remove_webauthn",
        "mfa_edit_webauthn",
        "people:settings",
        "people:absences",
        "people:absence_end",
        "people:deputy",
        "people:sessions",
        "people:session_end",
        "people:address",
        "notifications:inbox",
        "notifications:bell",
        "notifications:read_all",
        "notifications:open",
        "notifications:mark",
        "notifications:settings",
        "notifications:mailbox",
        "notifications:mail",
        "pulse",
    ),
    Permission.STANDARD_MANAGE: (
        "sla:import",
        "sla:calendars",
        "sla:calendar",
        "sla:calendar_revise",
        "sla:calendar_renew",
        "sla:publish",
        "sla:set_default",
        "tickets:flow_publish",
    ),
    Permission.STANDARD_READ: (
        "sla:list",
        "sla:detail",
        "sla:compare",
        "sla:version",
        "sla:download",
    ),
    Permission.TICKET_ASSIGN: (
        "tickets:bulk",
        "tickets:hand_over",
        "tickets:hand_over_list",
    ),
    Permission.TICKET_BEHALF: (
        "tickets:file_behalf",
        "tickets:behalf_options",
    ),
    Permission.TICKET_FILE: (
        "tickets:mine",
        "tickets:mine_marks",
        "tickets:file",
        "tickets:file_options",
    ),
    Permission.TICKET_INTERNAL: (
        "tickets:queue",
        "tickets:queue_marks",
        "tickets:queue_filters",
        "tickets:flow",
        "tickets:flow_version",
        "tickets:flow_download",
        "tickets:flow_compare",
        "tickets:views",
        "tickets:view_delete",
        "presence",
    ),
    Permission.TICKET_READ: (
        "tickets:search",
        "tickets:attachment",
        "tickets:preview",
        "tickets:detail",
        "tickets:live",
        "tickets:earlier",
        "tickets:incident",
        "tickets:incident_act",
        "tickets:clock",
        "tickets:act",
        "tickets:work_panel",
        "tickets:work_order",
        "tickets:work_act",
        "clients:pick_contact",
        "clients:pick_project",
        "clients:pick_equipment",
    ),
    Permission.TICKET_WORK: (
        "tickets:scans",
        "tickets:canned_replies",
        "tickets:pick_reply",
        "tickets:canned_reply_new",
        "tickets:canned_reply",
        "tickets:canned_reply_switch",
        "tickets:work_checked",
        "tickets:work_take_back",
        "field:shell",
        "field:day",
        "field:items",
    ),
    Permission.TOKEN_MANAGE: (
        "people:tokens",
        "people:token_new",
        "people:token_revoke",
    ),
    Permission.WORK_DISPATCH: (
        "tickets:board",
        "tickets:work_dispatch",
        "tickets:checklists",
        "tickets:checklist_new",
        "tickets:checklist",
    ),
}
PERMISSION_OF = {name: key for key, names in ACCESS.items() for name in names}
ROLES = ("admin", "agent", "engineer", "manager", "boss", "client", "client_manager")
#: What a page may answer to somebody who may use it (422: a form sent empty).
FINE = {200, 204, 302, 304, 400, 405, 409, 422}
ABSENT = 987_654_321
#: Pages that exist only when there is something to show: a factor to remove, a client to name.
NEEDS_MORE = {
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "tickets:behalf_options",
    "tickets:earlier",
    "tickets:file_options",
    "clients:pick_contact",
    "clients:pick_project",
    "clients:pick_equipment",
    "sla:compare",
    "tickets:flow_compare",
    "tickets:incident",
    # Only for who leads the department.
    "people:shift_new",
    "people:shift",
    "people:skills_of",
}


def site_routes() -> list[Route]:
    return [r for r in routes() if not r.foreign and not r.path.startswith("api/")]


# -- things to put into addresses --------------------------------------------------------------


def furnish(house: House) -> dict[str, dict[str, Any]]:
    """One object of each kind in a tenant, by the place-holders of the routes they fill."""
    with house.scope():
        now = house.version.published_at
        ticket = services.file_ticket(
            actor=house.actor("client"),
            now=now,
            client=house.client_org,
            project=house.project,
            title=f"Canary of {house.tenant.slug}",
            requester=house.people["client"],
        )
        rival = services.file_ticket(
            actor=house.actor("rival"),
            now=now,
            client=house.rival_org,
            project=house.rival_project,
            title="Canary of the rival",
            requester=house.people["rival"],
        )
        for filed in (ticket, rival):
            work.dispatch(
                actor=house.actor("agent"),
                now=now,
                ticket=filed,
                purpose=f"Canary of {house.tenant.slug}",
                engineer=house.engineer,
            )
        canned = CannedReply.objects.create(title="Hello", body="We are on it.")
        ready = Checklist.objects.create(name="Visit", items=[{"text": "Badge"}])
        shift = Shift.objects.create(
            department=house.department,
            name="Around the clock",
            weekdays=[1, 2, 3, 4, 5, 6, 7],
            starts="00:00",
            ends="00:00",
            from_on="2026-01-01",
        )
        ShiftMember.objects.create(shift=shift, membership=house.engineer)
        view = SavedView.objects.create(
            membership=house.people["agent"], name="All", query="", is_shared=True
        )
        contact = Contact.objects.filter(client=house.client_org).first()
        clock = ticket.clocks.first()
        assert contact is not None
        assert clock is not None
        house.things.ticket, house.things.rival_ticket = ticket, rival
        document, signature = furnish_papers(house, ticket)
        return {
            "documents:papers": {"subject_kind": "ticket", "subject_id": ticket.pk},
            "documents:open": {"pk": document.pk},
            "documents:signature": {"pk": signature.pk},
            "tickets:detail": {"number": ticket.number},
            "tickets:live": {"number": ticket.number},
            "tickets:earlier": {"number": ticket.number},
            "tickets:clock": {"number": ticket.number, "pk": clock.pk},
            "tickets:act": {"number": ticket.number, "verb": "reply"},
            "tickets:incident": {"number": ticket.number},
            "tickets:incident_act": {"number": ticket.number, "verb": "confirm"},
            "tickets:work_panel": {"number": ticket.number},
            "tickets:work_dispatch": {"number": ticket.number},
            "tickets:work_order": {"number": ticket.number, "ordinal": 1},
            "tickets:work_act": {"number": ticket.number, "ordinal": 1, "verb": "rate"},
            "tickets:work_checked": {"number": ticket.number, "ordinal": 1},
            "tickets:canned_reply": {"pk": canned.pk},
            "tickets:checklist": {"pk": ready.pk},
            "tickets:canned_reply_switch": {"pk": canned.pk},
            "tickets:view_delete": {"pk": view.pk},
            "people:person": {"pk": house.people["engineer"].pk},
            "people:department": {"pk": house.department.pk},
            "people:shift": {"pk": house.department.pk, "shift_pk": shift.pk},
            "clients:detail": {"pk": house.client_org.pk},
            "clients:site": {"pk": house.site.pk},
            "clients:contact": {"pk": contact.pk},
            "clients:project": {"pk": house.project.pk},
            "clients:device": {"pk": house.equipment.pk},
            "sla:detail": {"pk": house.standard.pk},
            "sla:version": {"pk": house.standard.pk, "number": 1},
            "sla:download": {"pk": house.standard.pk, "number": 1},
            "presence": {"number": ticket.number},
        }


def furnish_papers(house: House, ticket: Ticket) -> tuple[Document, Signature]:
    """A paper of a ticket, and a signature on what it says."""
    now = house.version.published_at
    file = keep(b"%PDF-1.7", tenant_id=house.tenant.pk)
    document = Document.objects.create(
        kind="service_report",
        subject_kind="ticket",
        subject_id=ticket.pk,
        language="en",
        number=f"{house.tenant.ticket_prefix}-DOC-2025-000001",
        version=1,
        state=Document.State.READY,
        is_current=True,
        token=secrets.token_urlsafe(16),
        stored=file.stored,
        sha256=file.sha256,
        size=file.size,
        pages=1,
        requested_at=now,
        made_at=now,
        wake_at=now,
    )
    actor = house.actor("engineer")
    sheet = present_sheet(
        subject_kind="ticket", subject_id=ticket.pk, content={}, actor=actor, now=now
    )
    signature = sign(
        sheet=sheet,
        sha256=sheet.sha256,
        role="client",
        name="Li",
        image=drawing(),
        signed_at=now,
        actor=actor,
        now=now,
    )
    return document, signature


#: Routes with the same object as another one.
LIKE = {
    "documents:make": "documents:papers",
    "documents:download": "documents:open",
    "documents:again": "documents:open",
    "people:edit": "people:person",
    "people:deactivate": "people:person",
    "people:reactivate": "people:person",
    "people:resend": "people:person",
    "people:revoke": "people:person",
    "people:deputy_of": "people:person",
    "people:absence_of": "people:person",
    "people:skills_of": "people:person",
    "people:roster": "people:department",
    "people:shift_new": "people:department",
    "people:shift_remove": "people:shift",
    "people:department_close": "people:department",
    "people:department_reopen": "people:department",
    "clients:client_edit": "clients:detail",
    "clients:client_deactivate": "clients:detail",
    "clients:client_reactivate": "clients:detail",
    "clients:site_edit": "clients:site",
    "clients:site_deactivate": "clients:site",
    "clients:site_reactivate": "clients:site",
    "clients:contact_edit": "clients:contact",
    "clients:contact_deactivate": "clients:contact",
    "clients:contact_reactivate": "clients:contact",
    "clients:contact_invite": "clients:contact",
    "clients:contact_end_sign_in": "clients:contact",
    "clients:contact_resume_sign_in": "clients:contact",
    "clients:project_edit": "clients:project",
    "clients:project_deactivate": "clients:project",
    "clients:project_reactivate": "clients:project",
    "clients:device_edit": "clients:device",
    "clients:device_deactivate": "clients:device",
    "clients:device_reactivate": "clients:device",
    "sla:compare": "sla:detail",
    "sla:publish": "sla:detail",
    "sla:set_default": "sla:detail",
}
FILLERS = {
    "secret": "x" * 43,
    "format": "csv",
    "verb": "retry",
    "number": "ZD-2026-999999",
}


def address(route: Route, things: dict[str, dict[str, Any]]) -> str | None:
    """The route filled with the tenant's own object; with absent ones where there is none."""
    found = things.get(LIKE.get(route.name, route.name))
    if found is None:
        found = {name: FILLERS.get(name, ABSENT) for name in route.holders}
        if "client_pk" in found:
            found["client_pk"] = things["clients:detail"]["pk"]
    return reverse(route.name, kwargs=found)


def has_own_object(route: Route, things: dict[str, dict[str, Any]]) -> bool:
    return LIKE.get(route.name, route.name) in things


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def browsers(world: World, db: None, sign_in: Callable[[House, str], Client]) -> Any:
    return {role: sign_in(world.zhida, role) for role in ROLES}


@pytest.fixture
def furniture(world: World, db: None) -> dict[str, dict[str, Any]]:
    return furnish(world.zhida)


# -- the table -----------------------------------------------------------------------------------


def test_every_route_has_its_line_in_the_table() -> None:
    names = {route.name for route in site_routes()}
    assert names - PERMISSION_OF.keys() == set(), (
        "Decide who may use it, and write it down."
    )
    assert PERMISSION_OF.keys() - names == set(), (
        "The table names what is no longer there."
    )


def test_every_view_asks_for_what_the_table_says() -> None:
    for route in site_routes():
        assert route.permission == PERMISSION_OF[route.name], route.name


def test_nobody_gets_in_without_signing_in(
    world: World, db: None, furniture: dict[str, dict[str, Any]]
) -> None:
    browser = Client(HTTP_HOST=world.zhida.host)
    for route in site_routes():
        if PERMISSION_OF[route.name] == "public":
            continue
        answer = browser.get(address(route, furniture))
        assert answer.status_code in {302, 401, 405}, route.name
        if answer.status_code == 302:
            assert "/accounts/login/" in answer["Location"], route.name


@pytest.mark.parametrize("role", ROLES)
def test_a_role_uses_what_the_table_gives_it_and_nothing_else(
    role: str, world: World, browsers: Any, furniture: dict[str, dict[str, Any]]
) -> None:
    given = permissions_of(world.zhida.people[role].role)
    is_client = world.zhida.people[role].role in CLIENT_ROLES
    wrong = []
    for route in site_routes():
        permission = PERMISSION_OF[route.name]
        if permission == "public":
            continue
        answer = browsers[role].get(address(route, furniture))
        status = answer.status_code
        if permission not in given:
            if status not in {404, 405}:
                wrong.append(f"{route.name}: {role} gets {status} without {permission}")
        elif not route.holders or has_own_object(route, furniture):
            sees = not is_client or not route.name.startswith(("people:", "clients:"))
            fine = FINE | {404} if route.name in NEEDS_MORE else FINE
            if sees and status not in fine:
                wrong.append(f"{route.name}: {role} gets {status} with {permission}")
        if status >= 500:
            wrong.append(f"{route.name}: {role} gets {status}")
    assert wrong == []


# -- walls ---------------------------------------------------------------------------------------


def plain(answer: HttpResponse) -> str:
    """A body without what differs from call to call: security tokens, numbers, times."""
    body = answer.content.decode(errors="replace")
    body = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', "", body)
    body = re.sub(
        r'(content|datetime|data-[a-z-]+|value|href|action)="[^"]*"', "", body
    )
    return re.sub(r"\d+", "#", body)


def foreign_answers(
    browsers: Any, house: House, theirs: dict[str, dict[str, Any]]
) -> Iterator[tuple[str, str, HttpResponse, HttpResponse]]:
    """(route, role, answer to a foreign object, answer to one that does not exist)."""
    for route in site_routes():
        key = LIKE.get(route.name, route.name)
        if key not in theirs or PERMISSION_OF[route.name] == "public":
            continue
        nothing = {
            name: (
                house.tenant.ticket_prefix + "-2026-999999"
                if name == "number" and isinstance(v, str)
                else v
            )
            if isinstance(v, str)
            else ABSENT
            for name, v in theirs[key].items()
        }
        for role, browser in browsers.items():
            yield (
                route.name,
                role,
                browser.get(reverse(route.name, kwargs=theirs[key])),
                browser.get(reverse(route.name, kwargs=nothing)),
            )


def check_foreign(
    browsers: Any, house: House, theirs: dict[str, dict[str, Any]]
) -> None:
    wrong = []
    for name, role, foreign, absent in foreign_answers(browsers, house, theirs):
        if foreign.status_code not in {404, 405}:
            wrong.append(
                f"{name}: {role} gets {foreign.status_code} for another's object"
            )
        elif foreign.status_code != absent.status_code or plain(foreign) != plain(
            absent
        ):
            wrong.append(f"{name}: {role} can tell another's object from an absent one")
    assert wrong == []


def test_another_tenants_object_is_absent(
    world: World, browsers: Any, db: None
) -> None:
    check_foreign(browsers, world.zhida, furnish(world.other))


def test_another_clients_ticket_is_absent_for_client_staff(
    world: World, browsers: Any, furniture: dict[str, dict[str, Any]]
) -> None:
    rival = world.zhida.rival_ticket.number
    theirs = {
        name: kw | {"number": rival}
        for name, kw in furniture.items()
        if "number" in kw and name.startswith("tickets:")
    }
    clients = {role: browsers[role] for role in ("client", "client_manager")}
    check_foreign(clients, world.zhida, theirs)


def test_a_session_of_one_tenant_is_nothing_on_anothers_host(
    world: World, browsers: Any, db: None
) -> None:
    for role, browser in browsers.items():
        answer = browser.get("/me/", headers={"host": world.other.host})
        assert answer.status_code == 302, role
        assert "/accounts/login/" in answer["Location"]


CANARY = "Canary of other"


def test_the_application_alone_holds_when_row_security_is_off(
    world: World, browsers: Any, row_security_off: None
) -> None:
    theirs = world.other.things.furniture
    check_foreign(browsers, world.zhida, theirs)
    for role, browser in browsers.items():
        for route in site_routes():
            if route.holders or PERMISSION_OF[route.name] == "public":
                continue
            body = browser.get(reverse(route.name)).content.decode(errors="replace")
            assert CANARY not in body, (
                f"{route.name} shows {role} another tenant's ticket"
            )


def test_row_security_alone_holds_when_the_application_forgets(
    world: World, browsers: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = furnish(world.other)
    monkeypatch.setattr(
        TenantManager,
        "get_queryset",
        lambda self: super(TenantManager, self).get_queryset(),
    )
    for queryset in all_querysets():
        monkeypatch.setattr(queryset, "visible_to", lambda self, _actor: self)
    wrong = []
    for name, role, foreign, _absent in foreign_answers(browsers, world.zhida, theirs):
        if foreign.status_code not in {404, 405}:
            wrong.append(f"{name}: {role} gets {foreign.status_code}")
        if CANARY in foreign.content.decode(errors="replace"):
            wrong.append(f"{name}: {role} reads another tenant's ticket")
    assert wrong == []


def all_querysets() -> list[type[QuerySet[Any]]]:
    found: list[type[QuerySet[Any]]] = []
    waiting = list(QuerySet.__subclasses__())
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        if "visible_to" in vars(cls):
            found.append(cls)
    assert len(found) > 3
    return found


@pytest.fixture
def row_security_off(world: World, transactional_db: None) -> Iterator[None]:
    """Row security switched off for the application, and on again."""
    world.other.things.furniture = furnish(world.other)
    tables = "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r'"
    with connections["owner"].cursor() as cursor:
        cursor.execute(tables)
        names = [row[0] for row in cursor.fetchall()]
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
    with world.zhida.scope():
        assert Organisation.objects.exists()
        assert Ticket._base_manager.exclude(tenant_id=world.zhida.tenant.pk).exists()
    yield
    with connections["owner"].cursor() as cursor:
        for name in names:
            cursor.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    connections["owner"].close()
