"""What staff decided about wordings that were not understood."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "inbox_decisions",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("path", sa.String(128), nullable=False),
        sa.Column("aspect", sa.String(64), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_inbox_decisions_at", "inbox_decisions", ["at"])


def downgrade() -> None:
    """Remove the table and what it holds."""
    op.drop_table("inbox_decisions")
