#!/usr/bin/env python3
"""Judges the demo's figures by the packets of the same run.

usage: evaluate_capture.py RECORD.json CAPTURE.pcap

RECORD.json is what `hawser-demo --record` wrote: the events with their times and what the client counted. CAPTURE.pcap was taken on the
client's cable (`--capture`). This script knows nothing of the client's own bookkeeping: it reads SYNs and answers.

  request   a SYN from the client to the floating address; the same port with another sequence number is another request
  answered  the end (FIN) of a connection on which a segment began with "HTTP/1.x 200", within the record's timeout after the SYN: as the
            client does, which reads to the end
  lost      everything else, refused or silent; it counts when its time was over: SYN + timeout
  gap       the longest time between two successive answers, the later one in the event's window; a window that ends
            without an answer counts up to its end

A figure agrees when it differs by at most 10 % of the demo's, or, where that is less, by one request (lost, of) or by the gap that the demo saw
while nothing happened (gap): that is one request interval on a quiet machine, and on a busy one what it cannot resolve.
Exit status: 0 everything agrees, 1 something does not, 2 the files cannot be read.
"""

import json
import socket
import struct
import sys
from dataclasses import dataclass
from typing import Iterable, Iterator, NamedTuple, Optional

TOLERANCE = 0.10
ETHERTYPE_IPV4 = 0x0800
FIN, SYN = 0x01, 0x02


class Unreadable(Exception):
    """A file that is not what it should be; the text is for people."""


class Segment(NamedTuple):
    """One TCP segment; source and destination are (address, port)."""

    microseconds: int
    source: tuple
    destination: tuple
    sequence: int
    flags: int
    payload: bytes


@dataclass
class Request:
    asked: int
    decided: Optional[int] = None  # None until the answer, or until the end decides
    good: bool = False  # its answer has begun
    answered: bool = False  # and ended


class Figures(NamedTuple):
    gap_us: int
    lost: int
    of: int


def read_pcap(data: bytes) -> Iterator[tuple]:
    """Yields (microseconds since the epoch, frame) of a classic pcap file, of either byte order and resolution."""
    orders = {0xA1B2C3D4: 1, 0xA1B23C4D: 1000}
    if len(data) < 24:
        raise Unreadable("the capture is shorter than its own header")
    for order in "<>":
        magic = struct.unpack_from(order + "I", data)[0]
        if magic in orders:
            break
    else:
        raise Unreadable("the capture is not in the classic pcap format")
    if struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF != 1:
        raise Unreadable("the capture was not taken on Ethernet")
    offset = 24
    while offset + 16 <= len(data):
        seconds, fraction, captured, _ = struct.unpack_from(order + "IIII", data, offset)
        offset += 16
        if offset + captured > len(data):
            return  # the last frame was cut when the capture ended
        yield seconds * 1_000_000 + fraction // orders[magic], data[offset : offset + captured]
        offset += captured


def split_ipv4(packet: bytes) -> Optional[tuple]:
    """(protocol, source, destination, rest) of an IPv4 packet that is no later fragment."""
    if len(packet) < 20 or packet[0] >> 4 != 4:
        return None
    header = (packet[0] & 0x0F) * 4
    total, = struct.unpack_from("!H", packet, 2)
    fragment, = struct.unpack_from("!H", packet, 6)
    if fragment & 0x1FFF or len(packet) < header:
        return None
    end = total if header < total <= len(packet) else len(packet)
    return packet[9], socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20]), packet[header:end]


def segment_of(microseconds: int, frame: bytes) -> Optional[Segment]:
    if len(frame) < 14 or struct.unpack_from("!H", frame, 12)[0] != ETHERTYPE_IPV4:
        return None
    packet = split_ipv4(frame[14:])
    if packet is None:
        return None
    protocol, source, destination, rest = packet
    if protocol != socket.IPPROTO_TCP or len(rest) < 20:
        return None
    source_port, destination_port, sequence = struct.unpack_from("!HHI", rest)
    payload = rest[(rest[12] >> 4) * 4 :]
    return Segment(microseconds, (source, source_port), (destination, destination_port), sequence, rest[13], payload)


def is_good_answer(payload: bytes) -> bool:
    return payload.startswith(b"HTTP/1.") and payload[8:12] == b" 200"


def read_requests(segments: Iterable[Segment], virtual: tuple, timeout_us: int) -> list:
    """Every request of the capture in the order of its SYN, decided. What the capture's end cuts short is left out."""
    requests = []
    by_client = {}
    last = 0
    for segment in segments:
        last = segment.microseconds
        if segment.destination == virtual and segment.flags & SYN:
            sequence, _ = by_client.get(segment.source, (None, None))
            if sequence != segment.sequence:
                requests.append(Request(segment.microseconds))
                by_client[segment.source] = (segment.sequence, requests[-1])
        elif segment.source == virtual:
            _, request = by_client.get(segment.destination, (None, None))
            if request is not None and request.decided is None:
                hear(request, segment)
    for request in requests:
        deadline = request.asked + timeout_us
        if request.decided is None or request.decided > deadline:
            request.decided, request.answered = deadline, False
    return [request for request in requests if request.decided <= last]


def hear(request: Request, segment: Segment) -> None:
    """A segment from the server on an undecided request's connection."""
    request.good = request.good or is_good_answer(segment.payload)
    if request.good and segment.flags & FIN:
        request.decided, request.answered = segment.microseconds, True


def figures(requests: list, start: int, end: int) -> Figures:
    """What happened in [start, end): a request belongs to the window in which its fate was decided."""
    within = [request for request in requests if start <= request.decided < end]
    answers = sorted(request.decided for request in requests if request.answered)
    previous = max((moment for moment in answers if moment < start), default=start)
    longest = 0
    for moment in (moment for moment in answers if start <= moment < end):
        longest = max(longest, moment - previous)
        previous = moment
    # The window's end is no answer; it counts only where more than the usual time has passed since the last one.
    longest = max(longest, end - previous)
    return Figures(longest, sum(not request.answered for request in within), len(within))


def agrees(said: float, seen: float, floor: float) -> bool:
    return abs(said - seen) <= max(TOLERANCE * said, floor)


def compare(record: dict, requests: list) -> tuple:
    """The table as lines, and whether everything agrees."""
    finest = max(record["interval_us"], record["usual_gap_us"])
    width = max([len("event")] + [len(event["name"]) for event in record["events"]])
    lines = [f"{'event':{width}}  {'no answer, demo':>15} {'capture':>9}  {'lost, demo':>10} {'capture':>7}  {'of, demo':>8} {'capture':>7}"]
    good = True
    for event in record["events"]:
        seen = figures(requests, event["from_us"], event["to_us"])
        same = (
            agrees(event["gap_us"], seen.gap_us, finest)
            and agrees(event["lost"], seen.lost, 1)
            and agrees(event["of"], seen.of, 1)
        )
        good = good and same
        lines.append(
            f"{event['name']:{width}}  {event['gap_us'] / 1000:>12.0f} ms {seen.gap_us / 1000:>6.0f} ms"
            f"  {event['lost']:>10} {seen.lost:>7}  {event['of']:>8} {seen.of:>7}{'' if same else '  DIFFERS'}"
        )
    return lines, good


def load_record(path: str) -> dict:
    with open(path, encoding="utf-8") as file:
        try:
            record = json.load(file)
        except ValueError as why:
            raise Unreadable(f"{path}: {why}") from why
    for key in ("interval_us", "usual_gap_us", "timeout_us", "virtual", "events"):
        if key not in record:
            raise Unreadable(f"{path}: {key} is missing")
    if not record["events"]:
        raise Unreadable(f"{path}: no event is recorded")
    return record


def main(arguments: list) -> int:
    if len(arguments) != 2:
        print("usage: evaluate_capture.py RECORD.json CAPTURE.pcap", file=sys.stderr)
        return 2
    try:
        record = load_record(arguments[0])
        with open(arguments[1], "rb") as file:
            frames = read_pcap(file.read())
            segments = [segment for segment in (segment_of(*frame) for frame in frames) if segment]
    except (OSError, Unreadable) as why:
        print(f"evaluate_capture: {why}", file=sys.stderr)
        return 2
    address, _, port = record["virtual"].rpartition(":")
    requests = read_requests(segments, (address, int(port)), record["timeout_us"])
    lines, good = compare(record, requests)
    print(f"The capture holds {len(segments)} segments of {len(requests)} requests.")
    print("\n".join(lines))
    print("Demo and capture agree within 10 %." if good else "Demo and capture DISAGREE by more than 10 %.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
