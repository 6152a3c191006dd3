"""What changed between two issues of a report: the lines of its list of corrections (정오표)."""

from collections.abc import Mapping
from typing import Any

_COLUMNS = (("now", 0), ("before", -1))


def errata(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every indicator value that an issue prints differently from the issue before, with both values."""
    standing = {one["code"]: one for one in old["indicators"]}
    found = []
    for one in new["indicators"]:
        printed = standing.get(one["code"])
        for column, shift in _COLUMNS:
            if printed is not None and _differs(printed[column], one[column]):
                found.append(
                    {
                        "code": one["code"],
                        "label": one["label"],
                        "unit": one["unit"],
                        "unit_label": one["unit_label"],
                        "year": new["year"] + shift,
                        "before": printed[column],
                        "after": one[column],
                    }
                )
    return found


def _differs(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return (old["state"], old.get("value")) != (new["state"], new.get("value"))
