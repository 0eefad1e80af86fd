"""What passes between the HTTP part and what decides, and the provider's clock."""

import time
from dataclasses import dataclass, field
from typing import Any, Callable, Optional, Union


@dataclass(frozen=True)
class Call:
    """One request as it was read; what is not there is empty."""

    method: str
    path: str  # decoded, without the query
    query: dict[str, list[str]] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)  # only of a body that says that it is one
    body: bytes = b""
    authorization: str = ""
    caller: str = "127.0.0.1"

    @property
    def api(self) -> str:
        for name, below in (("cloud", "/v1"), ("webhook", "/hook")):
            if self.path == below or self.path.startswith(below + "/"):
                return name
        return "robot"


@dataclass(frozen=True)
class Answer:
    """A body that is text goes out as HTML, anything else as JSON."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Later:
    """An answer that the provider has only when it is done, at `due` on its clock."""

    due: float
    answer: Callable[[], Answer]


Reply = Union[Answer, Later]
Fault = Optional[dict[str, Any]]


class Clock:
    """The provider's seconds since the start: with a scale of 0.01 an hour of them takes 36 s. What decides is told them as `now`."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self._began = time.monotonic()
        self._epoch = time.time()

    def now(self) -> float:
        return self.of(time.monotonic() - self._began)

    def of(self, real_seconds: float) -> float:
        return real_seconds / self.scale

    def wall(self, now: float) -> float:
        """The caller's clock (seconds since 1970) at the provider's `now`."""
        return self._epoch + now * self.scale

    def wait(self, until: float) -> None:
        time.sleep(max(0.0, (until - self.now()) * self.scale))
