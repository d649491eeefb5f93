"""Dialogue models: models, their scores, trainings and publications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "dialogue_models",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(128), nullable=False, unique=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("asked_at", MOMENT),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("against", sa.String(128), nullable=False),
    )
    _one_only("dialogue_models", "ux_dialogue_models_live", "live")
    op.create_table(
        "dialogue_scores",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("question_set", sa.String(16), nullable=False),
        sa.Column("scored_at", MOMENT, nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.UniqueConstraint("model", "question_set", name="ux_dialogue_scores"),
    )
    op.create_table(
        "dialogue_trainings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("host", sa.String(128), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
    )
    _one_only("dialogue_trainings", "ux_dialogue_trainings_running", "running")
    op.create_table(
        "dialogue_publications",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("before", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("approver", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )


def _one_only(table: str, name: str, state: str) -> None:
    where = sa.text(f"state = '{state}'")
    op.create_index(name, table, ["state"], unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Remove the tables and what they hold."""
    for table in ("publications", "trainings", "scores", "models"):
        op.drop_table(f"dialogue_{table}")
