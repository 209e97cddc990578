"""``make soak``: kills, several processes at once, and load, each bounded, with its figures.

python tests/soak.py kill --kills 200
python tests/soak.py processes --rounds 100
python tests/soak.py load --users 16 --seconds 300

Without a name all three run, at these sizes. Ends with 1 if anything was lost, or a figure
asked was not reached.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from soak_kill import kill_soak
from soak_load import load_soak
from soak_processes import process_soak

FACTOR = 4.0  # of the single user's 95th percentile, which many at once may take
FLAT = 1.1  # of the memory of the second quarter, which the last quarter may take


def kill(root: Path, args: argparse.Namespace) -> bool:
    outcome = kill_soak(root, args.kills, args.seed, args.articles)
    kinds = ", ".join(f"{count} in {kind}" for kind, count in outcome.kills.most_common())
    states = ", ".join(f"{count} {state}" for state, count in outcome.states.most_common())
    print(f"kill: {outcome.kills.total()} kills survived ({kinds})")
    print(f"  ended before the kill: {outcome.finished_first}; states left: {states}")
    print(f"  Chroma rebuilt and said so: {outcome.mended}; lost or different: {len(outcome.lost)}")
    print(*outcome.lost[:20], sep="\n")
    return not outcome.lost


def processes(root: Path, args: argparse.Namespace) -> bool:
    outcome = process_soak(root, args.rounds)
    print(f"processes: {outcome.rounds} rounds, {outcome.syncs} syncs in turns")
    print(
        f"  {outcome.questions} questions meanwhile, slowest {outcome.slowest_seconds:.2f} s; "
        f"stale, missing or failed: {len(outcome.wrong)}"
    )
    print(*outcome.wrong[:20], sep="\n")
    return not outcome.wrong


def load(root: Path, args: argparse.Namespace) -> bool:
    outcome = load_soak(root, args.users, args.seconds, args.pause)
    alone, together = outcome.p95
    print(f"load: {len(outcome.together)} answers to {args.users} users in {args.seconds:.0f} s")
    print(f"  each read for {args.pause:g} s on average, while {outcome.syncs} syncs ran")
    print(f"  errors: {len(outcome.errors)}")
    print(
        f"  p95 alone {alone:.2f} s, together {together:.2f} s "
        f"= {together / alone:.1f} x (asked: at most {FACTOR:.0f} x)"
    )
    quarter = max(1, len(outcome.memory_mb) // 4)
    # The second, because in the first what questions need is taken for the first time.
    second, last = outcome.memory_mb[quarter : 2 * quarter], outcome.memory_mb[-quarter:]
    early, late = sum(second) / max(1, len(second)), sum(last) / quarter
    print(
        f"  memory of the chat: {outcome.memory_mb[0]:.0f} MB before, mean of the second quarter "
        f"{early:.0f} MB, of the last {late:.0f} MB (asked: at most {FLAT:.2f} x)"
    )
    print(*outcome.errors[:20], sep="\n")
    return not outcome.errors and together <= FACTOR * alone and late <= FLAT * early


SOAKS = {"kill": kill, "processes": processes, "load": load}


def main() -> int:
    parser = argparse.ArgumentParser(description="Soak tests of the index and the web chat.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SOAKS)}")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, default=14)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--users", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds to read an answer")
    args = parser.parse_args()
    well = True
    for name in args.names or SOAKS:
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="footnote-soak-") as folder:
            well &= SOAKS[name](Path(folder) / "soak", args)
        print(f"  {time.monotonic() - started:.0f} s", flush=True)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
