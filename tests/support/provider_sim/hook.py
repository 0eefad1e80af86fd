"""A webhook at /hook: the other side of the contract in vipctl(8), kind webhook."""

import json
from dataclasses import dataclass
from typing import Any, Optional

from exchange import Answer, Call, Fault


@dataclass
class Switch:
    """A change of a route that is under way."""

    target: Optional[str]
    done: float


class Hook:
    def __init__(self, state: dict[str, Any], action_time: float) -> None:
        self.state = state
        self.action_time = action_time
        self.switches: dict[str, Switch] = {}
        self.locks: dict[str, float] = {}

    def settle(self, now: float) -> None:
        """Does what was due by now."""
        for ip, switch in list(self.switches.items()):
            if switch.done <= now:
                self.state["addresses"][ip] = switch.target
                del self.switches[ip]

    def answer(self, call: Call, now: float, _fault: Fault = None) -> Answer:
        self.settle(now)
        kind, _, token = call.authorization.partition(" ")
        if kind != "Bearer" or all(token != one["token"] for one in self.state["tokens"].values()):
            return error(401, "who are you?")
        if call.path != "/hook":
            return error(404, "no such hook")
        if call.method == "GET":
            return self._read(call.query.get("address", [""])[0])
        if call.method == "POST":
            return self._switch(call, now)
        return error(405, "GET or POST")

    def _read(self, address: str) -> Answer:
        if address not in self.state["addresses"]:
            return error(404, "no such address")
        return Answer(202 if address in self.switches else 200, {"target": self.state["addresses"][address]})

    def _switch(self, call: Call, now: float) -> Answer:
        try:
            wish = json.loads(call.body)
            address, target = wish["address"], wish["target"]
        except (ValueError, KeyError, TypeError):
            return error(400, "no address and target")
        if address not in self.state["addresses"]:
            return error(404, "no such address")
        if target is not None and target not in self.state["targets"]:
            return error(422, "no such target")
        if address in self.switches:
            return error(409, "a switch is in process", **{"Retry-After": "1"})
        if not self.state["slow"]:
            self.state["addresses"][address] = target
            return Answer(200, {"target": target})
        self.switches[address] = Switch(target, now + self.action_time)
        return Answer(202, {})


def error(status: int, words: str, **headers: str) -> Answer:
    return Answer(status, {"error": words}, headers)
