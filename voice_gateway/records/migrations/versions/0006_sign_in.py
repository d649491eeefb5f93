"""Signing in: sessions, one-time links, codes of a second factor, accounts of a provider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COLUMNS = ("session_version", "totp_secret", "totp_step", "oidc_id")


def upgrade() -> None:
    """Add the columns and make the tables; existing accounts keep their passwords."""
    with op.batch_alter_table("staff_accounts") as accounts:
        accounts.add_column(
            sa.Column("session_version", sa.Integer(), nullable=False, server_default="0")
        )
        accounts.add_column(sa.Column("totp_secret", sa.Text(), nullable=False, server_default=""))
        accounts.add_column(
            sa.Column("totp_step", sa.Integer(), nullable=False, server_default="0")
        )
        accounts.add_column(sa.Column("oidc_id", sa.String(64)))
        accounts.create_unique_constraint("ux_staff_accounts_oidc_id", ["oidc_id"])
    op.create_table(
        "staff_sessions",
        sa.Column("id_hash", sa.String(64), primary_key=True),
        _account(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
    )
    op.create_index("ix_staff_sessions_staff_id", "staff_sessions", ["staff_id"])
    op.create_index("ix_staff_sessions_created_at", "staff_sessions", ["created_at"])
    op.create_table(
        "staff_links",
        sa.Column("login", sa.String(64), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("expires_at", MOMENT, nullable=False),
    )
    op.create_table(
        "staff_recovery_codes",
        sa.Column("code_hash", sa.String(64), primary_key=True),
        _account(),
    )
    op.create_index("ix_staff_recovery_codes_staff_id", "staff_recovery_codes", ["staff_id"])


def _account() -> sa.Column[int]:
    return sa.Column(
        "staff_id",
        sa.Integer(),
        sa.ForeignKey("staff_accounts.id", ondelete="CASCADE"),
        nullable=False,
    )


def downgrade() -> None:
    """Remove them and what they hold."""
    for table in ("staff_recovery_codes", "staff_links", "staff_sessions"):
        op.drop_table(table)
    with op.batch_alter_table("staff_accounts") as accounts:
        accounts.drop_constraint("ux_staff_accounts_oidc_id", type_="unique")
        for column in COLUMNS:
            accounts.drop_column(column)
