"""Answers whose owner was told that they expire."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "expiry_notices",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("path", sa.String(128), nullable=False),
        sa.Column("place", sa.String(128), nullable=False),
        sa.Column("valid_until", sa.String(10), nullable=False),
        sa.Column("stage", sa.String(8), nullable=False),
        sa.Column("message_key", sa.String(64), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("path", "place", "valid_until", "stage", name="ux_expiry_notices_once"),
    )


def downgrade() -> None:
    """Remove it with what it holds."""
    op.drop_table("expiry_notices")
