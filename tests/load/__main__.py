"""The closing hour, measured: applicants write and submit against one process, and nothing acknowledged may be missing.

usage: python -m tests.load [--database sqlite|postgresql] [--applicants 200] [--minutes 5]

Exits with 1 when anything acknowledged is missing, anything answered 5xx, or the slowest hundredth of an address took
longer than allowed: 1 s for pages and saving, 2 s for submitting.
"""

import argparse
import sys

from tests.load.closing_hour import spend


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description="The closing hour.")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--applicants", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=5)
    wanted = parser.parse_args()
    hour = spend(wanted.database, wanted.applicants, wanted.minutes * 60)
    texts = sum(map(len, hour.told.tried.values()))
    lines = [
        *map(str, hour.addresses),
        f"{len(hour.told.tried)} of {wanted.applicants} wrote {texts} texts; {len(hour.told.submitted)} submitted",
    ]
    sys.stdout.write("\n".join([*lines, *hour.missing[:20]]) + "\n")
    everybody = len(hour.told.tried) == wanted.applicants and len(hour.told.submitted) > wanted.applicants * 0.9
    return 0 if everybody and all(line.fine for line in hour.addresses) and not hour.missing else 1


if __name__ == "__main__":
    sys.exit(main())
