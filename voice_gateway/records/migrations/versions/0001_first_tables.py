"""Turns, hand-offs, desk messages and staff accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the first tables."""
    _turns()
    _handoffs()
    _desk_messages()
    op.create_table(
        "staff_accounts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("login", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("department", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )


def _turns() -> None:
    op.create_table(
        "turns",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("caller_text", sa.Text(), nullable=False),
        sa.Column("bot_text", sa.Text(), nullable=False),
        sa.Column("act", sa.String(64)),
        sa.Column("topic", sa.String(64)),
        sa.Column("aspect", sa.String(64)),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("handoff_department", sa.String(64)),
        sa.Column("handoff_reason", sa.String(32)),
        sa.Column("heard_s", sa.Float()),
        sa.Column("interrupted", sa.Boolean(), nullable=False),
        sa.Column("endpoint_s", sa.Float()),
        sa.Column("hearing_s", sa.Float()),
        sa.Column("dialogue_s", sa.Float()),
        sa.Column("speech_s", sa.Float()),
        sa.Column("error_code", sa.String(64)),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_turns_conversation_id", "turns", ["conversation_id"])
    op.create_index("ix_turns_created_at", "turns", ["created_at"])


def _handoffs() -> None:
    op.create_table(
        "handoffs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("department", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(64)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("clerk", sa.String(64)),
        sa.Column("clerk_name", sa.String(128)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("taken_at", MOMENT),
        sa.Column("ended_at", MOMENT),
    )
    op.create_index("ix_handoffs_conversation_id", "handoffs", ["conversation_id"])
    op.create_index("ix_handoffs_state", "handoffs", ["state", "created_at"])
    open_only = sa.text("state <> 'ended'")
    op.create_index(
        "ux_handoffs_open",
        "handoffs",
        ["conversation_id"],
        unique=True,
        sqlite_where=open_only,
        postgresql_where=open_only,
    )


def _desk_messages() -> None:
    op.create_table(
        "desk_messages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "handoff_id",
            sa.Integer(),
            sa.ForeignKey("handoffs.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("who", sa.String(16), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_desk_messages_handoff_id", "desk_messages", ["handoff_id"])


def downgrade() -> None:
    """Remove all tables and what they hold."""
    for table in ("desk_messages", "handoffs", "turns", "staff_accounts"):
        op.drop_table(table)
