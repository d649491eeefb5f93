"""Visits: what can be booked, visits and the time they take, wrong proofs, the waiting list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of visits."""
    _plan()
    _visits()
    op.create_table(
        "visit_ticks",
        sa.Column("desk", sa.String(64), primary_key=True),
        sa.Column("tick_start", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column(
            "visit_id", sa.Integer(), sa.ForeignKey("visits.id", ondelete="CASCADE"), nullable=False
        ),
    )
    op.create_index("ix_visit_ticks_visit_id", "visit_ticks", ["visit_id"])
    op.create_table(
        "visit_tries",
        sa.Column(
            "number",
            sa.String(8),
            sa.ForeignKey("visits.number", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT),
    )
    _waiting()


def _plan() -> None:
    op.create_table(
        "visit_plan",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("seeded_at", MOMENT, nullable=False),
    )
    for table in ("visit_services", "visit_desks"):
        op.create_table(
            table,
            sa.Column("id", sa.String(64), primary_key=True),
            sa.Column("name", sa.String(128), nullable=False),
            sa.Column("active", sa.Boolean(), nullable=False),
            sa.Column("details", sa.Text(), nullable=False),
        )


def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.String(8), nullable=False, unique=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("service", sa.String(64), sa.ForeignKey("visit_services.id"), nullable=False),
        sa.Column("desk", sa.String(64), sa.ForeignKey("visit_desks.id"), nullable=False),
        sa.Column("desk_place", sa.Integer(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("surname", sa.String(128), nullable=False),
        sa.Column("phone", sa.String(16), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("talk", sa.String(64), nullable=False),
        sa.Column("step", sa.String(64), unique=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("until", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
    )
    op.create_index("ix_visits_desk", "visits", ["desk", "starts_at"])
    op.create_index("ix_visits_phone", "visits", ["phone", "starts_at"])
    op.create_index("ix_visits_starts_at", "visits", ["starts_at"])
    op.create_index("ix_visits_until", "visits", ["until"])


def _waiting() -> None:
    op.create_table(
        "visit_waiting",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("talk", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("service", sa.String(64), sa.ForeignKey("visit_services.id"), nullable=False),
        sa.Column("first", sa.Date()),
        sa.Column("last", sa.Date()),
        sa.Column("from_time", sa.Time()),
        sa.Column("to_time", sa.Time()),
        sa.Column("weekdays", sa.String(16), nullable=False),
        sa.Column("surname", sa.String(128), nullable=False),
        sa.Column("phone", sa.String(16), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("visit_id", sa.Integer(), sa.ForeignKey("visits.id", ondelete="SET NULL")),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_visit_waiting_state", "visit_waiting", ["state", "id"])
    op.create_index("ix_visit_waiting_visit_id", "visit_waiting", ["visit_id"])
    open_only = sa.text("state <> 'done'")
    op.create_index(
        "ux_visit_waiting_open",
        "visit_waiting",
        ["talk", "service"],
        unique=True,
        sqlite_where=open_only,
        postgresql_where=open_only,
    )


def downgrade() -> None:
    """Remove the tables of visits and what they hold."""
    for table in (
        "visit_waiting",
        "visit_tries",
        "visit_ticks",
        "visits",
        "visit_desks",
        "visit_services",
        "visit_plan",
    ):
        op.drop_table(table)
