"""Versions: what is published stays as it is, and no case is left in a state that no longer exists."""

from workflows.rules.report import Report, known


def published(report: Report) -> None:
    """WF401: a version in force never changes."""
    flow = report.workflow
    digest = report.words.published.get((flow.workflow, flow.version))
    if digest is not None and digest != report.loaded.digest:
        what = f"version {flow.version} is published and must not change"
        report.add("WF401", ("version",), what, f"raise the version to {flow.version + 1}")


def migrations(report: Report) -> None:
    """WF404: a migration leads from an earlier version into states of this one."""
    flow = report.workflow
    seen: set[int] = set()
    for index, migration in enumerate(flow.migrations):
        place = ("migrations", index)
        if migration.from_version >= flow.version:
            what = f"comes from version {migration.from_version}, which is not earlier than {flow.version}"
            report.add("WF404", (*place, "from"), what, "name an earlier version")
        if migration.from_version in seen:
            what = f"version {migration.from_version} is mapped twice"
            report.add("WF404", (*place, "from"), what, "keep one of the two")
        seen.add(migration.from_version)
        for old, new in migration.states.items():
            if new not in flow.states:
                what = f"maps '{old}' to the unknown state '{new}'"
                report.add("WF404", (*place, "states", old), what, known(flow.states, new))


def stranded(report: Report) -> None:
    """WF405: cases that rest in a removed state have somewhere to go."""
    flow = report.workflow
    maps = {migration.from_version: migration.states for migration in flow.migrations}
    places = {migration.from_version: index for index, migration in enumerate(flow.migrations)}
    for (workflow, version), resting in sorted(report.words.occupied.items()):
        if workflow != flow.workflow or version >= flow.version:
            continue
        for state in sorted(resting):
            if maps.get(version, {}).get(state, state) not in flow.states:
                place = ("migrations", places[version]) if version in places else ("version",)
                what = f"cases of version {version} rest in '{state}', which is gone"
                hint = f"map it: migrations: [{{from: {version}, states: {{{state}: <state>}}}}]"
                report.add("WF405", place, what, hint)
