"""Hetzner Cloud: floating IPs, servers, networks and their actions, as its API reference has them."""

import ipaddress
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Callable, Optional

import cloud_views as views
from codes import cloud_error
from exchange import Answer, Call, Fault

# Method, path below /v1, who answers.
ROUTES = (
    ("GET", r"/(floating_ips|servers|networks)", "_list"),
    ("GET", r"/(floating_ips|servers|networks)/(\d+)", "_get"),
    ("GET", r"/actions/(\d+)", "_get_action"),
    ("GET", r"/(?:floating_ips|servers|networks)/actions/(\d+)", "_get_action"),
    ("GET", r"/actions", "_list_actions"),
    ("POST", r"/floating_ips/(\d+)/actions/assign", "_assign"),
    ("POST", r"/floating_ips/(\d+)/actions/unassign", "_unassign"),
    ("POST", r"/servers/(\d+)/actions/poweroff", "_power_off"),
    ("POST", r"/servers/(\d+)/actions/poweron", "_power_on"),
    ("POST", r"/servers/(\d+)/actions/change_alias_ips", "_change_alias_ips"),
    ("POST", r"/networks/(\d+)/actions/add_route", "_add_route"),
    ("POST", r"/networks/(\d+)/actions/delete_route", "_delete_route"),
)
KINDS = {"floating_ips": "floating_ip", "servers": "server", "networks": "network"}
Resource = tuple[str, int]  # as in KINDS, and its id


@dataclass
class Action:
    id: int
    command: str
    resources: list[Resource]
    started: float
    due: float
    effect: Callable[[], None]
    error: Optional[dict[str, str]] = None
    status: str = "running"
    finished: Optional[float] = None


@dataclass
class Bucket:
    """Calls left: filled up evenly, as many an interval as it holds."""

    left: float
    filled: float = field(default=0.0)

    def take(self, rule: dict[str, Any], now: float) -> bool:
        self.left = min(rule["requests"], self.left + (now - self.filled) * rule["requests"] / rule["interval"])
        self.filled = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Refused(Exception):
    def __init__(self, code: str, message: str = "", details: Any = None) -> None:
        super().__init__(code)
        self.answer = cloud_error(code, message, details=details)


def invalid(name: str, words: str) -> Refused:
    fields = {"fields": [{"name": name, "messages": [words]}]}
    return Refused("invalid_input", f"invalid input in field '{name}': {words}", fields)


class Cloud:
    def __init__(self, state: dict[str, Any], action_time: float, wall: Callable[[float], float]) -> None:
        self.state = state
        self.action_time = action_time
        self.wall = wall  # the caller's clock at a time on ours
        self.actions: dict[int, Action] = {}
        self.locks: dict[Resource, float] = {}
        self.bucket = Bucket(state["limit"]["requests"])
        self.now = 0.0

    def settle(self, now: float) -> None:
        """Does what was due by now."""
        self.now = now
        for action in self.actions.values():
            if action.status != "running" or action.due > now:
                continue
            action.status = "error" if action.error else "success"
            action.finished = action.due
            if not action.error:
                action.effect()

    def lock(self, collection: str, number: int, until: float) -> None:
        if collection in KINDS:
            self.locks[KINDS[collection], number] = until

    def show_actions(self) -> list[dict[str, Any]]:
        return [self._show_action(action) for action in self.actions.values()]

    def answer(self, call: Call, now: float, fault: Fault = None) -> Answer:
        self.settle(now)
        allowed = self.bucket.take(self.state["limit"], now)
        try:
            answer = self._route(call, now, fault) if allowed else cloud_error("rate_limit_exceeded")
        except Refused as refused:
            answer = refused.answer
        return Answer(answer.status, answer.body, answer.headers | self._limit_headers(now))

    def _route(self, call: Call, now: float, fault: Fault) -> Answer:
        self._admit(call)
        path = call.path.removeprefix("/v1")
        for method, pattern, name in ROUTES:
            found = re.fullmatch(pattern, path)
            if method == call.method and found:
                return getattr(self, name)(call, now, fault, *found.groups())
        return cloud_error("not_found")

    def _admit(self, call: Call) -> None:
        kind, _, token = call.authorization.partition(" ")
        mine = [one for one in self.state["tokens"].values() if one["token"] == token]
        if kind != "Bearer" or not mine:
            raise Refused("unauthorized")
        if mine[0]["read_only"] and call.method != "GET":
            raise Refused("token_readonly")

    def _limit_headers(self, now: float) -> dict[str, str]:
        rule = self.state["limit"]
        full_again = now + (rule["requests"] - self.bucket.left) * rule["interval"] / rule["requests"]
        return {
            "RateLimit-Limit": str(rule["requests"]),
            "RateLimit-Remaining": str(int(self.bucket.left)),
            "RateLimit-Reset": str(int(self.wall(full_again)) + 1),
        }

    # Reading

    def _list(self, call: Call, _now: float, _fault: Fault, collection: str) -> Answer:
        found = self.state[collection]
        if "name" in call.query:
            found = [one for one in found if one["name"] in call.query["name"]]
        return self._page(call, collection, [self._show(KINDS[collection], one) for one in found])

    def _page(self, call: Call, name: str, items: list[Any]) -> Answer:
        page, per_page = _number(call, "page", 1), min(_number(call, "per_page", 25), 50)
        last = max(1, -(-len(items) // per_page))
        pagination = {
            "page": page,
            "per_page": per_page,
            "previous_page": page - 1 if page > 1 else None,
            "next_page": page + 1 if page < last else None,
            "last_page": last,
            "total_entries": len(items),
        }
        return Answer(200, {name: items[(page - 1) * per_page : page * per_page], "meta": {"pagination": pagination}})

    def _get(self, _call: Call, _now: float, _fault: Fault, collection: str, number: str) -> Answer:
        kind = KINDS[collection]
        return Answer(200, {kind: self._show(kind, self._find(kind, int(number)))})

    def _get_action(self, _call: Call, _now: float, _fault: Fault, number: str) -> Answer:
        action = self.actions.get(int(number))
        if not action:
            raise Refused("not_found", f"action with ID '{number}' not found")
        return Answer(200, {"action": self._show_action(action)})

    def _list_actions(self, call: Call, _now: float, _fault: Fault) -> Answer:
        if "id" not in call.query:
            raise Refused("deprecated_api_endpoint", "API functionality was removed")
        return Answer(200, {"actions": [one for one in self.show_actions() if str(one["id"]) in call.query["id"]]})

    def _find(self, kind: str, number: int) -> dict[str, Any]:
        collection = next(name for name, one in KINDS.items() if one == kind)
        found = next((one for one in self.state[collection] if one["id"] == number), None)
        if found is None:
            raise Refused("not_found", f"{kind.replace('_', ' ')} with ID '{number}' not found")
        return found

    def _show(self, kind: str, item: dict[str, Any]) -> dict[str, Any]:
        if kind == "floating_ip":
            return views.floating_ip(item)
        if kind == "network":
            return views.network(item, self.state["servers"])
        return views.server(item, self.state["floating_ips"], self._is_locked(("server", item["id"])))

    def _show_action(self, action: Action) -> dict[str, Any]:
        return {
            "id": action.id,
            "command": action.command,
            "status": action.status,
            "progress": 0 if action.status == "running" else 100,
            "started": self._stamp(action.started),
            "finished": None if action.finished is None else self._stamp(action.finished),
            "resources": [{"id": number, "type": kind} for kind, number in action.resources],
            "error": action.error if action.status == "error" else None,
        }

    def _stamp(self, now: float) -> str:
        return datetime.fromtimestamp(self.wall(now), timezone.utc).isoformat(timespec="seconds")

    # Changing

    def _is_locked(self, resource: Resource) -> bool:
        busy = any(one.status == "running" and resource in one.resources for one in self.actions.values())
        return busy or self.locks.get(resource, 0.0) > self.now

    def _begin(self, command: str, resources: list[Resource], effect: Callable[[], None], now: float, fault: Fault) -> Answer:
        """An action on the first of these; that one must be free."""
        if self._is_locked(resources[0]):
            raise Refused("conflict" if resources[0][0] == "network" else "locked")
        number = len(self.actions) + 1
        action = Action(number, command, resources, now, now + self.action_time, effect)
        if fault and fault["do"] == "action-hangs":
            action.due = float("inf")
        if fault and fault["do"] == "action-fails":
            action.error = {"code": fault.get("code", "action_failed"), "message": fault.get("message", "Action failed")}
        self.actions[number] = action
        return Answer(201, {"action": self._show_action(action)})

    def _assign(self, call: Call, now: float, fault: Fault, number: str) -> Answer:
        address = self._find("floating_ip", int(number))
        wanted = _body(call).get("server")
        if not isinstance(wanted, int):
            raise invalid("server", "Missing data for required field." if wanted is None else "Not a valid integer.")
        server = self._find("server", wanted)
        if address["server"] == wanted or (address["server"] is not None and self.state["assign_needs_unassign"]):
            raise Refused("floating_ip_assigned")
        resources = [("floating_ip", address["id"]), ("server", server["id"])]
        return self._begin("assign_floating_ip", resources, lambda: address.update(server=wanted), now, fault)

    def _unassign(self, _call: Call, now: float, fault: Fault, number: str) -> Answer:
        address = self._find("floating_ip", int(number))
        resources = [("floating_ip", address["id"])]
        if address["server"] is not None:
            resources.append(("server", address["server"]))
        return self._begin("unassign_floating_ip", resources, lambda: address.update(server=None), now, fault)

    def _power_off(self, _call: Call, now: float, fault: Fault, number: str) -> Answer:
        server = self._find("server", int(number))
        return self._begin("stop_server", [("server", server["id"])], lambda: server.update(status="off"), now, fault)

    def _power_on(self, _call: Call, now: float, fault: Fault, number: str) -> Answer:
        server = self._find("server", int(number))
        return self._begin("start_server", [("server", server["id"])], lambda: server.update(status="running"), now, fault)

    def _change_alias_ips(self, call: Call, now: float, fault: Fault, number: str) -> Answer:
        server = self._find("server", int(number))
        body = _body(call)
        network = self._find("network", body["network"]) if isinstance(body.get("network"), int) else None
        if network is None:
            raise invalid("network", "Missing data for required field.")
        wanted = body.get("alias_ips")
        if not isinstance(wanted, list):
            raise invalid("alias_ips", "Missing data for required field.")
        attachment = next((one for one in server["private_net"] if one["network"] == network["id"]), None)
        if attachment is None:
            raise Refused("server_not_attached_to_network")
        for ip in wanted:
            self._check_alias(ip, network, attachment)
        resources = [("server", server["id"]), ("network", network["id"])]
        return self._begin("change_alias_ips", resources, lambda: attachment.update(alias_ips=wanted), now, fault)

    def _check_alias(self, ip: Any, network: dict[str, Any], mine: dict[str, Any]) -> None:
        try:
            address = ipaddress.ip_address(ip)
        except ValueError:
            raise invalid("alias_ips", f"{ip!r} is not a valid IP") from None
        if not any(address in ipaddress.ip_network(subnet) for subnet in network["subnets"]):
            raise invalid("alias_ips", f"{ip} is not in a subnet of the network")
        for server in self.state["servers"]:
            for one in server["private_net"]:
                taken = [one["ip"]] if one is mine else [one["ip"], *one["alias_ips"]]
                if one["network"] == network["id"] and ip in taken:
                    raise Refused("ip_not_available")

    def _route_of(self, call: Call) -> dict[str, str]:
        body = _body(call)
        for name in ("destination", "gateway"):
            if not isinstance(body.get(name), str):
                raise invalid(name, "Missing data for required field.")
        return {"destination": body["destination"], "gateway": body["gateway"]}

    def _add_route(self, call: Call, now: float, fault: Fault, number: str) -> Answer:
        network, route = self._find("network", int(number)), self._route_of(call)
        try:
            destination = ipaddress.ip_network(route["destination"])
            gateway = ipaddress.ip_address(route["gateway"])
        except ValueError as wrong:
            raise invalid("destination", str(wrong)) from None
        if gateway not in ipaddress.ip_network(network["ip_range"]):
            raise invalid("gateway", "must be in the range of the network")
        if any(destination.overlaps(ipaddress.ip_network(one["destination"])) for one in network["routes"]):
            raise Refused("uniqueness_error", "route overlaps with another route", {"fields": [{"name": "destination"}]})
        return self._begin("add_route", [("network", network["id"])], lambda: network["routes"].append(route), now, fault)

    def _delete_route(self, call: Call, now: float, fault: Fault, number: str) -> Answer:
        network, route = self._find("network", int(number)), self._route_of(call)
        if route not in network["routes"]:
            raise Refused("not_found", "route not found")
        return self._begin("delete_route", [("network", network["id"])], lambda: network["routes"].remove(route), now, fault)


def _number(call: Call, name: str, otherwise: int) -> int:
    value = call.query.get(name, [str(otherwise)])[0]
    if not value.isdecimal() or int(value) < 1:
        raise invalid(name, "must be greater than or equal to 1")
    return int(value)


def _body(call: Call) -> dict[str, Any]:
    try:
        body = json.loads(call.body or b"{}")
    except ValueError:
        raise Refused("json_error") from None
    if not isinstance(body, dict):
        raise Refused("json_error")
    return body
