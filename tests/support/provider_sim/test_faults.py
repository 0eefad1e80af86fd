"""Everything that goes wrong on purpose."""

import http.client
import json
import socket
import ssl
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from harness import PROGRAM, Beside, Case, Simulation, until

V4, ALPHA, BETA = "/failover/203.0.113.100", "192.0.2.11", "192.0.2.12"


def active(simulation: Simulation) -> object:
    return simulation.robot("GET", V4).body["failover"]["active_server_ip"]


class Plan(Case):
    def test_a_rule_is_for_so_many_calls_of_those_that_it_matches(self) -> None:
        rule = {"match": "GET /failover/", "do": "status", "status": 500, "code": "INTERNAL_ERROR", "times": 2, "skip": 1}
        simulation = self.start_own(plan=[rule])
        self.assertEqual(simulation.robot("GET", "/failover").status, 200)
        self.assertEqual([simulation.robot("GET", V4).status for _ in range(4)], [200, 500, 500, 200])
        self.assertEqual([one["fault"] for one in simulation.calls()], [None, None, "status", "status", None])

    def test_an_error_is_the_documented_one_of_its_code_or_status(self) -> None:
        simulation = self.start()
        simulation.plan(
            {"do": "status", "code": "FAILOVER_FAILED"},
            {"do": "status", "code": "maintenance"},
            {"do": "status", "status": 404},
            {"do": "status", "status": 503},
            {"do": "status", "status": 409, "body": {"error": {"code": "FAILOVER_ALREADY_ROUTED"}, "failover": {}}},
        )
        got = [simulation.robot("GET", V4), simulation.cloud("GET", "/servers"), simulation.cloud("GET", "/servers")]
        self.assertEqual([(one.status, one.code) for one in got], [(500, "FAILOVER_FAILED"), (503, "maintenance"), (404, "not_found")])
        page, odd = simulation.robot("GET", V4), simulation.robot("GET", V4)
        self.assertEqual((page.status, page.headers["Content-Type"]), (503, "text/html"))
        self.assertIn("failover", odd.body)

    def test_an_error_may_hide_that_it_was_done(self) -> None:
        simulation = self.start()
        simulation.plan({"match": "POST", "do": "status", "status": 504, "done": True})
        self.assertEqual(simulation.robot("POST", V4, active_server_ip=BETA).status, 504)
        self.assertEqual(active(simulation), BETA)

    def test_a_connection_is_cut_before_anything_was_done(self) -> None:
        simulation = self.start()
        simulation.plan({"match": "POST", "do": "cut"})
        with self.assertRaises((OSError, http.client.RemoteDisconnected)):
            simulation.robot("POST", V4, active_server_ip=BETA)
        self.assertEqual(active(simulation), "192.0.2.11")
        self.assertIsNone(simulation.calls()[0]["status"])

    def test_half_a_body_is_less_than_was_promised(self) -> None:
        simulation = self.start()
        simulation.plan({"do": "half"})
        with self.assertRaises((http.client.IncompleteRead, OSError)):
            simulation.robot("GET", V4)

    def test_a_stall_says_nothing_and_then_hangs_up(self) -> None:
        simulation = self.start()
        simulation.plan({"match": "POST", "do": "stall", "seconds": 0.3, "done": True})
        began = time.monotonic()
        with self.assertRaises((OSError, http.client.RemoteDisconnected)):
            simulation.robot("POST", V4, active_server_ip=BETA)
        self.assertGreaterEqual(time.monotonic() - began, 0.3)
        self.assertEqual(active(simulation), BETA)

    def test_what_is_no_answer_of_the_api_looks_like_success(self) -> None:
        simulation = self.start()
        simulation.plan({"do": "wrong-content"}, {"do": "redirect", "to": "https://localhost/elsewhere"})
        page, moved = simulation.robot("GET", V4), simulation.robot("GET", V4)
        self.assertEqual((page.status, page.headers["Content-Type"]), (200, "text/html"))
        self.assertEqual((moved.status, moved.headers["Location"]), (302, "https://localhost/elsewhere"))

    def test_slow_and_dripping_answers_are_whole(self) -> None:
        simulation = self.start()
        simulation.plan({"do": "slow", "seconds": 0.2}, {"do": "drip", "bytes": 20, "pause": 0.02})
        for _ in range(2):
            began = time.monotonic()
            self.assertEqual(active(simulation), "192.0.2.11")
            self.assertGreaterEqual(time.monotonic() - began, 0.18)

    def test_a_get_shows_processing(self) -> None:
        simulation = self.start()
        simulation.plan({"do": "processing"})
        shown = [simulation.robot("GET", V4).body["failover"].get("status") for _ in range(2)]
        self.assertEqual(shown, ["processing", None])

    def test_what_is_not_complete_happens_later_or_never(self) -> None:
        simulation = self.start(switch_time=0)
        simulation.plan({"match": "POST", "do": "not-complete"}, {"match": "POST", "do": "not-complete", "later": 0.2})
        never = simulation.robot("POST", V4, active_server_ip=BETA)
        self.assertEqual((never.status, never.code, active(simulation)), (500, "FAILOVER_NOT_COMPLETE", "192.0.2.11"))
        self.assertEqual(simulation.robot("POST", V4, active_server_ip=BETA).code, "FAILOVER_NOT_COMPLETE")
        self.assertTrue(until(lambda: active(simulation) == BETA))

    def test_a_lock_lasts_as_long_as_it_says(self) -> None:
        simulation = self.start(state={"robot": {"limits": {"switch": 1000}}})
        simulation.plan({"match": "POST /failover", "do": "lock", "seconds": 1}, {"match": "POST /v1", "do": "lock", "seconds": 1})
        self.assertEqual(simulation.robot("POST", V4, active_server_ip=BETA).code, "FAILOVER_LOCKED")
        self.assertEqual(simulation.cloud("POST", "/servers/4712/actions/poweroff").code, "locked")
        self.assertTrue(until(lambda: simulation.robot("POST", V4, active_server_ip=BETA).status == 200))
        self.assertTrue(until(lambda: not simulation.cloud("GET", "/servers/4712").body["server"]["locked"]))

    def test_a_lock_that_lasts_is_shown_and_ends_with_the_plan(self) -> None:
        simulation = self.start()
        simulation.plan({"match": "GET /v1", "do": "lock", "seconds": 600})
        self.assertEqual([simulation.cloud("GET", "/servers/4712").body["server"]["locked"] for _ in range(2)], [True, True])
        simulation.control("DELETE", "plan")
        self.assertFalse(simulation.cloud("GET", "/servers/4712").body["server"]["locked"])

    def test_a_limit_refuses_all_such_calls_for_its_interval(self) -> None:
        simulation = self.start()
        simulation.plan({"match": "GET /failover/", "do": "limit", "interval": 1}, {"match": "GET /v1", "do": "limit", "interval": 60})
        refused = [simulation.robot("GET", V4) for _ in range(2)]
        self.assertEqual([(one.status, one.error["interval"]) for one in refused], [(403, 1), (403, 1)])
        self.assertEqual(simulation.robot("GET", "/failover").status, 200)
        cloud = simulation.cloud("GET", "/servers")
        self.assertEqual((cloud.status, cloud.headers["RateLimit-Remaining"]), (429, "0"))
        self.assertAlmostEqual(int(cloud.headers["RateLimit-Reset"]), time.time() + 60, delta=5)
        self.assertTrue(until(lambda: simulation.robot("GET", V4).status == 200))
        simulation.control("DELETE", "plan")
        self.assertEqual(simulation.cloud("GET", "/servers").status, 200)

    def test_a_plan_that_cannot_be_is_refused_whole(self) -> None:
        simulation = self.start()
        for rules, words in (
            ([{"do": "explode"}], "no 'explode' to do"),
            ([{"do": "cut", "seconds": 1}], "cut has no seconds"),
            ([{"do": "slow"}], "slow wants seconds"),
            ([{"do": "status"}], "status wants status or code"),
            ({"do": "cut"}, "must be a list"),
        ):
            got = simulation.control("POST", "plan", rules)
            self.assertEqual(got.status, 400)
            self.assertIn(words, got.body["error"])
        self.assertEqual(simulation.control("GET", "plan").body, [])


class Control(Case):
    def test_state_is_merged_item_by_item(self) -> None:
        simulation = self.start()
        change = {"robot": {"failover": [{"ip": "203.0.113.100", "active_server_ip": None}]}}
        got = simulation.control("POST", "state", change)
        self.assertEqual([one["active_server_ip"] for one in got.body["robot"]["failover"]], [None, "2001:db8:1::"])
        self.assertIsNone(active(simulation))
        self.assertEqual(simulation.control("POST", "state", {"robots": {}}).status, 400)

    def test_after_a_reset_it_is_as_started_but_for_what_was_asked(self) -> None:
        simulation = self.start()
        self.assertEqual(simulation.robot("POST", V4, active_server_ip=BETA).status, 200)
        simulation.plan({"do": "cut", "times": 0})
        simulation.control("POST", "pause")
        simulation.control("POST", "reset")
        self.assertEqual(active(simulation), ALPHA)
        simulation.control("POST", "reset", {"state": {"robot": {"users": {"other": "word"}}}})
        self.assertEqual(simulation.calls(), [])
        self.assertEqual([simulation.robot("GET", V4, who).status for who in ("other:word", "ws-sim:rehearsal")], [200, 401])
        self.assertEqual(simulation.control("POST", "reset", {"speed": 1}).status, 400)

    def test_paused_it_refuses_connections_and_what_was_begun_is_done(self) -> None:
        simulation = self.start(switch_time=150)
        switch = Beside(lambda: self._failing(simulation))
        until(lambda: simulation.control("GET", "state").body["robot"]["switching"])
        simulation.control("POST", "pause")
        self.assertTrue(switch.result())
        with self.assertRaises(ConnectionRefusedError):
            simulation.robot("GET", V4)
        self.assertTrue(simulation.control("GET", "state").body["paused"])
        self.assertTrue(until(lambda: not simulation.control("GET", "state").body["robot"]["switching"]))
        simulation.control("POST", "resume")
        self.assertEqual(active(simulation), BETA)

    @staticmethod
    def _failing(simulation: Simulation) -> bool:
        try:
            simulation.robot("POST", V4, active_server_ip=BETA)
        except (OSError, http.client.HTTPException):
            return True
        return False


class Certificates(Case):
    def test_a_good_one_is_good_for_each_name_of_this_machine(self) -> None:
        simulation = self.start()
        for host in ("127.0.0.1", "localhost"):
            self.assertEqual(simulation.call("GET", V4, host=host).status, 401)

    def test_a_bad_one_is_refused_for_what_it_is(self) -> None:
        for kind, words in (("expired", "certificate has expired"), ("wrong-name", "mismatch"), ("self-signed", "self-signed certificate")):
            with self.subTest(kind):
                simulation = self.start_own("--certificate", kind)
                with self.assertRaisesRegex(ssl.SSLCertVerificationError, words):
                    simulation.robot("GET", V4)
                self.assertEqual(simulation.calls(), [])

    def test_it_speaks_no_plain_http(self) -> None:
        simulation = self.start()
        host, port = simulation.url.removeprefix("https://").split(":")
        with socket.create_connection((host, int(port))) as plain:
            plain.sendall(b"GET /failover HTTP/1.0\r\n\r\n")
            with suppress(ConnectionResetError):
                self.assertNotIn(b"HTTP", plain.recv(100))


class Program(Case):
    def test_it_says_that_it_is_ready_and_ends_when_told(self) -> None:
        simulation = Simulation()
        self.assertEqual(simulation.said, f"provider-sim: ready at {simulation.url}\n")
        self.assertEqual((simulation.folder / "robot.credentials").stat().st_mode & 0o777, 0o600)
        self.assertEqual(simulation.close(), 0)

    def test_what_it_shows_is_what_it_takes(self) -> None:
        shown = json.loads(subprocess.run([PROGRAM, "--show"], capture_output=True, text=True, check=True).stdout)
        shown["robot"]["failover"][0]["active_server_ip"] = BETA
        self.assertEqual(active(self.start_own(state=shown)), BETA)

    def test_bad_options_and_files_are_one_line(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "plan.json")
            file.write_text('[{"do": "explode"}]')
            got = subprocess.run([PROGRAM, "--folder", folder, "--plan", file], capture_output=True, text=True)
            self.assertEqual((got.returncode, got.stderr.count("\n")), (1, 1))
            self.assertIn("no 'explode' to do", got.stderr)
            self.assertEqual(subprocess.run([PROGRAM, "--scale", "0"], capture_output=True).returncode, 2)
