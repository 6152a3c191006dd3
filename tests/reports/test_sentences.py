"""What a report says in words about its programs: as many cases as there were, and money only where it is booked."""

from typing import Any

from backoffice.reports.display import lead, told_of_program


def program(*, agreed: int = 0, **passed: int) -> dict[str, Any]:
    stations = {
        tag: {"state": "ok", "value": str(passed.get(tag, 0))} for tag in ("submitted", "awarded", "contracted")
    }
    return {"stations": stations, "agreed": agreed, "disbursed": agreed}


def report(one: dict[str, Any], *, leads: bool) -> dict[str, Any]:
    projects = [{"year": 2025, "leads": leads}]
    zone = {"name": "경남 창원"}
    return {"kind": "zone", "zone": zone, "year": 2025, "programs": [one], "projects": projects, "indicators": []}


def test_a_zone_that_leads_a_project_says_what_was_agreed() -> None:
    one = program(submitted=13, awarded=6, contracted=6, agreed=300_000_000)
    said = "13건을 접수해 6건을 선정하고 6건을 협약하였습니다"
    assert told_of_program(one, 2025) == f"2025년 사업에는 {said}(협약액 300백만원, 지급액 300백만원)."
    assert lead(report(one, leads=True)).endswith(f"1개 사업에 {said}(협약액 3억원).")


def test_a_zone_that_only_takes_part_is_not_said_to_have_agreed_on_nought_won() -> None:
    one = program(submitted=13, awarded=6, contracted=6)
    assert told_of_program(one, 2025) == "2025년 사업에는 13건을 접수해 6건을 선정하고 6건을 협약하였습니다."
    assert lead(report(one, leads=False)).endswith("6건을 협약하였습니다(협약액은 주관한 다른 특구에 적음).")


def test_a_program_nobody_applied_to_says_so() -> None:
    assert told_of_program(program(), 2025) == "2025년 사업에는 접수된 건이 없습니다."
