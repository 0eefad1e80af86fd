"""Faults, scripted: a list of rules; a call takes the first that matches it and has uses left.

{"match": "POST /failover/", "do": "status", "status": 503, "times": 2, "skip": 1}

match  method and beginning of the path, or one of them; what is not there matches everything
times  how many calls it is for (1); 0: all
skip   how many matching calls pass before the first (0)

Seconds in a plan are seconds of whoever waits, not scaled.
"""

import json
from typing import Any, Optional

from exchange import Call

# What can be done, what belongs to it, and what of that must be there.
KINDS: dict[str, tuple[set[str], set[str]]] = {
    # Answers that the API did not give. "done": the call was carried out nevertheless.
    "status": ({"status", "code", "message", "body", "done"}, set()),
    "wrong-content": ({"done"}, set()),
    "redirect": ({"status", "to", "done"}, set()),
    "cut": ({"done"}, set()),  # closed without an answer
    "stall": ({"seconds", "done"}, {"seconds"}),  # silent for so long, then closed
    # The answer as it is, but delivered badly.
    "half": (set(), set()),  # the head and half of the body, then closed
    "drip": ({"bytes", "pause"}, {"bytes"}),  # so many bytes at a time, every `pause` seconds (0.02)
    "slow": ({"seconds"}, {"seconds"}),  # thinks for so long before it does anything
    # What the provider itself does.
    "processing": (set(), set()),  # Robot: GET shows "status": "processing"
    "not-complete": ({"later"}, set()),  # Robot: FAILOVER_NOT_COMPLETE; done `later` seconds after that, or never
    "lock": ({"seconds"}, {"seconds"}),  # the resource is locked from this call on
    "limit": ({"interval"}, {"interval"}),  # no calls left for so long, from this call on
    "action-fails": ({"code", "message"}, set()),  # Cloud: the action ends with an error
    "action-hangs": (set(), set()),  # Cloud: the action runs for ever
}
COMMON = {"match", "do", "times", "skip"}


class BadPlan(ValueError):
    """Words for people."""


def parse(text: str) -> list[dict[str, Any]]:
    try:
        rules = json.loads(text)
    except json.JSONDecodeError as wrong:
        raise BadPlan(f"plan: not JSON: {wrong}") from wrong
    return checked(rules)


def checked(rules: Any) -> list[dict[str, Any]]:
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise BadPlan("plan: must be a list of objects")
    for number, rule in enumerate(rules):
        _check(number, rule)
    return rules


def _check(number: int, rule: dict[str, Any]) -> None:
    kind = rule.get("do")
    if kind not in KINDS:
        raise BadPlan(f"plan: rule {number}: no {kind!r} to do (known: {', '.join(KINDS)})")
    may, must = KINDS[kind]
    unknown = sorted(set(rule) - may - COMMON)
    if unknown:
        raise BadPlan(f"plan: rule {number}: {kind} has no {', '.join(unknown)} (known: {', '.join(sorted(may | COMMON))})")
    if must - set(rule):
        raise BadPlan(f"plan: rule {number}: {kind} wants {', '.join(sorted(must - set(rule)))}")
    if kind == "status" and not {"status", "code"} & set(rule):
        raise BadPlan(f"plan: rule {number}: status wants status or code")


def matches(rule: dict[str, Any], call: Call) -> bool:
    method, _, path = rule.get("match", "").rpartition(" ")
    if not method and not path.startswith("/"):
        method, path = path, ""
    return method in ("", call.method) and call.path.startswith(path)


class Plan:
    def __init__(self, rules: list[dict[str, Any]]) -> None:
        self.rules: list[dict[str, Any]] = []
        self.add(rules)

    def add(self, rules: list[dict[str, Any]]) -> None:
        self.rules += [{"times": 1, "skip": 0} | rule for rule in rules]

    def take(self, call: Call) -> Optional[dict[str, Any]]:
        for rule in self.rules:
            if not matches(rule, call):
                continue
            if rule["skip"] > 0:
                rule["skip"] -= 1
                continue
            return self._use(rule)
        return None

    def _use(self, rule: dict[str, Any]) -> dict[str, Any]:
        taken = dict(rule)
        if rule["times"] == 1:
            self.rules.remove(rule)
        elif rule["times"] > 1:
            rule["times"] -= 1
        return taken
