"""Every call as a line of JSON; who called, never with what password."""

import json
import threading
import time
from pathlib import Path
from typing import Any, Optional

from exchange import Call
from robot import credentials


class Entry:
    """A call that is being answered."""

    def __init__(self, call: Call, user: str) -> None:
        self.call = call
        self.user = user
        self.began = time.time()
        self.overlapped = False


class Journal:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._path.write_text("")
        self._open: list[Entry] = []
        self._lock = threading.Lock()

    def begin(self, call: Call, user: str) -> Entry:
        entry = Entry(call, user)
        with self._lock:
            for other in (one for one in self._open if one.call.caller == call.caller):
                other.overlapped = entry.overlapped = True
            self._open.append(entry)
        return entry

    def write(self, entry: Entry, status: Optional[int], fault: Optional[str]) -> None:
        """Before the answer goes out, so that whoever has it finds the line. No status: no answer went out."""
        line = self._line(entry, status, fault)
        with self._lock, self._path.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def end(self, entry: Entry) -> None:
        with self._lock:
            self._open.remove(entry)

    def clear(self) -> None:
        with self._lock:
            self._path.write_text("")

    def lines(self) -> list[dict[str, Any]]:
        with self._lock:
            return [json.loads(line) for line in self._path.read_text().splitlines()]

    @staticmethod
    def _line(entry: Entry, status: Optional[int], fault: Optional[str]) -> dict[str, Any]:
        call = entry.call
        body: dict[str, Any] = {"form": call.form} if call.form else {"body": call.body.decode(errors="replace")} if call.body else {}
        return {
            "time": round(entry.began, 6),
            "took": round(time.time() - entry.began, 6),
            "api": call.api,
            "caller": call.caller,
            "user": entry.user,
            "method": call.method,
            "path": call.path,
            **({"query": call.query} if call.query else {}),
            **body,
            "status": status,
            "overlapped": entry.overlapped,
            "fault": fault,
        }


def user_of(call: Call, token_names: dict[str, str]) -> str:
    """The Robot user, or the name of the token; empty for one that is not known."""
    if call.api == "robot":
        return credentials(call.authorization)[0]
    kind, _, token = call.authorization.partition(" ")
    return token_names.get(token, "") if kind == "Bearer" else ""
