"""Starts the program as everybody does, and calls it over HTTPS."""

import base64
import http.client
import json
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional
from urllib.parse import urlencode, urlsplit

PROGRAM = Path(__file__).parent / "provider-sim"
PATIENCE = 10.0


@dataclass
class Got:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> dict[str, Any]:
        return self.body["error"]

    @property
    def code(self) -> str:
        return self.error["code"]


class Simulation:
    """A provider-sim of one's own, until close()."""

    def __init__(self, *arguments: str, state: Optional[dict[str, Any]] = None, plan: Optional[list[dict[str, Any]]] = None) -> None:
        self._temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self._temporary.name)
        files = []
        for name, content in (("state", state), ("plan", plan)):
            if content is not None:
                (self.folder / f"{name}.json").write_text(json.dumps(content))
                files += [f"--{name}", str(self.folder / f"{name}.json")]
        command = [str(PROGRAM), "--folder", str(self.folder), "--switch-time", "20", *files, *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.said = self._process.stdout.readline()
        self.url = (self.folder / "url").read_text().strip()
        self.control_url = (self.folder / "control-url").read_text().strip()
        self.credentials = (self.folder / "robot.credentials").read_text().strip()
        self.token = (self.folder / "cloud.credentials").read_text().strip()

    def close(self) -> int:
        self._process.terminate()
        status = self._process.wait(PATIENCE)
        assert self._process.stdout
        self._process.stdout.close()
        self._temporary.cleanup()
        return status

    def call(self, method: str, path: str, body: str = "", headers: Optional[dict[str, str]] = None, host: str = "") -> Got:
        where = urlsplit(self.url)
        trusted = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        connection = http.client.HTTPSConnection(host or where.hostname, where.port, context=trusted, timeout=PATIENCE)
        try:
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            return Got(answer.status, answer.headers, answer.read().decode())
        finally:
            connection.close()

    def robot(self, method: str, path: str, credentials: str = "", **form: str) -> Got:
        basic = base64.b64encode((credentials or self.credentials).encode()).decode()
        headers = {"Authorization": f"Basic {basic}"}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.call(method, path, urlencode(form), headers)

    def cloud(self, method: str, path: str, body: Any = None, token: str = "") -> Got:
        headers = {"Authorization": f"Bearer {token or self.token}", "Content-Type": "application/json"}
        return self.call(method, "/v1" + path, "" if body is None else json.dumps(body), headers)

    def hook(self, method: str, query: str, body: Any, token: str) -> Got:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return self.call(method, "/hook" + query, "" if body is None else json.dumps(body), headers)

    def control(self, method: str, path: str, body: Any = None) -> Got:
        where = urlsplit(self.control_url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=PATIENCE)
        try:
            connection.request(method, "/_sim/" + path, None if body is None else json.dumps(body))
            answer = connection.getresponse()
            return Got(answer.status, answer.headers, answer.read().decode())
        finally:
            connection.close()

    def plan(self, *rules: dict[str, Any]) -> None:
        got = self.control("POST", "plan", list(rules))
        assert got.status == 200, got.text

    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "calls.jsonl").read_text().splitlines()]


class Beside:
    """A call that runs beside others."""

    def __init__(self, what: Callable[[], Got]) -> None:
        self._got: list[Got] = []
        self._thread = threading.Thread(target=lambda: self._got.append(what()))
        self._thread.start()

    def result(self) -> Got:
        self._thread.join(PATIENCE)
        return self._got[0]


def until(what: Callable[[], Any]) -> Any:
    """The first that is true, or what there was when patience ended."""
    end = time.monotonic() + PATIENCE
    while not (value := what()) and time.monotonic() < end:
        time.sleep(0.05)
    return value


class Case(unittest.TestCase):
    """One simulation for all tests, as if started for each; or one of a test's own, which costs a second."""

    shared: Optional[Simulation] = None

    def start(self, **change: Any) -> Simulation:
        if Case.shared is None:
            Case.shared = Simulation()
            unittest.addModuleCleanup(_close_shared)
        got = Case.shared.control("POST", "reset", change)
        assert got.status == 200, got.text
        return Case.shared

    def start_own(self, *arguments: str, **content: Any) -> Simulation:
        simulation = Simulation(*arguments, **content)
        self.addCleanup(simulation.close)
        return simulation


def _close_shared() -> None:
    assert Case.shared
    Case.shared.close()
    Case.shared = None
