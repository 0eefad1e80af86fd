#!/usr/bin/env python3
"""Mutation run: flips every comparison, logical operator, truth value and number in the files that decide, one at a time,
and asks whether a unit test notices. Works on a copy of the tree under build/mutate, never on the tree itself.

  mutate.py [--list] [--only TEXT] [--jobs N]

Alive at the end: at most LIMIT per cent, and each survivor explained in tests/unit/README.md, or the run fails.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

TOP = Path(__file__).resolve().parents[2]
WORK = TOP / "build" / "mutate"
EXPLAINED = TOP / "tests" / "unit" / "README.md"
LIMIT = 5.0
TEST_SECONDS = 60

# What is mutated, and the test suites that must notice (a GoogleTest filter).
TARGETS = {
    "vipd/vrrp/machine.h": "*Vrrp*:*VirtualRouter*",
    "vipd/vrrp/machine.cpp": "*Vrrp*:*VirtualRouter*",
    "probes/health.h": "Health*",
    "probes/health.cpp": "Health*",
}

COMPARISONS = {
    "==": ["!="], "!=": ["=="], "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
}
TOKEN = re.compile(
    r'(?P<skip>"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|//.*|<=>|<<=?|>>=?|->)'
    r'|(?P<compare>(?<=\s)(?:==|!=|<=|>=|<|>)(?=\s))'
    r'|(?P<logic>&&|\|\|)'
    r'|(?P<bool>\btrue\b|\bfalse\b)'
    r'|(?P<number>(?<![\w.])\d[\d\']*(?:\.\d+)?(?=(?:[uUlL]|ms|s|us|ns|min|h)?\b))')


def replacements(kind, text):
    if kind == "compare":
        return COMPARISONS[text]
    if kind == "logic":
        return ["||" if text == "&&" else "&&"]
    if kind == "bool":
        return ["false" if text == "true" else "true"]
    return [str(float(text) + 1) if "." in text else str(int(text.replace("'", "")) + 1)]


def mutants_of(relative):
    found = []
    for index, line in enumerate((TOP / relative).read_text().splitlines()):
        bare = line.strip()
        if bare.startswith(("#", "//", "static_assert")):
            continue
        for match in TOKEN.finditer(line):
            kind = match.lastgroup
            if kind == "skip":
                continue
            if kind == "number" and re.search(r"std::array<.*,\s*$", line[: match.start()]):
                continue  # a size: too small does not compile, and an empty entry at the end is never found
            if kind == "logic" and line[: match.start()].rstrip().endswith(("auto", "Args", "T")):
                continue  # an rvalue reference
            for new in replacements(kind, match.group()):
                found.append((relative, index, line[: match.start()] + new + line[match.end():], match.group(), new))
    return found


class Copy:
    """One copy of the tree, configured and built, that mutants are tried in."""

    def __init__(self, number):
        self.root = WORK / f"copy{number}"
        self.build = self.root / "build" / "release"

    def run(self, *command, **more):
        return subprocess.run(command, cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)

    def prepare(self):
        files = subprocess.run(["git", "ls-files", "-z", "-c", "-o", "--exclude-standard"], cwd=TOP, capture_output=True, check=True)
        for name in files.stdout.decode().split("\0"):
            source = TOP / name
            if not name or not source.is_file():
                continue
            target = self.root / name
            if not target.exists() or target.read_bytes() != source.read_bytes():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)  # as new: what an interrupted run left was compiled later than our file was written
        # Compiling and linking is all that a mutant costs: no optimization, no debugging information, the quick linker.
        for step in (["cmake", "--preset", "release", "-DHAWSER_HARDEN=OFF", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O0",
                      "-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=gold"],
                     ["ninja", "-C", str(self.build), "unit_tests"]):
            done = self.run(*step)
            if done.returncode != 0:
                sys.exit(f"the unmutated tree does not build:\n{done.stdout[-3000:]}")
        for test_filter in sorted(set(TARGETS.values())):
            done = self.test(test_filter)
            if done.returncode != 0 or " 0 tests from" in done.stdout:
                sys.exit(f"the unmutated tests fail, or there are none for {test_filter}:\n{done.stdout[-3000:]}")

    def test(self, test_filter):
        return self.run(str(self.build / "bin" / "unit_tests"), f"--gtest_filter={test_filter}", "--gtest_brief=1", timeout=TEST_SECONDS)

    def try_one(self, mutant):
        relative, index, new_line, _, _ = mutant
        path = self.root / relative
        original = path.read_text()
        lines = original.splitlines()
        lines[index] = new_line
        path.write_text("\n".join(lines) + "\n")
        try:
            if self.run("ninja", "-C", str(self.build), "unit_tests").returncode != 0:
                return "does not compile"
            return "alive" if self.test(TARGETS[relative]).returncode == 0 else "killed"
        except subprocess.TimeoutExpired:
            return "killed"
        finally:
            path.write_text(original)


def report(results):
    counted = [(mutant, verdict) for mutant, verdict in results if verdict != "does not compile"]
    alive = [mutant for mutant, verdict in counted if verdict == "alive"]
    explained = EXPLAINED.read_text() if EXPLAINED.exists() else ""
    unexplained = 0
    for relative, index, new_line, _, _ in alive:
        known = new_line.strip() in explained
        unexplained += not known
        print(f"alive: {relative}:{index + 1}: {new_line.strip()}{'' if known else '   (not explained in tests/unit/README.md)'}")
    share = 100.0 * len(alive) / max(1, len(counted))
    print(f"{len(counted)} mutants, {len(counted) - len(alive)} killed, {len(alive)} alive ({share:.1f} %, at most {LIMIT} %), "
          f"{unexplained} unexplained")
    return 0 if counted and share <= LIMIT and unexplained == 0 else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--list", action="store_true", help="print the mutants, try none")
    parser.add_argument("--only", default="", help="only files whose path holds this text")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    mutants = [m for name in TARGETS if options.only in name and (TOP / name).exists() for m in mutants_of(name)]
    if options.list:
        for relative, index, new_line, _, _ in mutants:
            print(f"{relative}:{index + 1}: {new_line.strip()}")
        return 0
    copies = Queue()
    for number in range(options.jobs):
        copy = Copy(number)
        copy.prepare()
        copies.put(copy)

    def attempt(mutant):
        copy = copies.get()
        try:
            return mutant, copy.try_one(mutant)
        finally:
            copies.put(copy)

    with ThreadPoolExecutor(options.jobs) as pool:
        results = []
        for mutant, verdict in pool.map(attempt, mutants):
            results.append((mutant, verdict))
            if verdict == "alive":
                print(f"{len(results)}/{len(mutants)}: nobody notices {mutant[0]}:{mutant[1] + 1}: {mutant[2].strip()}", flush=True)
        return report(results)


if __name__ == "__main__":
    sys.exit(main())
