"""The boards of what zones do together: councils and clusters, technologies, and the network of joint projects."""

from collections.abc import Mapping

from backoffice.core.i18n import Sentence
from backoffice.organizations.models import Zone
from backoffice.outcomes.firm_figures import NATION
from backoffice.reports import display, plots
from backoffice.reports.charts import Bar, ranking
from backoffice.reports.cooperation import Membership
from backoffice.reports.indicators import headlines
from backoffice.web.boards import sheets
from backoffice.web.boards.asked import Asked
from backoffice.web.boards.boards import UNIT, ZONE, Board, Choice, evidence, label, picture
from backoffice.web.boards.sheets import Field, Sheet, word

KINDS = {
    code: Sentence(ko, en)
    for (code, ko), en in zip(display.KINDS.items(), ("Council", "Cluster", "Agreement"), strict=True)
}
GROUP = Sentence("협의체·클러스터", "Council or cluster")
JOINT = Sentence("공동과제", "Joint projects")
TECHNOLOGY = Sentence("국가전략기술", "Strategic technology")


def _name(zone: Zone) -> str:
    return str(Sentence(zone.name_ko, zone.name_en))


def _pair(one: int, other: int) -> tuple[int, int]:
    return (min(one, other), max(one, other))


def councils(asked: Asked) -> Board:
    """The councils and clusters this person's zones belong to, and the figures of one of them."""
    own = {zone.id for zone in asked.zones}
    known = {one.code: one for one in asked.gathering.councils if own & set(one.zones)}
    chosen = known[asked.group(list(known))]
    options = [(one.code, f"{one.name} ({KINDS[one.kind]})") for one in known.values()]
    tables = [_all_councils(asked, list(known.values())), _members(asked, chosen)]
    return Board("councils", chosen.name, (), tables, [Choice("group", GROUP, options, [chosen.code])])


def _joint_within(asked: Asked, one: Membership) -> int:
    """Joint projects of the year by pairs of members."""
    both, members = asked.gathering.facts.together.shared, set(one.zones)
    mine = {zone.id for zone in asked.zones}
    return sum(n for pair, n in both.items() if set(pair) <= members and (asked.allowed is None or set(pair) & mine))


def _all_councils(asked: Asked, known: list[Membership]) -> Sheet:
    names = {zone.id: _name(zone) for zone in asked.gathering.zones}
    rows = []
    for one in known:
        members = [names[zone] for zone in one.zones if zone in names]
        signed = one.signed_on.isoformat() if one.signed_on else "-"
        told = (one.name, KINDS[one.kind], signed, ", ".join(members))
        rows.append((*map(word, told), sheets.count(len(members)), sheets.count(_joint_within(asked, one))))
    head = (
        Sentence("이름", "Name"), Sentence("구분", "Kind"), Sentence("체결일", "Signed"), Sentence("참여 특구", "Zones"),
        Sentence("특구 수", "Number of zones"), JOINT,
    )  # fmt: skip
    bars = [Bar(one.name, _joint_within(asked, one), f"{_joint_within(asked, one)}") for one in known]
    title = Sentence("협의체·클러스터·협약", "Councils, clusters and agreements")
    note = Sentence(
        f"공동과제는 {asked.year}년에 참여 특구 둘이 함께한 과제를 쌍마다 셉니다.",
        f"Joint projects of {asked.year}, counted for each pair of members.",
    )
    chart = ranking(bars, average=None, average_text="", title=str(title)) if any(bar.value for bar in bars) else None
    return Sheet("councils", title, note, head, tuple(rows), 4, picture(chart))


def _members(asked: Asked, chosen: Membership) -> Sheet:
    """The headlines of its zones, side by side."""
    lens = asked.gathering.lens
    codes = headlines(asked.gathering.entries(NATION))
    known = asked.indicators
    members = [zone for zone in asked.zones if zone.id in chosen.zones]
    rows = [
        (word(label(asked, code)), Field(display.unit_name(known[code].unit, known[code].unit_label.ko), known[code].unit_label.ko),
         *(sheets.value(lens.of(known[code], asked.year, zone.id), known[code].unit, evidence(asked, code, zone.id))
           for zone in members))
        for code in codes
    ]  # fmt: skip
    names = (Sentence(zone.name_ko, zone.name_en) for zone in members)
    title = Sentence(f"{chosen.name}: 핵심지표", f"{chosen.name}: headlines")
    note = Sentence("볼 수 있는 특구의 값입니다.", "Of the zones you may read.")
    return Sheet("members", title, note, (Sentence("지표", "Indicator"), UNIT, *names), tuple(rows), 2)


def technologies(asked: Asked) -> Board:
    """Strategic technologies by zone."""
    found, zones = sorted(asked.gathering.facts.together.technologies.items()), asked.zones
    rows, most = [], max((n for _, by in found for n in (by.get(zone.id, 0) for zone in zones)), default=0)
    for name, by in found:
        numbers = [by.get(zone.id, 0) for zone in zones]
        whole = sheets.count(by[NATION] if asked.allowed is None else sum(numbers))
        rows.append((word(name), *(_heat(number, most) for number in numbers), whole))
    total = Sentence("합계", "Total")
    title = Sentence("국가전략기술별 과제", "Projects by strategic technology")
    note = Sentence(
        f"{asked.year}년에 협약한 과제 수입니다. 다특구 과제는 특구마다, 합계에서는 한 번 셉니다. 진한 칸일수록 많습니다.",
        f"Projects agreed in {asked.year}; a joint one counts in each zone and once in the total. Darker is more.",
    )
    head = (TECHNOLOGY, *(Sentence(zone.name_ko, zone.name_en) for zone in zones), total)
    drawn = [(name, [by.get(zone.id, 0) for zone in zones]) for name, by in found]
    chart = plots.heat(drawn, [_name(zone) for zone in zones], title=str(title)) if found else None
    return Board(
        "technologies", str(title), (), [Sheet("technologies", title, note, head, tuple(rows), 1, picture(chart))]
    )


def _heat(number: int, most: int) -> Field:
    return Field(f"{number:,}", number, "", f"h{-(-number * 5 // most) if most else 0}")


def network(asked: Asked) -> Board:
    """Which zones share projects, as a drawing, a matrix and a list."""
    every, own = asked.gathering.zones, {zone.id for zone in asked.zones}
    both = {
        pair: n for pair, n in asked.gathering.facts.together.shared.items() if asked.allowed is None or own & set(pair)
    }
    seen = {zone for pair in both for zone in pair} | own
    zones = [zone for zone in every if zone.id in seen]
    title = Sentence("특구 간 협력망", "Cooperation between zones")
    names = {zone.id: _name(zone) for zone in zones}
    chart = plots.network(names, both, title=str(title)) if both else None
    matrix = [_matrix_row(zone, zones, both) for zone in zones if zone.id in own]
    note = Sentence(
        f"{asked.year}년에 함께 협약한 다특구 과제의 수입니다. 선이 굵을수록 많습니다.",
        f"Joint projects agreed in {asked.year}; the thicker the line, the more.",
    )
    head = (ZONE, *(Sentence(zone.name_ko, zone.name_en) for zone in zones), Sentence("합계", "Total"))
    listed = Sheet("matrix", title, note, head, tuple(matrix), 1, picture(chart))
    return Board("network", str(title), (), [listed, _pairs(both, names)])


def _matrix_row(zone: Zone, zones: list[Zone], both: Mapping[tuple[int, int], int]) -> tuple[Field, ...]:
    most = max(both.values(), default=0)
    numbers = {other.id: both.get(_pair(zone.id, other.id), 0) for other in zones if other.id != zone.id}
    cells = [word("·") if other.id == zone.id else _heat(numbers[other.id], most) for other in zones]
    return (word(_name(zone)), *cells, sheets.count(sum(numbers.values())))


def _pairs(both: Mapping[tuple[int, int], int], names: Mapping[int, str]) -> Sheet:
    rows = [
        (word(names[one]), word(names[other]), sheets.count(n))
        for (one, other), n in sorted(both.items(), key=lambda item: (-item[1], item[0]))
        if one in names and other in names
    ]
    head = (ZONE, Sentence("협력 특구", "With"), JOINT)
    note = Sentence("많은 순서입니다.", "The most first.")
    return Sheet("pairs", Sentence("함께한 특구", "Pairs of zones"), note, head, tuple(rows), 2)
