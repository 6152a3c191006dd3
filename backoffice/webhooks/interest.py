"""Whether anybody wants to be told of steps, as far as this process knows: asking the database would cost every step."""

_known = [False]


def note(somebody: bool) -> None:
    """Remember it. The worker looks once a minute; a process that never looks is told by that worker's clock."""
    _known[0] = somebody


def somebody() -> bool:
    return _known[0]
