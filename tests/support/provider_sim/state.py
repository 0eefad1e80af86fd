"""What the providers know: one JSON object, all addresses in documentation ranges (in private networks: private ones)."""

import copy
from typing import Any

DEFAULT: dict[str, Any] = {
    "robot": {
        "users": {"ws-sim": "rehearsal"},
        "servers": [
            {
                "server_number": 321,
                "server_name": "alpha",
                "server_ip": "192.0.2.11",
                "server_ipv6_net": "2001:db8:1::",
                "reset": ["sw", "power", "hw", "man"],
                "operating_status": "running",
            },
            {
                "server_number": 322,
                "server_name": "beta",
                "server_ip": "192.0.2.12",
                "server_ipv6_net": "2001:db8:2::",
                "reset": ["sw", "power", "hw", "man"],
                "operating_status": "running",
            },
        ],
        "failover": [
            {
                "ip": "203.0.113.100",
                "netmask": "255.255.255.255",
                "server_number": 321,
                "active_server_ip": "192.0.2.11",
            },
            {
                "ip": "2001:db8:100::",
                "netmask": "ffff:ffff:ffff:ffff::",
                "server_number": 321,
                "active_server_ip": "2001:db8:1::",
            },
        ],
        # Calls an interval, of one user and for each kind of call; seconds of the provider's clock.
        "limits": {"read": 100, "switch": 50, "server": 200, "reset_read": 500, "reset": 50, "interval": 3600},
        "login": {"tries": 3, "lock": 600},
    },
    "cloud": {
        "tokens": {
            "sim": {"token": "sim-token-read-write", "read_only": False},
            "reader": {"token": "sim-token-read-only", "read_only": True},
        },
        "servers": [
            {
                "id": 4711,
                "name": "alpha",
                "status": "running",
                "ipv4": "192.0.2.11",
                "ipv6": "2001:db8:1::/64",
                "private_net": [{"network": 77, "ip": "10.0.1.11", "alias_ips": ["10.0.1.100"]}],
            },
            {
                "id": 4712,
                "name": "beta",
                "status": "running",
                "ipv4": "192.0.2.12",
                "ipv6": "2001:db8:2::/64",
                "private_net": [{"network": 77, "ip": "10.0.1.12", "alias_ips": []}],
            },
        ],
        "floating_ips": [
            {"id": 42, "name": "web", "ip": "203.0.113.200", "type": "ipv4", "server": 4711, "home_location": "fsn1"},
            {"id": 43, "name": "web6", "ip": "2001:db8:200::/64", "type": "ipv6", "server": 4711, "home_location": "fsn1"},
        ],
        "networks": [
            {
                "id": 77,
                "name": "internal",
                "ip_range": "10.0.0.0/16",
                "subnets": ["10.0.1.0/24"],
                "routes": [{"destination": "10.100.0.100/32", "gateway": "10.0.1.11"}],
            }
        ],
        "limit": {"requests": 3600, "interval": 3600},
        # Some have seen that an address must be unassigned before another server gets it.
        "assign_needs_unassign": False,
    },
    "webhook": {
        "tokens": {"sim": {"token": "sim-hook-token"}},
        "addresses": {"203.0.113.150": "lb1"},
        "targets": ["lb1", "lb2"],
        # A switch is begun, and there later.
        "slow": False,
    },
}

SECRETS = ("users", "tokens")
# What tells the items of a list apart, the first that an item has; a failover address has no number of its own.
KEYS = ("id", "network", "ip", "server_number", "destination")


def default() -> dict[str, Any]:
    return copy.deepcopy(DEFAULT)


def merge(into: dict[str, Any], change: dict[str, Any]) -> None:
    """Objects are merged, lists of objects item by item, everything else is replaced. Unknown names are refused."""
    for name, value in change.items():
        if name not in into and name not in SECRETS:
            raise ValueError(f"state: no {name!r} (known: {', '.join(into)})")
        if isinstance(into.get(name), dict) and isinstance(value, dict):
            if name in SECRETS:
                into[name].update(value)
            else:
                merge(into[name], value)
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            into[name] = _merged_list(into[name], value)
        else:
            into[name] = value


def _merged_list(old: list[Any], change: list[dict[str, Any]]) -> list[Any]:
    result = list(old)
    for item in change:
        key = next((key for key in KEYS if key in item), None)
        found = next((one for one in result if key and one.get(key) == item[key]), None)
        if found is None:
            result.append(item)
        else:
            found.update(item)
    return result


def replace(into: dict[str, Any], change: dict[str, Any]) -> None:
    """A state file: every list, and every object of names (users, tokens), that it has stands instead of ours."""
    for api, part in change.items():
        if api not in into:
            raise ValueError(f"state: no {api!r} (known: {', '.join(into)})")
        for name, value in part.items():
            if name not in into[api]:
                raise ValueError(f"state: {api}: no {name!r} (known: {', '.join(into[api])})")
            if isinstance(value, dict) and name not in SECRETS:
                into[api][name].update(value)
            else:
                into[api][name] = value


def without_secrets(state: dict[str, Any]) -> dict[str, Any]:
    return {api: {name: value for name, value in part.items() if name not in SECRETS} for api, part in state.items()}
