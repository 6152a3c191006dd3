"""One printed number as plain data: its value as text, or why there is none. What may not be shown is not in it."""

from decimal import Decimal
from typing import Any

from backoffice.outcomes import aggregation
from backoffice.outcomes.firm_figures import NATION
from backoffice.outcomes.numerals import half_up
from backoffice.reports.grid import Grid, Value, is_rate
from workflows.indicators import Indicator, all_indicators

OK, MISSING, NOT_APPLICABLE, SUPPRESSED = "ok", "missing", "not_applicable", "suppressed"

PUBLIC, INTERNAL = "public", "internal"

Cell = dict[str, Any]


def blank(state: str) -> Cell:
    return {"state": state}


def cell(amount: Decimal | int, firms: int = 0) -> Cell:
    """A value in full: ``{"state": "ok", "value": "1200.5", "firms": 4}``; ``firms`` only where it has a meaning."""
    value = Decimal(amount)
    text = "0" if value == 0 else format(value.normalize(), "f")
    return {"state": OK, "value": text} | ({"firms": firms} if firms else {})


def value_of(one: Cell) -> Decimal | None:
    return Decimal(one["value"]) if one["state"] == OK else None


class Lens:
    """What one edition may see of a grid."""

    def __init__(self, grid: Grid, edition: str) -> None:
        self.grid = grid
        self.public = edition == PUBLIC

    def may_show(self, code: str, year: int, place: int | None) -> bool:
        """Whether a figure is made of enough firms for this edition, and gives no other away.

        A quotient is shown only where both its parts are: it would betray the one that is hidden.
        """
        if not self.public:
            return True
        known = all_indicators().get(code)
        parts = known.parts if known is not None and known.parts is not None else ()
        if not all(self.may_show(part, year, place) for part in parts):
            return False
        value = self.grid.get(code, year, place)
        if value is None:
            return True
        if place is NATION:
            return not 0 < value.firms < aggregation.SMALLEST
        return place not in self.grid.hidden(code, year)

    def of(self, indicator: Indicator, year: int, place: int | None) -> Cell:
        """The figure of a zone (or the nation) as this edition prints it."""
        value = self.grid.get(indicator.code, year, place)
        if value is None:
            return blank(self._absent(indicator))
        if not self.may_show(indicator.code, year, place):
            return blank(SUPPRESSED)
        return cell(rounded(indicator, value.amount), value.firms)

    def _absent(self, indicator: Indicator) -> str:
        """Nobody reported it, or no program here makes such figures."""
        counted = indicator.source == "cases" and not any(code == indicator.code for code, _ in self.grid.values)
        return NOT_APPLICABLE if counted else MISSING

    def average(self, indicator: Indicator, year: int) -> Cell:
        mean = self.grid.average(indicator, year)
        if mean is None:
            return blank(self._absent(indicator))
        if not self.may_show(indicator.code, year, NATION):
            return blank(SUPPRESSED)
        return cell(half_up(mean, 1))

    def target(self, indicator: Indicator, year: int, place: int | None) -> Cell:
        """What was aimed at; the nation's target is the sum of the zones' and does not exist for rates."""
        if place is not NATION:
            aim = self.grid.targets.get((indicator.code, year, place))
            return blank(MISSING) if aim is None else cell(aim)
        aims = [aim for (code, when, _), aim in self.grid.targets.items() if code == indicator.code and when == year]
        if not aims:
            return blank(MISSING)
        return blank(NOT_APPLICABLE) if is_rate(indicator) else cell(sum(aims, Decimal(0)))

    def achieved(self, indicator: Indicator, year: int, place: int | None) -> Cell:
        target, value = self.target(indicator, year, place), self.of(indicator, year, place)
        for one in (target, value):
            if one["state"] != OK:
                return blank(one["state"])
        percent = aggregation.achieved(value_of(value), value_of(target))
        return blank(NOT_APPLICABLE) if percent is None else cell(percent)

    def change(self, indicator: Indicator, place: int | None) -> Cell:
        """The change on the year before, told as the charter says: %, %p, times or difference."""
        year, code = self.grid.year, indicator.code
        if indicator.growth == "none":
            return blank(NOT_APPLICABLE)
        if not (self.may_show(code, year, place) and self.may_show(code, year - 1, place)):
            return blank(SUPPRESSED)
        now, before = self.grid.get(code, year, place), self.grid.get(code, year - 1, place)
        if now is None or before is None:
            return blank(MISSING)
        if indicator.growth == "percent" and indicator.source == "company":
            return self._panel_change(code, place, now, before)
        amount = _difference(indicator, before.amount, now.amount)
        return blank(NOT_APPLICABLE) if amount is None else cell(amount) | {"kind": indicator.growth}

    def _panel_change(self, code: str, place: int | None, now: Value, before: Value) -> Cell:
        """Growth over the firms that reported both years, with their number and how many were left out."""
        panel = self.grid.panels.get((code, place))
        if panel is None:
            return blank(MISSING)
        if self.public and panel.firms < aggregation.SMALLEST:
            return blank(SUPPRESSED)
        percent = aggregation.percent_change(panel.first, panel.second)
        if percent is None:
            return blank(NOT_APPLICABLE)
        left_out = now.firms + before.firms - 2 * panel.firms
        return cell(percent, panel.firms) | {"kind": "percent", "left_out": left_out}


def rounded(indicator: Indicator, amount: Decimal) -> Decimal:
    """Rates and means are printed with one decimal, half up; sums stay exact."""
    return half_up(amount, 1) if is_rate(indicator) else amount


def _difference(indicator: Indicator, before: Decimal, now: Decimal) -> Decimal | None:
    if indicator.growth == "points":
        return aggregation.points_change(before, now)
    if indicator.growth == "times":
        return aggregation.multiple(before, now)
    if indicator.growth == "difference":
        return half_up(now, 1) - half_up(before, 1)
    return aggregation.percent_change(before, now)
