"""Which replies to our messages were handled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "visit_replies",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_visit_replies_handled_at", "visit_replies", ["handled_at"])


def downgrade() -> None:
    """Remove the table and what it holds."""
    op.drop_table("visit_replies")
