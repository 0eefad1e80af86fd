"""The providers together: what a call gets, under one lock, and how badly it is delivered."""

import copy
import re
import threading
import time
from dataclasses import astuple, dataclass
from typing import Any, Optional

import hook
import state as known
from cloud import Cloud
from codes import error_of
from exchange import Answer, Call, Clock, Fault, Reply
from plan import Plan, checked, matches
from robot import Robot

LOGIN_PAGE = "<html><head><title>Login</title></head><body><form><input name=user><input name=password></form></body></html>"
# What the provider is told of a fault; the others are between it and the caller.
OF_THE_PROVIDER = ("processing", "not-complete", "action-fails", "action-hangs")


@dataclass(frozen=True)
class Times:
    """Seconds of the provider's clock that a change takes, and how much faster that clock is."""

    switch: float
    action: float
    scale: float


@dataclass(frozen=True)
class Delivery:
    """What goes out: nothing, the whole answer, half of it, or `drip` bytes at a time."""

    answer: Optional[Answer]
    manner: str = "whole"
    bytes: int = 0
    pause: float = 0.0


class World:
    def __init__(self, state: dict[str, Any], rules: list[dict[str, Any]], times: Times) -> None:
        self._first = (copy.deepcopy(state), times)
        self._lock = threading.Lock()
        self._begin(state, rules, times)

    def _begin(self, state: dict[str, Any], rules: list[dict[str, Any]], times: Times) -> None:
        self.clock = Clock(times.scale)
        self.state = state
        self.plan = Plan(rules)
        self.robot = Robot(state["robot"], times.switch)
        self.cloud = Cloud(state["cloud"], times.action, self.clock.wall)
        self.hook = hook.Hook(state["webhook"], times.action)
        self._limits: list[tuple[dict[str, Any], float]] = []  # rules whose calls are refused, until when

    def token_names(self) -> dict[str, str]:
        with self._lock:
            return {one["token"]: name for api in ("cloud", "webhook") for name, one in self.state[api]["tokens"].items()}

    def take_fault(self, call: Call) -> Fault:
        with self._lock:
            return self.plan.take(call)

    def deliver(self, call: Call, fault: Fault) -> Delivery:
        """Takes as long as the provider does."""
        kind = fault["do"] if fault else ""
        if fault and kind == "slow":
            time.sleep(fault["seconds"])
        instead = _instead(call, fault) if fault else None
        if instead and fault:
            if fault.get("done"):
                self._answer(call, None)
            if kind == "stall":
                time.sleep(fault["seconds"])
            return instead
        answer = self._answer(call, fault)
        if fault and kind == "drip":
            return Delivery(answer, "drip", fault["bytes"], fault.get("pause", 0.02))
        return Delivery(answer, "half" if kind == "half" else "whole")

    def _answer(self, call: Call, fault: Fault) -> Answer:
        with self._lock:
            clock, robot = self.clock, self.robot  # a reset puts others there
            reply = self._decide(call, fault, clock.now())
        if isinstance(reply, Answer):
            return reply
        clock.wait(reply.due)
        with self._lock:
            robot.settle(max(clock.now(), reply.due))
            return reply.answer()

    def _decide(self, call: Call, fault: Fault, now: float) -> Reply:
        if fault and fault["do"] == "limit":
            self._limits.append((fault, now + self.clock.of(fault["interval"])))
        if fault and fault["do"] == "lock":
            self._lock_resource(call, now + self.clock.of(fault["seconds"]))
        self._limits = [(rule, until) for rule, until in self._limits if until > now]
        for rule, until in self._limits:
            if matches(rule, call):
                return self._out_of_calls(call, rule, until)
        told = self._on_our_clock(fault) if fault and fault["do"] in OF_THE_PROVIDER else None
        return {"cloud": self.cloud, "webhook": self.hook, "robot": self.robot}[call.api].answer(call, now, told)

    def _on_our_clock(self, fault: dict[str, Any]) -> dict[str, Any]:
        later = fault.get("later")
        return fault if later is None else fault | {"later": self.clock.of(later)}

    def _out_of_calls(self, call: Call, rule: dict[str, Any], until: float) -> Answer:
        if call.api == "webhook":
            return hook.error(429, "too many calls", **{"Retry-After": str(rule["interval"])})
        answer = error_of(call.api, code="rate_limit_exceeded" if call.api == "cloud" else "RATE_LIMIT_EXCEEDED")
        if call.api == "cloud":
            reset = str(int(self.clock.wall(until)) + 1)
            return Answer(answer.status, answer.body, {"RateLimit-Limit": "3600", "RateLimit-Remaining": "0", "RateLimit-Reset": reset})
        answer.body["error"]["interval"] = rule["interval"]
        return answer

    def _lock_resource(self, call: Call, until: float) -> None:
        resource = re.match(r"/failover/([^/]+)|/v1/([a-z_]+)/(\d+)", call.path)
        if resource and resource[1]:
            self.robot.lock(resource[1], until)
        elif resource:
            self.cloud.lock(resource[2], int(resource[3]), until)

    # For the control listener

    def reset(self, change: dict[str, Any]) -> None:
        """As started, but for this: state, plan, switch_time, action_time, scale."""
        unknown = set(change) - {"state", "plan", "switch_time", "action_time", "scale"}
        if unknown:
            raise ValueError(f"reset: no {', '.join(sorted(unknown))}")
        state, times = copy.deepcopy(self._first[0]), self._first[1]
        known.replace(state, change.get("state", {}))
        rules = checked(change.get("plan", []))
        times = Times(*(float(change.get(name, old)) for name, old in zip(("switch_time", "action_time", "scale"), astuple(times))))
        if times.scale <= 0:
            raise ValueError("reset: scale must be more than 0")
        with self._lock:
            self._begin(state, rules, times)

    def add_rules(self, rules: list[dict[str, Any]]) -> None:
        with self._lock:
            self.plan.add(rules)

    def clear_rules(self) -> None:
        """Limits and locks that a plan began end as well."""
        with self._lock:
            self.plan.rules.clear()
            self._limits.clear()
            self.robot.locks.clear()
            self.cloud.locks.clear()

    def rules(self) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(rule) for rule in self.plan.rules]

    def change(self, change: dict[str, Any]) -> None:
        with self._lock:
            known.merge(self.state, change)

    def show(self) -> dict[str, Any]:
        with self._lock:
            now = self.clock.now()
            self.robot.settle(now)
            self.cloud.settle(now)
            self.hook.settle(now)
            shown = known.without_secrets(self.state)
            shown["robot"]["switching"] = {ip: one.target for ip, one in self.robot.switches.items()}
            shown["robot"]["resets"] = list(self.robot.resets)
            shown["cloud"]["actions"] = self.cloud.show_actions()
            return shown


def _instead(call: Call, fault: dict[str, Any]) -> Optional[Delivery]:
    """What the caller gets although the API did not say it."""
    kind = fault["do"]
    if kind in ("cut", "stall"):
        return Delivery(None)
    if kind == "wrong-content":
        return Delivery(Answer(200, LOGIN_PAGE))
    if kind == "redirect":
        return Delivery(Answer(fault.get("status", 302), "", {"Location": fault.get("to", "https://localhost/login")}))
    if kind == "status" and "body" in fault:
        return Delivery(Answer(fault["status"], fault["body"]))
    if kind == "status":
        return Delivery(error_of(call.api, fault.get("status", 0), fault.get("code", ""), fault.get("message", "")))
    return None
