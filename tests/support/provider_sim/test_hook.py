"""The webhook as vipctl(8) has it."""

from typing import Any

from harness import Case, Got, Simulation, until

ADDRESS = "203.0.113.150"


def call(simulation: Simulation, method: str, path: str, body: Any = None, token: str = "sim-hook-token") -> Got:
    return simulation.hook(method, path, body, token)


def switch(simulation: Simulation, target: Any) -> Got:
    return call(simulation, "POST", "", {"address": ADDRESS, "target": target})


def read(simulation: Simulation) -> Got:
    return call(simulation, "GET", f"?address={ADDRESS}")


class Webhook(Case):
    def test_an_address_leads_where_it_was_switched_to(self) -> None:
        simulation = self.start()
        self.assertEqual((read(simulation).status, read(simulation).body), (200, {"target": "lb1"}))
        for target in ("lb2", None):
            got = switch(simulation, target)
            self.assertEqual((got.status, got.body), (200, {"target": target}))
            self.assertEqual(read(simulation).body, {"target": target})

    def test_a_slow_one_has_begun_and_is_there_later(self) -> None:
        simulation = self.start(state={"webhook": {"slow": True}}, scale=0.1)
        self.assertEqual(switch(simulation, "lb2").status, 202)
        self.assertEqual((read(simulation).status, read(simulation).body), (202, {"target": "lb1"}))
        busy = switch(simulation, "lb1")
        self.assertEqual((busy.status, busy.headers["Retry-After"]), (409, "1"))
        self.assertTrue(until(lambda: read(simulation).status == 200))
        self.assertEqual(read(simulation).body, {"target": "lb2"})

    def test_what_cannot_be_is_refused_in_words(self) -> None:
        simulation = self.start()
        self.assertEqual(call(simulation, "GET", f"?address={ADDRESS}", token="guess").status, 401)
        self.assertEqual(call(simulation, "GET", "?address=203.0.113.1").status, 404)
        self.assertEqual((switch(simulation, "lb9").status, switch(simulation, "lb9").body), (422, {"error": "no such target"}))
        self.assertEqual(call(simulation, "POST", "", {"address": ADDRESS}).status, 400)

    def test_a_planned_error_has_its_words(self) -> None:
        simulation = self.start()
        simulation.plan({"match": "POST /hook", "do": "status", "status": 503, "message": "later", "done": True})
        got = switch(simulation, "lb2")
        self.assertEqual((got.status, got.body), (503, {"error": "later"}))
        self.assertEqual(read(simulation).body, {"target": "lb2"})
        self.assertEqual([one["api"] for one in simulation.calls()], ["webhook", "webhook"])
