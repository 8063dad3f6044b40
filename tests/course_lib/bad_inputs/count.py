"""How many bad calls get a clear answer: ``python tests/course_lib/bad_inputs/count.py``; ``-v`` shows the others."""

import sys
from collections import Counter

from judge import Judge
from table import ROWS

KINDS = "clear unclear accepted hung crashed".split()


def main(words):
    seen = {}
    judge = Judge(ROWS)
    verdicts = [judge(number) for number in range(len(ROWS))]
    judge.close()
    for module in dict.fromkeys(row.module for row in ROWS):
        seen[module] = Counter(v.kind for row, v in zip(ROWS, verdicts, strict=True) if row.module == module)
    seen["together"] = Counter(v.kind for v in verdicts)
    for module, counts in seen.items():
        print(f"{module:24}", "  ".join(f"{kind} {counts[kind]:3}" for kind in KINDS))
    for row, verdict in zip(ROWS, verdicts, strict=True):
        if "-a" in words or ("-v" in words and verdict.kind != "clear"):
            print(f"{verdict.kind:9}{row.module}: {row.name}\n         {verdict.said!r:.300}")


if __name__ == "__main__":
    main(sys.argv[1:])
