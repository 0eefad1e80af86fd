"""Robot as its documentation has it."""

import shlex
import shutil
import subprocess
import unittest

from harness import Beside, Case, Simulation, until

V4, V6 = "/failover/203.0.113.100", "/failover/2001:db8:100::"
ALPHA, BETA = "192.0.2.11", "192.0.2.12"


def active(simulation: Simulation, path: str = V4) -> object:
    return simulation.robot("GET", path).body["failover"]["active_server_ip"]


class Failover(Case):
    def test_an_address_is_shown_with_its_owner_and_its_target(self) -> None:
        simulation = self.start()
        simulation.robot("POST", V4, active_server_ip=BETA)
        shown = {
            "ip": "203.0.113.100",
            "netmask": "255.255.255.255",
            "server_ip": ALPHA,
            "server_ipv6_net": "2001:db8:1::",
            "server_number": 321,
            "active_server_ip": BETA,
        }
        self.assertEqual(simulation.robot("GET", V4).body, {"failover": shown})
        self.assertEqual([one["failover"]["ip"] for one in simulation.robot("GET", "/failover").body], ["203.0.113.100", "2001:db8:100::"])

    def test_a_switch_answers_when_it_is_done(self) -> None:
        simulation = self.start()
        got = simulation.robot("POST", V4, active_server_ip=BETA)
        self.assertEqual((got.status, got.body["failover"]["active_server_ip"]), (200, BETA))
        self.assertGreaterEqual(simulation.calls()[-1]["took"], 0.2)

    def test_meanwhile_the_address_is_locked_and_goes_where_it_went(self) -> None:
        simulation = self.start(switch_time=0)
        # So long that no machine is too slow for what follows.
        simulation.plan({"match": "POST", "do": "not-complete", "later": 600})
        simulation.robot("POST", V4, active_server_ip=BETA)
        during = simulation.robot("GET", V4).body["failover"]
        self.assertEqual((during["active_server_ip"], during["status"]), (ALPHA, "processing"))
        refused = simulation.robot("POST", V4, active_server_ip=BETA)
        self.assertEqual((refused.status, refused.code), (409, "FAILOVER_LOCKED"))
        self.assertEqual(simulation.robot("DELETE", V4).code, "FAILOVER_LOCKED")

    def test_calls_that_overlap_are_known(self) -> None:
        simulation = self.start(switch_time=100)
        switch = Beside(lambda: simulation.robot("POST", V4, active_server_ip=BETA))
        until(lambda: "status" in simulation.robot("GET", V4).body["failover"])
        self.assertEqual(switch.result().status, 200)
        self.assertEqual(active(simulation), BETA)
        self.assertEqual([one["overlapped"] for one in simulation.calls() if one["method"] == "POST"], [True])
        self.assertFalse(simulation.calls()[-1]["overlapped"])

    def test_a_switch_is_done_although_its_caller_went_away(self) -> None:
        simulation = self.start()
        simulation.plan({"match": "POST", "do": "cut", "done": True})
        with self.assertRaises(OSError):
            simulation.robot("POST", V4, active_server_ip=BETA)
        self.assertEqual(active(simulation), BETA)

    def test_the_same_target_again_is_a_conflict(self) -> None:
        got = self.start().robot("POST", V4, active_server_ip=ALPHA)
        self.assertEqual((got.status, got.code), (409, "FAILOVER_ALREADY_ROUTED"))

    def test_unrouted_it_has_no_target_and_a_second_time_changes_nothing(self) -> None:
        simulation = self.start()
        for _ in range(2):
            got = simulation.robot("DELETE", V4)
            self.assertEqual((got.status, got.body["failover"]["active_server_ip"]), (200, None))
        self.assertEqual(simulation.robot("POST", V4, active_server_ip=ALPHA).status, 200)

    def test_an_ipv6_subnet_goes_to_the_net_address_of_a_server(self) -> None:
        simulation = self.start()
        for wrong in (BETA, "2001:db8:2::1"):
            self.assertEqual(simulation.robot("POST", V6, active_server_ip=wrong).code, "FAILOVER_NEW_SERVER_NOT_FOUND")
        got = simulation.robot("POST", "/failover/2001:db8:100:0::", active_server_ip="2001:db8:2:0::")
        self.assertEqual(got.body["failover"]["active_server_ip"], "2001:db8:2::")
        self.assertEqual(got.body["failover"]["netmask"], "ffff:ffff:ffff:ffff::")

    def test_what_is_not_there_is_not_found(self) -> None:
        simulation = self.start(state={"robot": {"failover": []}})
        self.assertEqual([simulation.robot("GET", path).status for path in ("/failover", V4, "/nothing")], [404, 404, 404])
        self.assertEqual(simulation.robot("POST", V4, active_server_ip=BETA).error, {"status": 404, "code": "NOT_FOUND", "message": "Not Found"})

    def test_a_target_of_nobody_is_not_found(self) -> None:
        got = self.start().robot("POST", V4, active_server_ip="198.51.100.9")
        self.assertEqual((got.status, got.code), (404, "FAILOVER_NEW_SERVER_NOT_FOUND"))

    def test_input_that_is_missing_or_no_address_is_named(self) -> None:
        simulation = self.start()
        missing, invalid = simulation.robot("POST", V4, other="1"), simulation.robot("POST", V4, active_server_ip="alpha")
        self.assertEqual((missing.status, missing.error["missing"], missing.error["invalid"]), (400, ["active_server_ip"], None))
        self.assertEqual((invalid.status, invalid.error["missing"], invalid.error["invalid"]), (400, None, ["active_server_ip"]))

    def test_only_a_form_in_the_body_of_a_post_switches(self) -> None:
        simulation = self.start()
        self.assertEqual(simulation.robot("GET", f"{V4}?active_server_ip={BETA}").status, 200)
        self.assertEqual(simulation.robot("POST", f"{V4}?active_server_ip={BETA}").code, "INVALID_INPUT")
        self.assertEqual(active(simulation), ALPHA)


class Callers(Case):
    def test_three_bad_logins_lock_the_caller_for_a_time(self) -> None:
        simulation = self.start(state={"robot": {"login": {"lock": 200}}})
        self.assertEqual(simulation.robot("GET", V4, "ws-sim:wrong").status, 401)
        self.assertEqual(active(simulation), ALPHA)
        for _ in range(2):
            self.assertEqual(simulation.robot("GET", V4, "ws-sim:wrong").status, 401)
        self.assertEqual(simulation.robot("GET", V4).error, {"status": 401, "code": "UNAUTHORIZED", "message": "Unauthorized"})
        self.assertTrue(until(lambda: simulation.robot("GET", V4).status == 200))

    def test_no_call_says_a_password(self) -> None:
        simulation = self.start()
        simulation.robot("GET", V4)
        simulation.robot("GET", V4, "ws-sim:wrong-secret")
        simulation.cloud("GET", "/servers")
        self.assertEqual([one["user"] for one in simulation.calls()], ["ws-sim", "ws-sim", "sim"])
        said = (simulation.folder / "calls.jsonl").read_text() + simulation.control("GET", "state").text
        for secret in (simulation.credentials.partition(":")[2], "wrong-secret", simulation.token):
            self.assertNotIn(secret, said)

    def test_an_hour_has_the_documented_calls(self) -> None:
        limits = self.start().control("GET", "state").body["robot"]["limits"]
        self.assertEqual(limits, {"read": 100, "switch": 50, "server": 200, "reset_read": 500, "reset": 50, "interval": 3600})

    def test_reads_and_switches_are_limited_each_for_itself(self) -> None:
        simulation = self.start(switch_time=0, state={"robot": {"limits": {"read": 4, "switch": 2}}})
        self.assertEqual([simulation.robot("GET", V4).status for _ in range(5)], [200, 200, 200, 200, 403])
        error = simulation.robot("GET", V4).error
        expected = {"status": 403, "code": "RATE_LIMIT_EXCEEDED", "message": "rate limit exceeded", "max_request": 4, "interval": 3600}
        self.assertEqual(error, expected)
        switches = [simulation.robot("POST", V4, active_server_ip=target).status for target in (BETA, ALPHA, BETA)]
        self.assertEqual(switches, [200, 200, 403])
        self.assertEqual(simulation.robot("GET", "/failover").status, 200)

    def test_a_limit_ends_with_its_interval(self) -> None:
        simulation = self.start(state={"robot": {"limits": {"read": 2, "interval": 200}}})
        self.assertEqual([simulation.robot("GET", V4).status for _ in range(3)], [200, 200, 403])
        self.assertTrue(until(lambda: simulation.robot("GET", V4).status == 200))


class Servers(Case):
    def test_servers_are_listed(self) -> None:
        shown = [one["server"] for one in self.start().robot("GET", "/server").body]
        self.assertEqual([(one["server_number"], one["server_ip"], one["status"]) for one in shown], [(321, ALPHA, "ready"), (322, BETA, "ready")])

    def test_a_reset_is_done_and_kept(self) -> None:
        simulation = self.start()
        options = simulation.robot("GET", "/reset/322").body["reset"]
        self.assertEqual((options["type"], options["operating_status"]), (["sw", "power", "hw", "man"], "running"))
        self.assertEqual(simulation.robot("POST", "/reset/322", type="hw").body["reset"]["type"], "hw")
        self.assertEqual(simulation.robot("POST", "/reset/322", type="power").status, 200)
        self.assertEqual(simulation.robot("GET", "/reset/322").body["reset"]["operating_status"], "shut off")
        kept = simulation.control("GET", "state").body["robot"]["resets"]
        self.assertEqual([(one["server_number"], one["type"]) for one in kept], [(322, "hw"), (322, "power")])

    def test_a_reset_that_cannot_be_is_refused(self) -> None:
        simulation = self.start()
        simulation.control("POST", "state", {"robot": {"servers": [{"server_number": 321, "reset": []}]}})
        self.assertEqual(simulation.robot("POST", "/reset/321", type="hw").code, "RESET_NOT_AVAILABLE")
        self.assertEqual(simulation.robot("POST", "/reset/9", type="hw").code, "SERVER_NOT_FOUND")
        self.assertEqual(simulation.robot("POST", "/reset/322", type="boot").error["invalid"], ["type"])
        self.assertEqual(simulation.robot("POST", "/reset/322").error["missing"], ["type"])
        self.assertEqual([simulation.robot("POST", "/reset/322", type="man").status for _ in range(2)], [200, 409])


class Curl(Case):
    @unittest.skipUnless(shutil.which("curl"), "no curl here")
    def test_the_lines_that_it_prints_work_as_they_stand(self) -> None:
        simulation = self.start_own("--examples")
        lines = until(lambda: _curl_lines(simulation))
        said = [subprocess.run(shlex.split(line) + ["-sS"], capture_output=True, text=True, check=True).stdout for line in lines]
        self.assertEqual(len(said), 3)
        for expected, text in zip((f'"{ALPHA}"', f'"{BETA}"', "null"), said):
            self.assertIn(f'"active_server_ip": {expected}', text)


def _curl_lines(simulation: Simulation) -> list[str]:
    assert simulation._process.stdout
    lines = []
    while len(lines) < 3:
        line = simulation._process.stdout.readline()
        if line.startswith("curl "):
            lines.append(line)
    return lines
