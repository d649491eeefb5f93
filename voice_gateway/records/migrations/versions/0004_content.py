"""Edited content: versions, drafts, who edits now, and the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    head = op.create_table(
        "content_head",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("log_mark", sa.String(64), nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "revision": 0, "log_id": 0, "log_mark": ""}])
    op.create_table(
        "content_versions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("path", sa.String(128), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("approver", sa.String(64), nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.UniqueConstraint("path", "number", name="ux_content_versions_number"),
    )
    op.create_index(
        "ux_content_versions_live",
        "content_versions",
        ["path"],
        unique=True,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_index("ix_content_versions_hash", "content_versions", ["path", "body_hash"])
    op.create_index("ix_content_versions_state", "content_versions", ["state", "id"])
    op.create_table(
        "content_drafts",
        sa.Column("path", sa.String(128), primary_key=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
    )
    op.create_table(
        "content_editing",
        sa.Column("path", sa.String(128), primary_key=True),
        sa.Column("who", sa.String(64), primary_key=True),
        sa.Column("seen_at", MOMENT, nullable=False),
    )
    op.create_index("ix_content_editing_seen_at", "content_editing", ["seen_at"])
    op.create_table(
        "content_log",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("deed", sa.String(32), nullable=False),
        sa.Column("path", sa.String(128), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    """Remove the tables and what they hold."""
    for table in ("log", "editing", "drafts", "versions", "head"):
        op.drop_table(f"content_{table}")
