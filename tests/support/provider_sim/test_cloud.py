"""Cloud as its API reference has it."""

import time
from typing import Any

from harness import Case, Got, Simulation, until

ALPHA, BETA = 4711, 4712


def finished(simulation: Simulation, begun: Got) -> dict[str, Any]:
    """The action when it has ended."""
    assert begun.status == 201, begun.text
    path = f"/actions/{begun.body['action']['id']}"
    until(lambda: simulation.cloud("GET", path).body["action"]["status"] != "running")
    return simulation.cloud("GET", path).body["action"]


def aliases(simulation: Simulation, server: int) -> list[str]:
    return simulation.cloud("GET", f"/servers/{server}").body["server"]["private_net"][0]["alias_ips"]


class FloatingIps(Case):
    def test_an_address_is_found_by_its_name_and_shown_as_documented(self) -> None:
        simulation = self.start()
        shown = simulation.cloud("GET", "/floating_ips?name=web").body["floating_ips"]
        self.assertEqual([(one["id"], one["ip"], one["type"], one["server"]) for one in shown], [(42, "203.0.113.200", "ipv4", ALPHA)])
        self.assertEqual(shown[0]["home_location"]["name"], "fsn1")
        self.assertEqual(simulation.cloud("GET", "/floating_ips/42").body, {"floating_ip": shown[0]})
        self.assertEqual(simulation.cloud("GET", "/floating_ips?name=none").body["floating_ips"], [])

    def test_an_assignment_is_an_action_that_runs_and_then_has_happened(self) -> None:
        simulation = self.start()
        begun = simulation.cloud("POST", "/floating_ips/42/actions/assign", {"server": BETA})
        action = begun.body["action"]
        self.assertEqual((begun.status, action["command"], action["status"], action["progress"]), (201, "assign_floating_ip", "running", 0))
        self.assertEqual((action["finished"], action["error"]), (None, None))
        self.assertIn({"id": 42, "type": "floating_ip"}, action["resources"])
        done = finished(simulation, begun)
        self.assertEqual((done["status"], done["progress"]), ("success", 100))
        self.assertEqual(simulation.cloud("GET", "/floating_ips/42").body["floating_ip"]["server"], BETA)
        self.assertEqual(simulation.cloud("GET", f"/servers/{BETA}").body["server"]["public_net"]["floating_ips"], [42])

    def test_an_action_that_fails_changes_nothing(self) -> None:
        simulation = self.start()
        simulation.plan({"match": "POST /v1/floating_ips", "do": "action-fails"})
        done = finished(simulation, simulation.cloud("POST", "/floating_ips/42/actions/assign", {"server": BETA}))
        self.assertEqual((done["status"], done["error"]), ("error", {"code": "action_failed", "message": "Action failed"}))
        self.assertEqual(simulation.cloud("GET", "/floating_ips/42").body["floating_ip"]["server"], ALPHA)

    def test_an_action_that_hangs_keeps_the_address_locked(self) -> None:
        simulation = self.start(action_time=0)
        simulation.plan({"match": "POST", "do": "action-hangs"})
        begun = simulation.cloud("POST", "/floating_ips/42/actions/assign", {"server": BETA}).body["action"]
        self.assertEqual(simulation.cloud("GET", "/floating_ips/42").body["floating_ip"]["server"], ALPHA)
        refused = simulation.cloud("POST", "/floating_ips/42/actions/unassign")
        self.assertEqual((refused.status, refused.code), (423, "locked"))
        self.assertEqual(simulation.cloud("GET", f"/actions/{begun['id']}").body["action"]["status"], "running")

    def test_unassigned_it_has_no_server(self) -> None:
        simulation = self.start()
        finished(simulation, simulation.cloud("POST", "/floating_ips/42/actions/unassign"))
        self.assertIsNone(simulation.cloud("GET", "/floating_ips/42").body["floating_ip"]["server"])

    def test_an_assignment_that_cannot_be_is_refused(self) -> None:
        simulation = self.start()
        assign = "/floating_ips/42/actions/assign"
        missing = simulation.cloud("POST", assign, {})
        self.assertEqual((missing.status, missing.code), (422, "invalid_input"))
        self.assertEqual(missing.error["details"]["fields"][0]["name"], "server")
        self.assertEqual(simulation.cloud("POST", assign, {"server": 9}).code, "not_found")
        self.assertEqual(simulation.cloud("POST", assign, {"server": ALPHA}).code, "floating_ip_assigned")
        self.assertEqual(simulation.cloud("POST", "/floating_ips/9/actions/assign", {"server": BETA}).status, 404)
        broken = simulation.call("POST", "/v1" + assign, "{", {"Authorization": f"Bearer {simulation.token}"})
        self.assertEqual((broken.status, broken.code), (400, "json_error"))
        simulation.control("POST", "state", {"cloud": {"assign_needs_unassign": True}})
        self.assertEqual(simulation.cloud("POST", assign, {"server": BETA}).code, "floating_ip_assigned")


class Servers(Case):
    def test_a_server_without_power_says_off_when_the_action_has_ended(self) -> None:
        simulation = self.start()
        for verb, status in (("poweroff", "off"), ("poweron", "running")):
            finished(simulation, simulation.cloud("POST", f"/servers/{BETA}/actions/{verb}"))
            self.assertEqual(simulation.cloud("GET", f"/servers/{BETA}").body["server"]["status"], status)

    def test_an_alias_must_be_free_before_another_server_gets_it(self) -> None:
        simulation = self.start()
        wanted = {"network": 77, "alias_ips": ["10.0.1.100"]}
        taken = simulation.cloud("POST", f"/servers/{BETA}/actions/change_alias_ips", wanted)
        self.assertEqual((taken.status, taken.code), (409, "ip_not_available"))
        finished(simulation, simulation.cloud("POST", f"/servers/{ALPHA}/actions/change_alias_ips", {"network": 77, "alias_ips": []}))
        finished(simulation, simulation.cloud("POST", f"/servers/{BETA}/actions/change_alias_ips", wanted))
        self.assertEqual((aliases(simulation, ALPHA), aliases(simulation, BETA)), ([], ["10.0.1.100"]))

    def test_aliases_that_cannot_be_are_refused(self) -> None:
        simulation = self.start()
        change = f"/servers/{ALPHA}/actions/change_alias_ips"
        for ip in ("alias", "198.51.100.1", "10.0.2.1"):
            self.assertEqual(simulation.cloud("POST", change, {"network": 77, "alias_ips": [ip]}).code, "invalid_input")
        self.assertEqual(simulation.cloud("POST", change, {"network": 78, "alias_ips": []}).code, "not_found")
        simulation.control("POST", "state", {"cloud": {"servers": [{"id": ALPHA, "private_net": []}]}})
        self.assertEqual(simulation.cloud("POST", change, {"network": 77, "alias_ips": []}).code, "server_not_attached_to_network")


class Networks(Case):
    def test_a_route_is_moved_by_taking_it_away_and_adding_another(self) -> None:
        simulation = self.start()
        old, new = ({"destination": "10.100.0.100/32", "gateway": gateway} for gateway in ("10.0.1.11", "10.0.1.12"))
        self.assertEqual(simulation.cloud("POST", "/networks/77/actions/add_route", new).code, "uniqueness_error")
        deleting = simulation.cloud("POST", "/networks/77/actions/delete_route", old)
        finished(simulation, deleting)
        finished(simulation, simulation.cloud("POST", "/networks/77/actions/add_route", new))
        shown = simulation.cloud("GET", "/networks/77").body["network"]
        self.assertEqual((shown["routes"], shown["servers"]), ([new], [ALPHA, BETA]))

    def test_a_network_takes_one_change_at_a_time(self) -> None:
        simulation = self.start()
        simulation.plan({"match": "POST", "do": "action-hangs"})
        for number, status in ((1, 201), (2, 409)):
            route = {"destination": f"10.10{number}.0.0/24", "gateway": "10.0.1.12"}
            got = simulation.cloud("POST", "/networks/77/actions/add_route", route)
            self.assertEqual(got.status, status)
        self.assertEqual(got.code, "conflict")

    def test_a_route_that_is_not_there_is_not_found(self) -> None:
        route = {"destination": "10.9.0.0/24", "gateway": "10.0.1.11"}
        self.assertEqual(self.start().cloud("POST", "/networks/77/actions/delete_route", route).code, "not_found")

    def test_a_gateway_outside_the_network_is_refused(self) -> None:
        route = {"destination": "10.9.0.0/24", "gateway": "192.0.2.1"}
        got = self.start().cloud("POST", "/networks/77/actions/add_route", route)
        self.assertEqual((got.code, got.error["details"]["fields"][0]["name"]), ("invalid_input", "gateway"))


class Callers(Case):
    def test_a_token_that_is_not_known_is_unauthorized_and_one_for_reading_only_reads(self) -> None:
        simulation = self.start()
        unknown = simulation.cloud("GET", "/servers", token="guess")
        self.assertEqual((unknown.status, unknown.code), (401, "unauthorized"))
        self.assertEqual(set(unknown.error), {"code", "message", "details"})
        self.assertEqual(simulation.cloud("GET", "/servers", token="sim-token-read-only").status, 200)
        refused = simulation.cloud("POST", f"/servers/{BETA}/actions/poweroff", token="sim-token-read-only")
        self.assertEqual((refused.status, refused.code), (403, "token_readonly"))

    def test_calls_are_counted_and_come_back_one_by_one(self) -> None:
        simulation = self.start(scale=1, state={"cloud": {"limit": {"requests": 2, "interval": 4}}})
        got = [simulation.cloud("GET", "/servers") for _ in range(3)]
        self.assertEqual([one.status for one in got], [200, 200, 429])
        self.assertEqual(got[2].code, "rate_limit_exceeded")
        self.assertEqual([one.headers["RateLimit-Remaining"] for one in got], ["1", "0", "0"])
        self.assertEqual(got[0].headers["RateLimit-Limit"], "2")
        self.assertLessEqual(abs(int(got[2].headers["RateLimit-Reset"]) - time.time()), 8)
        self.assertTrue(until(lambda: simulation.cloud("GET", "/servers").status == 200))

    def test_lists_come_in_pages(self) -> None:
        simulation = self.start()
        got = simulation.cloud("GET", "/servers?page=2&per_page=1").body
        self.assertEqual([one["name"] for one in got["servers"]], ["beta"])
        expected = {"page": 2, "per_page": 1, "previous_page": 1, "next_page": None, "last_page": 2, "total_entries": 2}
        self.assertEqual(got["meta"]["pagination"], expected)
        self.assertEqual(simulation.cloud("GET", "/servers?page=0").code, "invalid_input")
