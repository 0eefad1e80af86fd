"""The objects of the Cloud API as it shows them, from the little that we keep of each."""

from typing import Any

CREATED = "2026-01-30T23:55:00+00:00"
LOCATION = {"id": 1, "description": "Falkenstein DC Park 1", "country": "DE", "city": "Falkenstein"}
LOCATION |= {"latitude": 50.47612, "longitude": 12.370071, "network_zone": "eu-central"}


def location(name: str) -> dict[str, Any]:
    return LOCATION | {"name": name}


def floating_ip(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": item["id"],
        "name": item["name"],
        "description": "",
        "ip": item["ip"],
        "type": item["type"],
        "server": item["server"],
        "dns_ptr": [],
        "home_location": location(item["home_location"]),
        "blocked": False,
        "protection": {"delete": False},
        "labels": {},
        "created": CREATED,
    }


def server(item: dict[str, Any], floating_ips: list[dict[str, Any]], locked: bool) -> dict[str, Any]:
    number = item["id"]
    return {
        "id": number,
        "name": item["name"],
        "status": item["status"],
        "created": CREATED,
        "public_net": {
            "ipv4": {"id": number, "ip": item["ipv4"], "blocked": False, "dns_ptr": f"{item['name']}.example"},
            "ipv6": {"id": number, "ip": item["ipv6"], "blocked": False, "dns_ptr": []},
            "floating_ips": [one["id"] for one in floating_ips if one["server"] == number],
            "firewalls": [],
        },
        "private_net": [one | {"mac_address": "86:00:ff:2a:7d:e1"} for one in item["private_net"]],
        "datacenter": {"id": 4, "name": "fsn1-dc14", "description": "Falkenstein 1 DC14", "location": location("fsn1")},
        "rescue_enabled": False,
        "locked": locked,
        "protection": {"delete": False, "rebuild": False},
        "labels": {},
        "volumes": [],
        "load_balancers": [],
    }


def network(item: dict[str, Any], servers: list[dict[str, Any]]) -> dict[str, Any]:
    zone = {"type": "cloud", "network_zone": "eu-central", "vswitch_id": None}
    attached = [one["id"] for one in servers if any(net["network"] == item["id"] for net in one["private_net"])]
    return {
        "id": item["id"],
        "name": item["name"],
        "ip_range": item["ip_range"],
        "subnets": [zone | {"ip_range": one, "gateway": item["ip_range"].rpartition(".")[0] + ".1"} for one in item["subnets"]],
        "routes": list(item["routes"]),
        "servers": attached,
        "load_balancers": [],
        "protection": {"delete": False},
        "labels": {},
        "created": CREATED,
        "expose_routes_to_vswitch": False,
    }
