#!/usr/bin/env python3
"""Takes the packets again that the tests of vipd/vrrp/wire and lib/announce/frame pin: keepalived and FRR's vrrpd each run in a
network namespace of their own, joined by a veth pair to a second one where an AF_PACKET socket listens.

  take_captures.py [--root DIR] [--out DIR] [--hmac KEEPALIVED]     as root
    --root    where the peers' packages were unpacked (dpkg -x), default /
    --out     where to write, default beside this file
    --hmac    a keepalived of 2.4.2 or later, which no distribution of the lab has: its signed advertisements, and nothing else

Writes NAME.hex: one Ethernet frame, as hexadecimal. Nothing leaves the namespaces; what was started is ended by process
id. take_captures.sh beside this file runs it in the lab's virtual machine, which has both peers.
"""
import argparse
import ctypes
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

OUT = pathlib.Path(__file__).resolve().parent
SPEAKER_MAC = "02:00:00:00:00:11"
ROUTER_ID = 51

KEEPALIVED = """
global_defs {{ vrrp_garp_master_repeat 1 }}
vrrp_instance web {{
  version 3
  interface veth0
  virtual_router_id {router_id}
  priority 150
  advert_int {interval}{more}
  virtual_ipaddress {{
    {addresses}
  }}
}}
"""


def run(*words, **more):
    return subprocess.run(words, check=True, **more)


def enter(namespace):
    libc = ctypes.CDLL(None, use_errno=True)
    fd = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    if libc.setns(fd, 0x40000000) != 0:
        sys.exit(f"{namespace}: enter: {os.strerror(ctypes.get_errno())}")
    os.close(fd)


class Segment:
    """Two namespaces and the cable between them."""

    def __enter__(self):
        self.speaker, self.listener = f"cap{os.getpid()}a", f"cap{os.getpid()}b"
        for name in (self.speaker, self.listener):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        run("ip", "-n", self.speaker, "link", "add", "veth0", "type", "veth", "peer", "name", "veth0", "netns", self.listener)
        run("ip", "-n", self.speaker, "link", "set", "veth0", "address", SPEAKER_MAC)
        run("ip", "-n", self.speaker, "address", "add", "192.0.2.11/24", "dev", "veth0")
        for name in (self.speaker, self.listener):
            run("ip", "-n", name, "link", "set", "veth0", "up")
        return self

    def __exit__(self, *_):
        for name in (self.speaker, self.listener):
            run("ip", "netns", "delete", name)


def sniffer(listener):
    """A socket made inside the namespace stays there; this process itself never moves."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        enter(listener)
        packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
        packets.bind(("veth0", 0))
        socket.send_fds(theirs, [b"x"], [packets.fileno()])
        os._exit(0)
    os.wait()
    fd = socket.recv_fds(ours, 1, 1)[1][0]
    return socket.socket(fileno=fd)


def wait_for(packets, wanted, seconds=12):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        packets.settimeout(max(0.01, end - time.monotonic()))
        try:
            frame = packets.recv(4096)
        except TimeoutError:
            break
        if wanted(frame):
            return frame
    sys.exit("the packet was not seen")


def vrrp(frame, priority=None):
    if frame[12:14] != b"\x08\x00" or frame[23] != 112:
        return False
    return priority is None or frame[14 + 20 + 2] == priority


def arp(frame):
    return frame[12:14] == b"\x08\x06" and frame[28:32] == frame[38:42]


def save(name, frame):
    (OUT / f"{name}.hex").write_text(frame.hex() + "\n")
    print(f"{name}: {len(frame)} bytes")


def in_namespace(namespace, *words, env=None):
    return subprocess.Popen(["ip", "netns", "exec", namespace, *words], env=env, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def end(process):
    process.terminate()
    process.wait(10)


def keepalived(root, env, interval, addresses, leave, label):
    with Segment() as segment, tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "keepalived.conf")
        config.write_text(KEEPALIVED.format(router_id=ROUTER_ID, interval=interval, more="", addresses="\n    ".join(addresses)))
        packets = sniffer(segment.listener)
        process = in_namespace(segment.speaker, f"{root}/usr/sbin/keepalived", "-n", "-P", "-l", "-f", str(config),
                               "-p", f"{folder}/k.pid", "-r", f"{folder}/v.pid", env=env)
        save(f"keepalived-{label}", wait_for(packets, lambda frame: vrrp(frame, 150)))
        if leave:
            save("keepalived-gratuitous-arp", wait_for(packets, arp))
            process.terminate()
            save("keepalived-leave", wait_for(packets, lambda frame: vrrp(frame, 0)))
        end(process)
        packets.close()


def vrrp6(frame):
    return frame[12:14] == b"\x86\xdd" and frame[20] == 112


def neighbor(frame):
    return frame[12:14] == b"\x86\xdd" and frame[20] == 58 and frame[54] == 136


def keepalived_ipv6(root, env):
    with Segment() as segment, tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "keepalived.conf")
        config.write_text(KEEPALIVED.format(router_id=ROUTER_ID, interval=1, more="", addresses="2001:db8::100"))
        time.sleep(3)  # until duplicate address detection of the link-local address is through
        packets = sniffer(segment.listener)
        process = in_namespace(segment.speaker, f"{root}/usr/sbin/keepalived", "-n", "-P", "-l", "-f", str(config),
                               "-p", f"{folder}/k.pid", "-r", f"{folder}/v.pid", env=env)
        save("keepalived-advertisement-v6", wait_for(packets, vrrp6))
        save("keepalived-unsolicited-neighbor", wait_for(packets, neighbor))
        end(process)
        packets.close()


def signed(program, address, wanted, name):
    key = bytes(range(32)).hex()
    more = f"\n  auth_hmac {{\n    key 7 hex:{key}\n    active_key 7\n  }}"
    with Segment() as segment, tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "keepalived.conf")
        config.write_text(KEEPALIVED.format(router_id=ROUTER_ID, interval=1, more=more, addresses=address))
        time.sleep(3)
        packets = sniffer(segment.listener)
        process = in_namespace(segment.speaker, program, "-n", "-P", "-l", "-f", str(config), "-p", f"{folder}/k.pid", "-r",
                               f"{folder}/v.pid")
        save(name, wait_for(packets, wanted))
        end(process)
        packets.close()


def frr(root, env):
    with Segment() as segment, tempfile.TemporaryDirectory() as folder:
        ns = segment.speaker
        run("ip", "-n", ns, "link", "add", "vrrp4-1", "link", "veth0", "address", f"00:00:5e:00:01:{ROUTER_ID:02x}", "type",
            "macvlan", "mode", "bridge")
        run("ip", "-n", ns, "address", "add", "192.0.2.100/32", "dev", "vrrp4-1")
        run("ip", "-n", ns, "link", "set", "vrrp4-1", "up")
        time.sleep(1)
        config = pathlib.Path(folder, "frr.conf")
        config.write_text(f"interface veth0\n vrrp {ROUTER_ID} version 3\n vrrp {ROUTER_ID} priority 200\n"
                          f" vrrp {ROUTER_ID} advertisement-interval 1000\n vrrp {ROUTER_ID} ip 192.0.2.100\n")
        # FRR insists that root is in its group, which is there only where its package is installed; it gets one of ours in a mount
        # namespace of its own instead of on this machine.
        group = pathlib.Path(folder, "group")
        others = [line for line in pathlib.Path("/etc/group").read_text().splitlines() if not line.startswith("frrvty:")]
        group.write_text("\n".join([*others, "frrvty:x:64999:root"]) + "\n")
        own_group = ["unshare", "-m", "sh", "-c", f'mount --bind {group} /etc/group && exec "$@"', "sh"]
        packets = sniffer(segment.listener)
        common = ["-u", "root", "-g", "root", "-z", f"{folder}/zserv", "--vty_socket", folder]
        zebra = in_namespace(ns, *own_group, f"{root}/usr/lib/frr/zebra", *common, "-i", f"{folder}/z.pid", "-f", "/dev/null", env=env)
        time.sleep(1)
        speaker = in_namespace(ns, *own_group, f"{root}/usr/lib/frr/vrrpd", *common, "-i", f"{folder}/v.pid", "-f", str(config), env=env)
        save("frr-advertisement", wait_for(packets, lambda frame: vrrp(frame, 200)))
        save("frr-gratuitous-arp", wait_for(packets, arp))
        end(speaker)
        end(zebra)
        packets.close()


def main():
    global OUT
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default="")
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    parser.add_argument("--hmac")
    options = parser.parse_args()
    root, OUT = options.root.rstrip("/"), options.out
    OUT.mkdir(parents=True, exist_ok=True)
    if options.hmac:
        signed(options.hmac, "192.0.2.100", vrrp, "keepalived-hmac")
        return signed(options.hmac, "2001:db8::100", vrrp6, "keepalived-hmac-v6")
    libraries = f"{root}/usr/lib/x86_64-linux-gnu"
    env = dict(os.environ, LD_LIBRARY_PATH=f"{libraries}:{libraries}/frr") if root else None
    keepalived(root, env, 1, ["192.0.2.100"], True, "advertisement")
    keepalived(root, env, 0.01, ["192.0.2.100", "192.0.2.101", "198.51.100.7/24"], False, "three-addresses")
    keepalived_ipv6(root, env)
    frr(root, env)


if __name__ == "__main__":
    main()
