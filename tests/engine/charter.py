"""An engine whose program was written a little differently, for rules the shipped definitions do not use."""

from backoffice.engine.definitions import Definitions
from backoffice.engine.perform import Engine
from workflows import catalogue
from workflows.definition import Workflow
from workflows.loader import load_bytes


def altered(office: Engine, *changes: tuple[str, str], name: str = "joint_rbd_planning") -> Engine:
    """The same office, where the text of one definition was changed; each change must fit exactly once."""
    source = catalogue.newest(name).source
    for old, new in changes:
        assert source.count(old) == 1, (source.count(old), old)
        source = source.replace(old, new)
    loaded = load_bytes(source.encode(), "altered.yaml")

    def find(wanted: str, version: int) -> tuple[Workflow, str]:
        if wanted == name:
            return loaded.workflow, loaded.digest
        compiled = office.definitions.get(wanted, version)
        return compiled.workflow, compiled.digest

    return Engine(office.registry, Definitions(find, lambda _name, _digest: loaded.workflow.version))
