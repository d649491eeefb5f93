"""Calls with the key of who calls, whether visitors came, and figures made public."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables and columns. What was booked before counts as booked when it was made."""
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("contact_key", sa.String(32)),
        sa.Column("came_back", sa.Boolean()),
    )
    op.create_index("ix_calls_conversation_id", "calls", ["conversation_id"])
    op.create_index("ix_calls_began_at", "calls", ["began_at"])
    op.create_index("ix_calls_contact_key", "calls", ["contact_key"])
    op.create_table(
        "contact_secrets",
        sa.Column("period", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("secret", sa.String(64), nullable=False),
    )
    op.create_table(
        "public_figures",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
    )
    with op.batch_alter_table("visits") as visits:
        visits.add_column(sa.Column("booked_at", MOMENT))
        visits.add_column(sa.Column("came", sa.Boolean()))
    op.create_index("ix_visits_booked_at", "visits", ["booked_at"])
    op.execute("UPDATE visits SET booked_at = created_at WHERE state = 'booked'")


def downgrade() -> None:
    """Remove them with what they hold."""
    op.drop_index("ix_visits_booked_at", "visits")
    with op.batch_alter_table("visits") as visits:
        visits.drop_column("came")
        visits.drop_column("booked_at")
    op.drop_table("public_figures")
    op.drop_table("contact_secrets")
    op.drop_table("calls")
