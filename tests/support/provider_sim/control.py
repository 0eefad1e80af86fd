"""The second listener, plain HTTP: what a test or a person changes while the imitation runs.

GET    /_sim/state    what the providers know, without passwords and tokens
POST   /_sim/state    a change, merged: {"robot": {"failover": [{"ip": "203.0.113.100", "active_server_ip": null}]}}
GET    /_sim/plan     the rules that are left
POST   /_sim/plan     more rules
DELETE /_sim/plan     none from now on; limits and locks that a rule began end too
GET    /_sim/calls    calls.jsonl as one list
POST   /_sim/reset    as started; a body may have other state, plan, switch_time, action_time, scale. calls.jsonl is empty
POST   /_sim/pause    the API is down: connections are refused
POST   /_sim/resume   and back
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import plan
from journal import Journal
from server import Api
from world import World


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Control"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(length).decode(errors="replace")
        try:
            status, body = 200, self.server.answer(self.command, self.path, text)
        except LookupError:
            status, body = 404, {"error": f"no {self.command} {self.path} (known: see tests/support/provider_sim/control.py)"}
        except (ValueError, TypeError) as wrong:
            status, body = 400, {"error": str(wrong)}
        self._send(status, (json.dumps(body) + "\n").encode())

    do_POST = do_DELETE = do_GET

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Control(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], world: World, journal: Journal, api: Api) -> None:
        self.world = world
        self.journal = journal
        self.api = api
        super().__init__(address, Handler)

    def answer(self, method: str, path: str, text: str) -> Any:
        if path == "/_sim/state" and method == "GET":
            return self.world.show() | {"paused": self.api.paused, "plan": self.world.rules()}
        if path == "/_sim/state" and method == "POST":
            self.world.change(json.loads(text))
            return self.world.show()
        if path == "/_sim/plan":
            return self._plan(method, text)
        if path == "/_sim/calls" and method == "GET":
            return self.journal.lines()
        if path == "/_sim/reset" and method == "POST":
            return self._reset(json.loads(text or "{}"))
        if path in ("/_sim/pause", "/_sim/resume") and method == "POST":
            (self.api.pause if path == "/_sim/pause" else self.api.resume)()
            return {"paused": self.api.paused}
        raise LookupError(path)

    def _reset(self, change: dict[str, Any]) -> Any:
        self.world.reset(change)
        self.api.resume()
        self.journal.clear()
        return self.world.show()

    def _plan(self, method: str, text: str) -> Any:
        if method == "POST":
            self.world.add_rules(plan.parse(text))
        elif method == "DELETE":
            self.world.clear_rules()
        return self.world.rules()
