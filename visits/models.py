"""The tables of visits. Times are UTC; a change here needs a migration beside it.

Who comes stays in ``visits`` and ``visit_waiting`` until ``EmbeddedBook.forget``.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import cast

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    Time,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from actions.office.calendar import WARSAW
from visits.values import Visit, Visitor, VisitState
from voice_gateway.records.models import Base, UtcDateTime


class PlanRow(Base):
    """Which file was seeded (its hash), the general rules and the office's days; one row."""

    __tablename__ = "visit_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    rules: Mapped[str] = mapped_column(Text)
    office: Mapped[str] = mapped_column(Text)
    seeded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ServiceRow(Base):
    """A service. ``active``: whether the file still has it; ``details``: its entry as JSON."""

    __tablename__ = "visit_services"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    active: Mapped[bool] = mapped_column(Boolean)
    details: Mapped[str] = mapped_column(Text)


class DeskRow(Base):
    """A desk with its calendar; as ``ServiceRow``."""

    __tablename__ = "visit_desks"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    active: Mapped[bool] = mapped_column(Boolean)
    details: Mapped[str] = mapped_column(Text)


class VisitRow(Base):
    """A visit. ``talk``: who made it; ``step``: the talk whose latest deed it is, so that the same
    deed again finds what it did; at most one visit has it. ``booked_at``: when it was first booked,
    None: never; ``came``: as a clerk marked it, None: not marked."""

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_desk", "desk", "starts_at"),
        Index("ix_visits_phone", "phone", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(8), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    service: Mapped[str] = mapped_column(ForeignKey("visit_services.id"))
    desk: Mapped[str] = mapped_column(ForeignKey("visit_desks.id"))
    desk_place: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    surname: Mapped[str] = mapped_column(String(128))
    phone: Mapped[str] = mapped_column(String(16))
    email: Mapped[str] = mapped_column(String(254))
    talk: Mapped[str] = mapped_column(String(64))
    step: Mapped[str | None] = mapped_column(String(64), unique=True)
    revision: Mapped[int] = mapped_column(Integer)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    booked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    came: Mapped[bool | None] = mapped_column(Boolean)

    def value(self) -> Visit:
        """The visit that the row keeps, in Warsaw's time."""
        return Visit(
            id=self.id,
            number=self.number,
            state=cast("VisitState", self.state),
            service=self.service,
            desk=self.desk,
            desk_place=self.desk_place,
            starts_at=self.starts_at.astimezone(WARSAW),
            ends_at=self.ends_at.astimezone(WARSAW),
            visitor=Visitor(self.surname, self.phone, self.email),
            revision=self.revision,
            until=self.until and self.until.astimezone(WARSAW),
            came=self.came,
        )


class TickRow(Base):
    """Five minutes of a clerk's time (``calendar.tick_of``) that a visit takes.

    The primary key is what makes double booking impossible, whoever writes.
    """

    __tablename__ = "visit_ticks"

    desk: Mapped[str] = mapped_column(String(64), primary_key=True)
    tick_start: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"), index=True)


class TriesRow(Base):
    """Wrong proofs for a reservation number since the last right one."""

    __tablename__ = "visit_tries"

    number: Mapped[str] = mapped_column(
        ForeignKey("visits.number", ondelete="CASCADE"), primary_key=True
    )
    wrong: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WaitingRow(Base):
    """Somebody who wants a time that is not free. ``state``: waiting, offered or done."""

    __tablename__ = "visit_waiting"
    __table_args__ = (
        Index(
            "ux_visit_waiting_open",
            "talk",
            "service",
            unique=True,
            sqlite_where=text("state <> 'done'"),
            postgresql_where=text("state <> 'done'"),
        ),
        Index("ix_visit_waiting_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    talk: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    service: Mapped[str] = mapped_column(ForeignKey("visit_services.id"))
    first: Mapped[date | None] = mapped_column(Date)
    last: Mapped[date | None] = mapped_column(Date)
    from_time: Mapped[time | None] = mapped_column(Time)
    to_time: Mapped[time | None] = mapped_column(Time)
    weekdays: Mapped[str] = mapped_column(String(16))
    surname: Mapped[str] = mapped_column(String(128))
    phone: Mapped[str] = mapped_column(String(16))
    email: Mapped[str] = mapped_column(String(254))
    visit_id: Mapped[int | None] = mapped_column(
        ForeignKey("visits.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
