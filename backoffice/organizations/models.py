"""Tables of organizations, zones with their history, councils and clusters."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey


class Zone(Base):
    """An innovation zone, or a historic or foreign entity that published figures speak about.

    ``stratum`` keeps the three apart: GS innovation zones, IC industrial-complex pilots, BM foreign benchmarks.
    """

    __tablename__ = "zone"
    __table_args__ = (CheckConstraint("stratum IN ('GS','IC','BM')", name="stratum"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    stratum: Mapped[str] = mapped_column(String(2))
    name_ko: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    province_ko: Mapped[str] = mapped_column(String(20), default="")
    cohort: Mapped[int | None]
    field_ko: Mapped[str] = mapped_column(String(120), default="")
    field_en: Mapped[str] = mapped_column(String(120), default="")
    anchors_ko: Mapped[str] = mapped_column(String(200), default="")
    """Anchor institutions by name at designation, separated by ``;``."""
    designated_on: Mapped[date | None]
    dissolved_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")


class ZoneEvent(Base):
    """Something that happened to a zone: designated, area changed, renamed, merged, dissolved."""

    __tablename__ = "zone_event"
    __table_args__ = (Index("ix_zone_event_zone", "zone_id", "happened_on"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    zone_id: Mapped[int] = mapped_column(BigKey, ForeignKey("zone.id"))
    happened_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    text_ko: Mapped[str] = mapped_column(String(300))
    text_en: Mapped[str] = mapped_column(String(300))
    area_km2: Mapped[Decimal | None]


class Organization(Base):
    """A company, university, institute or public body, known by its business number."""

    __tablename__ = "organization"
    __table_args__ = (
        CheckConstraint("kind IN ('company','anchor','institute','public')", name="kind"),
        CheckConstraint("size IN ('','small','middle','large','public')", name="size"),
        Index("ix_organization_name", "name_ko"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    name_ko: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    business_number: Mapped[str | None] = mapped_column(String(10), unique=True)
    corporate_number: Mapped[str] = mapped_column(String(13), default="")
    size: Mapped[str] = mapped_column(String(8), default="")
    zone_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("zone.id"), index=True)
    """The zone it is located in."""
    industry_code: Mapped[str] = mapped_column(String(8), default="")
    """Korean standard industrial classification, 11th revision."""
    founded_on: Mapped[date | None]
    representative: Mapped[str] = mapped_column(String(60), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    verified_at: Mapped[datetime | None]
    """When staff checked the registration; empty for organizations an applicant merely named."""
    search_text: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Council(Base):
    """A council, cluster or agreement between zones. Membership is many-to-many with dates."""

    __tablename__ = "council"
    __table_args__ = (CheckConstraint("kind IN ('council','cluster','mou')", name="kind"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    name_ko: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    signed_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(300), default="")


class CouncilMember(Base):
    """A zone's membership in a council, from one day to another."""

    __tablename__ = "council_member"
    __table_args__ = (UniqueConstraint("council_id", "zone_id", "valid_from"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    council_id: Mapped[int] = mapped_column(BigKey, ForeignKey("council.id"))
    zone_id: Mapped[int] = mapped_column(BigKey, ForeignKey("zone.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(200), default="")
