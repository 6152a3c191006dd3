"""Where templates and static files lie: inside the package when installed, beside it in a checkout."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def resource_dir(name: str) -> Path:
    """The folder of bundled resources called ``name`` (``templates`` or ``static``)."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
