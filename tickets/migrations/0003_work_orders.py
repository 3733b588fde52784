import django.db.models.deletion
from django.db import migrations, models

import tenants.models
import tenants.rls
import tenants.scope


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_letters_walls"),
        ("tenants", "0002_walls"),
        ("tickets", "0002_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("ordinal", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("visit", "Visit"), ("remote", "Remote job")],
                        default="visit",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unassigned", "Unassigned"),
                            ("assigned", "Assigned"),
                            ("accepted", "Accepted"),
                            ("departed", "On the way"),
                            ("arrived", "On site"),
                            ("begun", "Being worked on"),
                            ("finished", "Finished, to be signed"),
                            ("signed", "Signed"),
                            ("refused", "Signature refused"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(max_length=500, verbose_name="what is to be done"),
                ),
                (
                    "planned_start_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="planned from"
                    ),
                ),
                (
                    "planned_end_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="planned until"
                    ),
                ),
                ("checklist", models.JSONField(default=list)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("departed_at", models.DateTimeField(null=True)),
                ("arrived_at", models.DateTimeField(null=True, verbose_name="arrived")),
                (
                    "finished_at",
                    models.DateTimeField(null=True, verbose_name="finished"),
                ),
                ("signed_at", models.DateTimeField(null=True, verbose_name="signed")),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "place",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="place of arrival"
                    ),
                ),
                (
                    "found",
                    models.TextField(
                        blank=True, max_length=10000, verbose_name="what was found"
                    ),
                ),
                (
                    "done",
                    models.TextField(
                        blank=True, max_length=10000, verbose_name="work done"
                    ),
                ),
                (
                    "advice",
                    models.TextField(
                        blank=True, max_length=4000, verbose_name="advice"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("solved", "Solved"),
                            ("not_solved", "Not solved yet"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "rating",
                    models.PositiveSmallIntegerField(null=True, verbose_name="rating"),
                ),
                ("rating_words", models.CharField(blank=True, max_length=1000)),
                ("version", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "engineer",
                    tenants.models.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.membership",
                        verbose_name="engineer",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        default=tenants.scope.current_tenant_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "ticket",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="work_orders",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "work order",
                "verbose_name_plural": "work orders",
            },
        ),
        migrations.CreateModel(
            name="WorkPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("name", models.CharField(max_length=160, verbose_name="part")),
                (
                    "part_number",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="part number"
                    ),
                ),
                (
                    "quantity",
                    models.PositiveSmallIntegerField(
                        default=1, verbose_name="quantity"
                    ),
                ),
                (
                    "serial_in",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="serial number, new"
                    ),
                ),
                (
                    "serial_out",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="serial number, old"
                    ),
                ),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "added_by",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.membership",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        default=tenants.scope.current_tenant_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "work_order",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="tickets.workorder",
                    ),
                ),
            ],
            options={
                "verbose_name": "part used",
                "verbose_name_plural": "parts used",
            },
        ),
        migrations.CreateModel(
            name="WorkTime",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("work", "Work"), ("travel", "Travel")],
                        default="work",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="from")),
                ("ended_at", models.DateTimeField(verbose_name="until")),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "person",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.membership",
                        verbose_name="person",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        default=tenants.scope.current_tenant_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "work_order",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="times",
                        to="tickets.workorder",
                    ),
                ),
            ],
            options={
                "verbose_name": "hours",
                "verbose_name_plural": "hours",
            },
        ),
        migrations.CreateModel(
            name="Checklist",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "category",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="equipment category"
                    ),
                ),
                ("items", models.JSONField(default=list)),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "tenant",
                    models.ForeignKey(
                        default=tenants.scope.current_tenant_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "preparation checklist",
                "verbose_name_plural": "preparation checklists",
            },
        ),
        migrations.CreateModel(
            name="ExtraWork",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "description",
                    models.CharField(max_length=500, verbose_name="what was found"),
                ),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=2, max_digits=10, verbose_name="price"
                    ),
                ),
                ("currency", models.CharField(default="CNY", max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("authorised", "Authorised"),
                            ("declined", "Declined"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="decided by"
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.membership",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        default=tenants.scope.current_tenant_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "work_order",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extras",
                        to="tickets.workorder",
                    ),
                ),
            ],
            options={
                "verbose_name": "extra work",
                "verbose_name_plural": "extra work",
            },
        ),
        migrations.AddField(
            model_name="attachment",
            name="stage",
            field=models.CharField(
                blank=True,
                choices=[("before", "Before"), ("after", "After")],
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="taken_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="attachment",
            name="work_order",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="photos",
                to="tickets.workorder",
            ),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                condition=models.Q(("work_order__isnull", False)),
                fields=["tenant", "work_order"],
                name="tickets_attachment_photos",
            ),
        ),
        migrations.AddConstraint(
            model_name="checklist",
            constraint=models.UniqueConstraint(
                fields=("tenant", "name"), name="tickets_checklist_name"
            ),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["signed", "cancelled"]), _negated=True
                ),
                fields=["tenant", "engineer", "planned_start_at"],
                name="tickets_workorder_mine",
            ),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["signed", "cancelled"]), _negated=True
                ),
                fields=["tenant", "planned_start_at"],
                name="tickets_workorder_board",
            ),
        ),
        migrations.AddConstraint(
            model_name="workorder",
            constraint=models.UniqueConstraint(
                fields=("tenant", "ticket", "ordinal"), name="tickets_workorder_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="workorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("planned_end_at", None), ("planned_start_at", None)),
                    ("planned_end_at__gt", models.F("planned_start_at")),
                    _connector="OR",
                ),
                name="tickets_workorder_plan",
            ),
        ),
        migrations.AddConstraint(
            model_name="workorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("engineer__isnull", False),
                    ("state__in", ["unassigned", "cancelled"]),
                    _connector="OR",
                ),
                name="tickets_workorder_somebodys",
            ),
        ),
        migrations.AddConstraint(
            model_name="workorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rating", None), ("rating__range", (1, 5)), _connector="OR"
                ),
                name="tickets_workorder_rating",
            ),
        ),
        migrations.AddIndex(
            model_name="extrawork",
            index=models.Index(
                fields=["tenant", "work_order"], name="tickets_extrawork_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="extrawork",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("done_at", None), ("state", "authorised"), _connector="OR"
                ),
                name="tickets_extrawork_authorised_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="extrawork",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__gte", 0)), name="tickets_extrawork_price"
            ),
        ),
        migrations.AddIndex(
            model_name="workpart",
            index=models.Index(
                fields=["tenant", "work_order"], name="tickets_workpart_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="workpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)),
                name="tickets_workpart_quantity",
            ),
        ),
        migrations.AddIndex(
            model_name="worktime",
            index=models.Index(
                fields=["tenant", "work_order"], name="tickets_worktime_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="worktime",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at__gt", models.F("started_at"))),
                name="tickets_worktime_ends_later",
            ),
        ),
        tenants.rls.Wall(
            model="WorkOrder",
        ),
        tenants.rls.Wall(
            model="WorkPart",
        ),
        tenants.rls.Wall(
            model="WorkTime",
        ),
        tenants.rls.Wall(
            model="ExtraWork",
        ),
        tenants.rls.Wall(
            model="Checklist",
        ),
        tenants.rls.Tie(
            model="WorkOrder",
        ),
        tenants.rls.Tie(
            model="WorkPart",
        ),
        tenants.rls.Tie(
            model="WorkTime",
        ),
        tenants.rls.Tie(
            model="ExtraWork",
        ),
        tenants.rls.Tie(
            model="Attachment",
            fields=["work_order"],
        ),
    ]
