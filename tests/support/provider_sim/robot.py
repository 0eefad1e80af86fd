"""Hetzner Robot: failover addresses, servers and resets, as its webservice documentation has them.

What it does not document is as hard on a caller as it may be: a good login does not forgive bad ones, a locked caller hears 401 whatever it
sends, and an address that is being switched is locked even for the target that it is switched to.
"""

import base64
import binascii
import ipaddress
import re
from dataclasses import dataclass
from typing import Any, Optional

from codes import robot_error
from exchange import Answer, Call, Fault, Later, Reply

# Method, path, the limit that counts for it (by name, in the state), and who answers.
ROUTES = (
    ("GET", r"/failover", "read", "_list_failover"),
    ("GET", r"/failover/([^/]+)", "read", "_get_failover"),
    ("POST", r"/failover/([^/]+)", "switch", "_switch"),
    ("DELETE", r"/failover/([^/]+)", "switch", "_unroute"),
    ("GET", r"/server", "server", "_list_servers"),
    ("GET", r"/server/([^/]+)", "server", "_get_server"),
    ("GET", r"/reset", "reset_read", "_list_resets"),
    ("GET", r"/reset/([^/]+)", "reset_read", "_get_reset"),
    ("POST", r"/reset/([^/]+)", "reset", "_reset"),
)


@dataclass
class Switch:
    """A change of a route that is under way."""

    target: Optional[str]
    done: float


def same_address(one: str, other: str) -> bool:
    try:
        return ipaddress.ip_address(one) == ipaddress.ip_address(other)
    except ValueError:
        return False


def credentials(authorization: str) -> tuple[str, str]:
    """User and password of HTTP Basic; empty when there are none."""
    kind, _, rest = authorization.partition(" ")
    try:
        user, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (user, password) if kind.lower() == "basic" else ("", "")


class Robot:
    def __init__(self, state: dict[str, Any], switch_time: float) -> None:
        self.state = state
        self.switch_time = switch_time
        self.failed_logins: dict[str, list[float]] = {}
        self.used: dict[tuple[str, str], list[float]] = {}
        self.switches: dict[str, Switch] = {}
        self.locks: dict[str, float] = {}
        self.resets: list[dict[str, Any]] = []

    def settle(self, now: float) -> None:
        """Does what was due by now."""
        for ip, switch in list(self.switches.items()):
            if switch.done <= now:
                self._find_failover(ip)["active_server_ip"] = switch.target
                del self.switches[ip]

    def answer(self, call: Call, now: float, fault: Fault = None) -> Reply:
        self.settle(now)
        user, password = credentials(call.authorization)
        refused = self._refuse_login(call.caller, user, password, now)
        if refused:
            return refused
        for method, pattern, limit, name in ROUTES:
            found = re.fullmatch(pattern, call.path)
            if method == call.method and found:
                return self._within_limit(user, f"{method} {pattern}", limit, now) or getattr(self, name)(call, now, fault, *found.groups())
        return robot_error("NOT_FOUND")

    def lock(self, ip: str, until: float) -> None:
        self.locks[str(ipaddress.ip_address(ip))] = until

    def _refuse_login(self, caller: str, user: str, password: str, now: float) -> Optional[Answer]:
        rules = self.state["login"]
        failed = [when for when in self.failed_logins.get(caller, []) if when > now - rules["lock"]]
        self.failed_logins[caller] = failed
        if len(failed) >= rules["tries"]:
            return robot_error("UNAUTHORIZED")
        if user and self.state["users"].get(user) == password:
            return None
        failed.append(now)
        return robot_error("UNAUTHORIZED")

    def _within_limit(self, user: str, call: str, limit: str, now: float) -> Optional[Answer]:
        limits = self.state["limits"]
        recent = [when for when in self.used.get((user, call), []) if when > now - limits["interval"]]
        self.used[user, call] = recent
        if len(recent) >= limits[limit]:
            return robot_error("RATE_LIMIT_EXCEEDED", max_request=limits[limit], interval=limits["interval"])
        recent.append(now)
        return None

    # Failover addresses

    def _find_failover(self, ip: str) -> Optional[dict[str, Any]]:
        return next((one for one in self.state["failover"] if same_address(one["ip"], ip)), None)

    def _locked(self, ip: str, now: float) -> bool:
        return ip in self.switches or self.locks.get(str(ipaddress.ip_address(ip)), 0) > now

    def _show_failover(self, address: dict[str, Any], fault: Fault = None) -> dict[str, Any]:
        owner = self._find_server(str(address["server_number"])) or {}
        shown = {name: address[name] for name in ("ip", "netmask")}
        shown |= {name: owner.get(name) for name in ("server_ip", "server_ipv6_net", "server_number")}
        shown["active_server_ip"] = address["active_server_ip"]
        # Not documented, but seen on GET while a switch is under way.
        if address["ip"] in self.switches or (fault and fault["do"] == "processing"):
            shown["status"] = "processing"
        return {"failover": shown}

    def _list_failover(self, _call: Call, _now: float, fault: Fault) -> Answer:
        if not self.state["failover"]:
            return robot_error("NOT_FOUND", "No failover IP addresses found")
        return Answer(200, [self._show_failover(one, fault) for one in self.state["failover"]])

    def _get_failover(self, _call: Call, _now: float, fault: Fault, ip: str) -> Answer:
        address = self._find_failover(ip)
        return Answer(200, self._show_failover(address, fault)) if address else robot_error("NOT_FOUND")

    def _switch(self, call: Call, now: float, fault: Fault, ip: str) -> Reply:
        address = self._find_failover(ip)
        if not address:
            return robot_error("NOT_FOUND")
        wanted = call.form.get("active_server_ip", "")
        if not wanted:
            return robot_error("INVALID_INPUT", missing=["active_server_ip"])
        try:
            ipaddress.ip_address(wanted)
        except ValueError:
            return robot_error("INVALID_INPUT", invalid=["active_server_ip"])
        target = self._main_address(wanted, ":" in address["ip"])
        if not target:
            return robot_error("FAILOVER_NEW_SERVER_NOT_FOUND")
        if self._locked(address["ip"], now):
            return robot_error("FAILOVER_LOCKED")
        if address["active_server_ip"] and same_address(address["active_server_ip"], target):
            return robot_error("FAILOVER_ALREADY_ROUTED")
        return self._begin(address, target, now, fault)

    def _unroute(self, _call: Call, now: float, fault: Fault, ip: str) -> Reply:
        address = self._find_failover(ip)
        if not address:
            return robot_error("NOT_FOUND")
        if self._locked(address["ip"], now):
            return robot_error("FAILOVER_LOCKED")
        if address["active_server_ip"] is None:
            return Answer(200, self._show_failover(address))
        return self._begin(address, None, now, fault)

    def _main_address(self, wanted: str, ipv6: bool) -> Optional[str]:
        """An IPv4 address goes to a server's main address, an IPv6 subnet to the net address of its main subnet."""
        name = "server_ipv6_net" if ipv6 else "server_ip"
        return next((one[name] for one in self.state["servers"] if one.get(name) and same_address(one[name], wanted)), None)

    def _begin(self, address: dict[str, Any], target: Optional[str], now: float, fault: Fault) -> Reply:
        ip, answered = address["ip"], now + self.switch_time
        if fault and fault["do"] == "not-complete":
            if fault.get("later") is None:
                self.lock(ip, answered)
            else:
                self.switches[ip] = Switch(target, answered + fault["later"])
            return Later(answered, lambda: robot_error("FAILOVER_NOT_COMPLETE"))
        self.switches[ip] = Switch(target, answered)
        return Later(answered, lambda: Answer(200, self._show_failover(address)))

    # Servers and resets

    def _find_server(self, number_or_ip: str) -> Optional[dict[str, Any]]:
        names = ("server_number", "server_ip")
        return next((one for one in self.state["servers"] if number_or_ip in [str(one[name]) for name in names]), None)

    def _show_server(self, server: dict[str, Any]) -> dict[str, Any]:
        shown = {name: server[name] for name in ("server_ip", "server_ipv6_net", "server_number", "server_name")}
        shown |= {"product": "AX41", "dc": "FSN1-DC1", "traffic": "unlimited", "status": "ready", "cancelled": False}
        shown |= {"paid_until": "2027-01-01", "ip": [server["server_ip"]]}
        return {"server": shown | {"subnet": [{"ip": server["server_ipv6_net"], "mask": "64"}]}}

    def _list_servers(self, _call: Call, _now: float, _fault: Fault) -> Answer:
        if not self.state["servers"]:
            return robot_error("SERVER_NOT_FOUND", "No server found")
        return Answer(200, [self._show_server(one) for one in self.state["servers"]])

    def _get_server(self, _call: Call, _now: float, _fault: Fault, number: str) -> Answer:
        server = self._find_server(number)
        return Answer(200, self._show_server(server)) if server else _no_server(number)

    def _show_reset(self, server: dict[str, Any]) -> dict[str, Any]:
        shown = {name: server[name] for name in ("server_ip", "server_ipv6_net", "server_number")}
        return shown | {"type": server["reset"]}

    def _list_resets(self, _call: Call, _now: float, _fault: Fault) -> Answer:
        able = [{"reset": self._show_reset(one)} for one in self.state["servers"] if one["reset"]]
        return Answer(200, able) if able else robot_error("NOT_FOUND", "No servers with reset option found")

    def _get_reset(self, _call: Call, _now: float, _fault: Fault, number: str) -> Answer:
        server = self._find_server(number)
        if not server:
            return _no_server(number)
        if not server["reset"]:
            return robot_error("RESET_NOT_AVAILABLE")
        return Answer(200, {"reset": self._show_reset(server) | {"operating_status": server["operating_status"]}})

    def _reset(self, call: Call, now: float, _fault: Fault, number: str) -> Answer:
        server = self._find_server(number)
        if not server:
            return _no_server(number)
        if not server["reset"]:
            return robot_error("RESET_NOT_AVAILABLE")
        kind = call.form.get("type", "")
        if kind not in server["reset"]:
            return robot_error("INVALID_INPUT", **({"invalid": ["type"]} if kind else {"missing": ["type"]}))
        if kind == "man" and any(one["type"] == "man" and one["server_number"] == server["server_number"] for one in self.resets):
            return robot_error("RESET_MANUAL_ACTIVE")
        self.resets.append({"server_number": server["server_number"], "type": kind, "time": now})
        if kind in ("power", "power_long"):
            was_on = server["operating_status"] == "running"
            server["operating_status"] = "shut off" if was_on else "running"
        return Answer(200, {"reset": self._show_reset(server) | {"type": kind}})


def _no_server(number: str) -> Answer:
    return robot_error("SERVER_NOT_FOUND", f"Server with id {number} not found")
