"""``backoffice workflow diagram``: the process map of a definition as SVG or Mermaid text."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from backoffice.cli.output import Command, Failure, say, terminal_language
from backoffice.cli.workflow import find_definition
from backoffice.programs.layouts import lay_out_in
from workflows.definition import Workflow
from workflows.diagram import svg
from workflows.mermaid import mermaid


@click.command(cls=Command)
@click.argument("code")
@click.option("--format", "kind", type=click.Choice(["svg", "mermaid"]), default="svg", show_default=True)
@click.option("--language", type=click.Choice(["ko", "en"]), help="The terminal's language by default.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The file; - for the terminal.")
@with_appcontext
def diagram(code: str, kind: str, language: str | None, output: Path) -> None:
    """Draw the process map of CODE, a code or name, with @VERSION for an older one."""
    definition = find_definition(code)
    said = language or terminal_language()
    text = mermaid(definition, said) if kind == "mermaid" else _drawn(definition, said)
    if str(output) == "-":
        click.echo(text)
        return
    output.write_text(text, encoding="utf-8")
    states, steps = len(definition.states), sum(len(step.source) for step in definition.transitions)
    name = f"{definition.workflow}@{definition.version}"
    data = {"workflow": name, "file": str(output), "format": kind, "states": states, "steps": steps}
    say(data, [f"{name}: {states} states, {steps} steps, {output}"])


def _drawn(definition: Workflow, language: str) -> str:
    """The SVG. Raises Failure where Graphviz is missing."""
    layout = lay_out_in(definition, language)
    if layout is None:
        raise Failure("graphviz is missing or failed; install it (see: backoffice doctor), or use --format mermaid")
    return svg(definition, layout, language=language) + "\n"
