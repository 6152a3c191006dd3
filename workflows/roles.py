"""The roles a definition may name (docs/guide/operator explains who holds which)."""

from enum import StrEnum


class Role(StrEnum):
    APPLICANT = "applicant"
    PARTNER = "partner"
    SUPPLIER = "supplier"
    BROKER = "broker"
    OPERATOR = "operator"
    ZONE_STAFF = "zone_staff"
    HQ_STAFF = "hq_staff"
    APPROVER = "approver"
    FINANCE = "finance"
    REVIEWER = "reviewer"
    CHAIR = "chair"
    MINISTRY = "ministry"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SYSTEM = "system"


COMPANY_SIDE = frozenset({Role.APPLICANT, Role.PARTNER, Role.SUPPLIER})
"""Roles held through an organization; they see public labels only."""

READ_ONLY = frozenset({Role.MINISTRY, Role.AUDITOR})
"""Roles that may look but never act: no transition may name them."""

ROLE_LABELS: dict[Role, tuple[str, str]] = {
    Role.APPLICANT: ("신청기업", "Applicant"),
    Role.PARTNER: ("참여기관", "Partner organization"),
    Role.SUPPLIER: ("기술공급기관", "Technology supplier"),
    Role.BROKER: ("기술거래기관", "Technology broker"),
    Role.OPERATOR: ("주관 수행기관", "Event operator"),
    Role.ZONE_STAFF: ("특구 담당자", "Zone staff"),
    Role.HQ_STAFF: ("본부 담당자", "Headquarters staff"),
    Role.APPROVER: ("승인권자", "Approver"),
    Role.FINANCE: ("재무 담당자", "Finance"),
    Role.REVIEWER: ("평가위원", "Reviewer"),
    Role.CHAIR: ("평가위원장", "Committee chair"),
    Role.MINISTRY: ("주무부처", "Ministry"),
    Role.AUDITOR: ("감사", "Auditor"),
    Role.ADMIN: ("시스템 관리자", "Administrator"),
    Role.SYSTEM: ("시스템", "System"),
}
"""Korean and English name of each role."""
