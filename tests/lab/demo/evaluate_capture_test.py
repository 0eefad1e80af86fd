#!/usr/bin/env python3
"""evaluate_capture.py on captures made by hand, byte by byte."""

import contextlib
import io
import json
import os
import socket
import struct
import tempfile
import unittest

import evaluate_capture as evaluate

CLIENT, VIRTUAL = "192.0.2.200", "192.0.2.100"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nweb1"
FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10
START = 1_700_000_000_000_000


def ipv4(protocol, source, destination, rest):
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(rest), 7, 0, 64, protocol, 0,
                         socket.inet_aton(source), socket.inet_aton(destination))
    return header + rest


def ethernet(packet):
    # Short frames are padded, as the wire does: the padding must not be taken for payload.
    return (b"\x02" * 6 + b"\x04" * 6 + b"\x08\x00" + packet).ljust(60, b"\0")


def tcp(source, source_port, destination, destination_port, flags, payload=b"", sequence=1):
    segment = struct.pack("!HHIIBBHHH", source_port, destination_port, sequence, 0, 5 << 4, flags, 1024, 0, 0) + payload
    return ethernet(ipv4(socket.IPPROTO_TCP, source, destination, segment))


def syn(port, sequence=1):
    return tcp(CLIENT, port, VIRTUAL, 80, SYN, sequence=sequence)


def answer(port, payload=ANSWER, flags=ACK | FIN):
    return tcp(VIRTUAL, 80, CLIENT, port, flags, payload)


def reset(port):
    return tcp(VIRTUAL, 80, CLIENT, port, RST | ACK)


def pcap(frames, order="<", magic=0xA1B2C3D4, per_microsecond=1, link=1):
    data = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    for microseconds, frame in frames:
        seconds, rest = divmod(START + microseconds, 1_000_000)
        data += struct.pack(order + "IIII", seconds, rest * per_microsecond, len(frame), len(frame)) + frame
    return data


def requests_of(frames, timeout_us=500_000):
    segments = (evaluate.segment_of(*frame) for frame in evaluate.read_pcap(pcap(frames)))
    return evaluate.read_requests([s for s in segments if s], (VIRTUAL, 80), timeout_us)


def steady(count, lost=()):
    """A request each 20 ms, answered 2 ms later unless its number is in `lost`; and a packet that ends the capture late."""
    frames = []
    for number in range(count):
        frames.append((number * 20_000, syn(10_000 + number)))
        if number not in lost:
            frames.append((number * 20_000 + 2_000, answer(10_000 + number)))
    return frames + [(count * 20_000 + 600_000, reset(9))]


class Pcap(unittest.TestCase):
    def test_reads_both_byte_orders_and_resolutions(self):
        for order in "<>":
            for magic, factor in ((0xA1B2C3D4, 1), (0xA1B23C4D, 1000)):
                data = pcap([(12, b"x" * 60)], order, magic, factor)
                self.assertEqual(list(evaluate.read_pcap(data)), [(START + 12, b"x" * 60)])

    def test_refuses_what_is_no_capture(self):
        for data in (b"", b"\x0a\x0d\x0d\x0a" + b"\0" * 40, pcap([], link=113)):
            with self.assertRaises(evaluate.Unreadable):
                list(evaluate.read_pcap(data))

    def test_ends_before_a_frame_that_is_cut(self):
        whole = pcap([(1, b"x" * 60), (2, b"y" * 60)])
        self.assertEqual(len(list(evaluate.read_pcap(whole[:-1]))), 1)


class Requests(unittest.TestCase):
    def test_every_truncation_of_a_frame_is_survived(self):
        frame = answer(1)
        for length in range(len(frame)):
            evaluate.segment_of(0, frame[:length])

    def test_an_answer_ends_a_request(self):
        request, = requests_of([(0, syn(1)), (3_000, answer(1))])
        self.assertTrue(request.answered)
        self.assertEqual(request.decided - request.asked, 3_000)

    def test_an_answer_ends_where_the_server_ends_it(self):
        request, = requests_of([(0, syn(1)), (3_000, answer(1, flags=ACK)), (4_000, answer(1, b"")), (5_000, answer(1, b""))])
        self.assertEqual(request.decided - request.asked, 4_000)
        frames = [(0, syn(1)), (3_000, answer(1, flags=ACK)), (900_000, reset(9))]
        self.assertFalse(requests_of(frames)[0].answered)

    def test_a_repeated_syn_is_no_new_request(self):
        self.assertEqual(len(requests_of([(0, syn(1)), (1_000, syn(1)), (3_000, answer(1))])), 1)

    def test_a_port_used_again_is_a_new_request(self):
        frames = [(0, syn(1)), (3_000, answer(1)), (9_000, syn(1, sequence=2)), (12_000, answer(1))]
        self.assertEqual([r.answered for r in requests_of(frames)], [True, True])

    def test_a_refused_request_is_lost_when_its_time_is_over(self):
        request = requests_of([(0, syn(1)), (3_000, reset(1)), (600_000, reset(9))])[0]
        self.assertFalse(request.answered)
        self.assertEqual(request.decided - request.asked, 500_000)

    def test_a_reset_after_the_answer_changes_nothing(self):
        request, = requests_of([(0, syn(1)), (3_000, answer(1)), (4_000, reset(1))])
        self.assertTrue(request.answered)

    def test_an_answer_other_than_200_is_none(self):
        sad = b"HTTP/1.1 503 Service Unavailable\r\n\r\n"
        frames = [(0, syn(1)), (3_000, answer(1, sad)), (600_000, reset(9))]
        self.assertFalse(requests_of(frames)[0].answered)

    def test_an_answer_after_the_timeout_is_none(self):
        for delay, answered in ((500_000, True), (500_001, False)):
            request = requests_of([(0, syn(1)), (delay, answer(1)), (900_000, reset(9))])[0]
            self.assertEqual(request.answered, answered)
            self.assertEqual(request.decided - request.asked, 500_000)

    def test_what_the_end_of_the_capture_cuts_short_is_left_out(self):
        self.assertEqual(requests_of([(0, syn(1)), (10_000, reset(9))]), [])


class FiguresOfAWindow(unittest.TestCase):
    def test_counts_a_lost_request_where_its_fate_was_decided(self):
        requests = requests_of(steady(100, lost=(50, 51, 52)))
        # Number 50 starts at 1,000 ms and is lost at 1,500 ms.
        self.assertEqual(evaluate.figures(requests, START, START + 1_500_000).lost, 0)
        self.assertEqual(evaluate.figures(requests, START + 1_500_000, START + 1_540_000).lost, 2)
        self.assertEqual(evaluate.figures(requests, START + 1_500_000, START + 1_540_001).lost, 3)

    def test_measures_the_gap_between_answers(self):
        requests = requests_of(steady(100, lost=(50, 51, 52)))
        self.assertEqual(evaluate.figures(requests, START + 1_000_000, START + 1_800_000).gap_us, 80_000)

    def test_a_gap_that_began_before_the_window_counts_whole(self):
        requests = requests_of(steady(100, lost=(50, 51, 52)))
        self.assertEqual(evaluate.figures(requests, START + 1_030_000, START + 1_800_000).gap_us, 80_000)

    def test_a_window_without_an_answer_counts_up_to_its_end(self):
        requests = requests_of(steady(100, lost=range(50, 100)))
        self.assertEqual(evaluate.figures(requests, START + 1_000_000, START + 1_700_000).gap_us, 1_700_000 - 982_000)


class Comparison(unittest.TestCase):
    def judge(self, changes=None, frames=None, usual_gap_us=21_000):
        record = {
            "interval_us": 20_000, "usual_gap_us": usual_gap_us, "timeout_us": 500_000, "virtual": f"{VIRTUAL}:80",
            "events": [{"name": "pull", "from_us": START + 1_000_000, "to_us": START + 1_990_000,
                        "gap_us": 220_000, "lost": 10, "of": 50, **(changes or {})}],
        }
        with tempfile.TemporaryDirectory() as folder:
            paths = os.path.join(folder, "record.json"), os.path.join(folder, "capture.pcap")
            with open(paths[0], "w", encoding="utf-8") as file:
                json.dump(record, file)
            with open(paths[1], "wb") as file:
                file.write(pcap(frames if frames is not None else steady(120, lost=range(60, 70))))
            out = io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                return evaluate.main(list(paths)), out.getvalue()

    def test_agrees_with_figures_that_are_right(self):
        status, text = self.judge()
        self.assertEqual(status, 0, text)
        self.assertIn("pull", text)

    def test_names_what_differs(self):
        for changes in ({"gap_us": 260_000}, {"lost": 12}, {"lost": 8}, {"of": 60}):
            status, text = self.judge(changes)
            self.assertEqual(status, 1, text)
            self.assertIn("DIFFERS", text)

    def test_allows_ten_percent_or_one_interval(self):
        for changes in ({"gap_us": 240_000}, {"gap_us": 200_000}, {"lost": 11}, {"of": 54}):
            status, text = self.judge(changes)
            self.assertEqual(status, 0, text)

    def test_allows_what_a_busy_machine_cannot_resolve(self):
        self.assertEqual(self.judge({"gap_us": 260_000}, usual_gap_us=60_000)[0], 0)
        self.assertEqual(self.judge({"gap_us": 300_000}, usual_gap_us=60_000)[0], 1)

    def test_a_capture_of_nothing_does_not_agree(self):
        self.assertEqual(self.judge(frames=[])[0], 1)

    def test_files_that_cannot_be_read_are_no_verdict(self):
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(evaluate.main(["/nonexistent", "/nonexistent"]), 2)
            self.assertEqual(evaluate.main([]), 2)


if __name__ == "__main__":
    unittest.main()
