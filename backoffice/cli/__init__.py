"""The commands of ``backoffice``: each calls one service and prints one clear line."""

from flask import Flask

from backoffice.cli import (
    analysis,
    audit,
    backup,
    case,
    database,
    demo,
    diagram,
    doctor,
    files,
    funding,
    outcomes,
    report,
    scenarios,
    serving,
    token,
    user,
    versions,
    workflow,
)

COMMANDS = (
    serving.serve,
    serving.worker,
    doctor.doctor,
    backup.backup,
    backup.restore,
    database.group,
    demo.group,
    user.group,
    token.group,
    workflow.group,
    case.group,
    outcomes.group,
    report.group,
    audit.group,
    funding.group,
    files.group,
)

OF_WORKFLOWS = (
    scenarios.simulate_definition,
    scenarios.play_scenarios,
    diagram.diagram,
    analysis.stats,
    analysis.conformance,
    analysis.log,
    versions.difference,
    versions.migrate_cases,
)
"""Commands of the noun ``workflow`` that live in files of their own."""


def register(app: Flask) -> None:
    """Attach every command."""
    for verb in OF_WORKFLOWS:
        workflow.group.add_command(verb)
    for command in COMMANDS:
        app.cli.add_command(command)
