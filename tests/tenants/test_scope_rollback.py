"""A refused request leaves its scope quietly: what is rolled back takes no more queries."""

from __future__ import annotations

import pytest
from django.db import transaction

from tenants.scope import NoTenant, current_tenant_id, tenant_scope


@pytest.mark.django_db
def test_a_scope_that_is_to_be_rolled_back_can_be_left(world):
    with tenant_scope(world.zhida.tenant.pk):
        transaction.set_rollback(True)

    with pytest.raises(NoTenant):
        current_tenant_id()


@pytest.mark.django_db
def test_a_page_that_is_not_there_is_a_404_outside_any_other_scope(world, sign_in):
    browser = sign_in(world.zhida, "admin")
    assert browser.get("/register/clients/999999999/").status_code == 404
