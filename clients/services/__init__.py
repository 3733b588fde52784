"""What other rooms may ask of the register of clients."""

from clients.services.contacts import (
    change_contact,
    create_contact,
    deactivate_contact,
    reactivate_contact,
)
from clients.services.equipment import (
    change_equipment,
    create_equipment,
    deactivate_equipment,
    reactivate_equipment,
)
from clients.services.organisations import (
    change_client,
    change_site,
    create_client,
    create_site,
    deactivate_client,
    deactivate_site,
    reactivate_client,
    reactivate_site,
)
from clients.services.projects import (
    can_be_engineer,
    change_project,
    create_project,
    deactivate_project,
    reactivate_project,
)
from clients.services.records import check_unchanged, version_of
from clients.services.sign_in import end_sign_in, invite_contact, resume_sign_in

__all__ = [
    "can_be_engineer",
    "change_client",
    "change_contact",
    "change_equipment",
    "change_project",
    "change_site",
    "check_unchanged",
    "create_client",
    "create_contact",
    "create_equipment",
    "create_project",
    "create_site",
    "deactivate_client",
    "deactivate_contact",
    "deactivate_equipment",
    "deactivate_project",
    "deactivate_site",
    "end_sign_in",
    "invite_contact",
    "reactivate_client",
    "reactivate_contact",
    "reactivate_equipment",
    "reactivate_project",
    "reactivate_site",
    "resume_sign_in",
    "version_of",
]
