"""Every number of a frozen report by its place: ``indicators/SALES/now/value`` -> 1200."""

from decimal import Decimal
from typing import Any

KEYS = ("number", "program", "code", "name", "label", "zone", "year")
"""What an entry of a list is known by; the first it has."""

NUMBERS = {"value", "area_km2"}
"""Keys of numbers that are kept as text, so that none is rounded on the way."""


def leaves(content: Any, path: str = "") -> dict[str, Decimal]:
    """The numbers of plain data; flags are none."""
    found: dict[str, Decimal] = {}
    if isinstance(content, dict):
        for key, value in content.items():
            here = f"{path}/{key}" if path else key
            if key in NUMBERS and isinstance(value, str):
                found[here] = Decimal(value)
            else:
                found |= leaves(value, here)
    elif isinstance(content, list):
        for place, value in enumerate(content):
            key, name = _known_by(value, place)
            inside = {held: one for held, one in value.items() if held != key} if isinstance(value, dict) else value
            found |= leaves(inside, f"{path}/{name}")
    elif isinstance(content, int) and not isinstance(content, bool):
        found[path] = Decimal(content)
    return found


def _known_by(value: Any, place: int) -> tuple[str, str]:
    """What an entry is known by; corrections of one figure have nothing of their own but their place."""
    if isinstance(value, dict) and "edition" in value:
        return "", str(place)
    known = [key for key in KEYS if key in value] if isinstance(value, dict) else []
    return (known[0], str(value[known[0]])) if known else ("", str(place))
