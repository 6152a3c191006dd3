"""The benchmarks: all, or those named (a prefix is enough). One line each; all numbers go to instance/bench.json."""

import json
import sys
from pathlib import Path

from tests.bench import actions, boards, importing, pages, printing, tick, transition
from tests.bench.benchmark import Benchmark

BENCHMARKS: tuple[Benchmark, ...] = (
    *transition.benchmarks(),
    *actions.benchmarks(),
    *tick.benchmarks(),
    *importing.benchmarks(),
    *pages.benchmarks(),
    *printing.benchmarks(),
    *boards.benchmarks(),
)
"""Every benchmark. A new one is a file with ``benchmarks()`` and its name in this line."""

RESULTS = Path(__file__).resolve().parents[2] / "instance" / "bench.json"


def chosen(names: list[str]) -> list[Benchmark]:
    """The benchmarks meant by these names. Exits with status 2 for a name that means none."""
    unknown = [name for name in names if not any(one.name.startswith(name) for one in BENCHMARKS)]
    if unknown:
        known = "\n".join(f"  {one.name}" for one in BENCHMARKS)
        sys.stderr.write(f"there is no benchmark named {', '.join(unknown)}; there are:\n{known}\n")
        sys.exit(2)
    return [one for one in BENCHMARKS if not names or any(one.name.startswith(name) for name in names)]


def main(names: list[str]) -> int:
    results, fine = [], True
    for one in chosen(names):
        value = one.measure()
        fine = fine and one.holds(value)
        sys.stdout.write(one.line(value) + "\n")
        sys.stdout.flush()
        results.append({"name": one.name, "value": round(value, 4), "limit": one.limit, "unit": one.unit})
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
