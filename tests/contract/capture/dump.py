#!/usr/bin/python3
"""Takes netlink messages from the running kernel, one file each: NAME.hex in the folder given.

Runs in the lab's virtual machine (bonding, ip_vs); see take_captures.sh. Makes its objects in a fresh network
namespace with ip and ipvsadm, then asks the kernel through plain sockets: nothing here uses our own code.
"""
import os
import socket
import struct
import subprocess
import sys
import time

NETLINK_ROUTE, NETLINK_GENERIC = 0, 16
SOL_NETLINK, ADD_MEMBERSHIP, CAP_ACK, EXT_ACK = 270, 1, 10, 11
REQUEST, ACK, DUMP, CREATE, EXCL = 1, 4, 0x300, 0x400, 0x200
NLMSG_ERROR, NLMSG_DONE = 2, 3
NEWLINK, GETLINK, NEWADDR, GETADDR, GETROUTE = 16, 18, 20, 22, 26

folder = sys.argv[1]


def run(commands):
    for line in commands.strip().splitlines():
        subprocess.run(line.strip(), shell=True, check=True)


def save(name, origin, message):
    with open(f"{folder}/{name}.hex", "w", encoding="ascii") as file:
        file.write(f"# {origin}; Linux {os.uname().release}\n")
        for start in range(0, len(message), 32):
            file.write(message[start:start + 32].hex() + "\n")


def open_socket(protocol):
    result = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
    result.setsockopt(SOL_NETLINK, CAP_ACK, 1)
    result.setsockopt(SOL_NETLINK, EXT_ACK, 1)
    result.bind((0, 0))
    return result


def attr(kind, value):
    return struct.pack("HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def nested(kind, *parts):
    return attr(kind | 0x8000, b"".join(parts))


def message(kind, flags, payload):
    return struct.pack("IHHII", 16 + len(payload), kind, flags | REQUEST, 1, 0) + payload


def split(datagram):
    while datagram:
        length = struct.unpack_from("I", datagram)[0]
        yield datagram[:length]
        datagram = datagram[(length + 3) & ~3:]


def ask(sock, request):
    """All answers, with the acknowledgement or the end of the dump as the last."""
    sock.send(request)
    answers = []
    while True:
        for one in split(sock.recv(65536)):
            answers.append(one)
            if struct.unpack_from("H", one, 4)[0] in (NLMSG_ERROR, NLMSG_DONE):
                return answers


def has(text):
    return lambda one: text.encode() in one


def address_bytes(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def links(route):
    run("""
      ip link add eth0 address 02:00:00:00:00:10 type veth peer name sw0
      ip link add eth1 address 02:00:00:00:00:11 type veth peer name sw1
      ip link add bond0 address 02:00:00:00:00:01 type bond mode active-backup miimon 100 updelay 200
      ip link set eth0 master bond0
      ip link set eth1 master bond0
      ip link set eth1 type bond_slave queue_id 3 prio 7
      ip link set bond0 type bond primary eth0
      ip link set sw0 up
      ip link set sw1 up
      ip link set bond0 up
      ip link add bond1 address 02:00:00:00:00:02 type bond mode 802.3ad lacp_rate fast ad_user_port_key 5 ad_actor_sys_prio 99 ad_actor_system 02:00:00:00:00:99
      ip link add bond2 address 02:00:00:00:00:03 type bond mode active-backup arp_interval 250 arp_ip_target 192.0.2.254,192.0.2.253 ns_ip6_target 2001:db8::fe
      ip link add link bond0 name front address 02:00:00:00:00:01 type vlan id 100
      ip link add outer link bond0 address 02:00:00:00:00:01 type vlan id 7 protocol 802.1ad
      ip link add blue address 02:00:00:00:00:04 type vrf table 77
      ip link add dummy0 address 02:00:00:00:00:05 type dummy
      ip link set dummy0 mtu 1400 master blue
      """)
    time.sleep(0.5)
    answers = ask(route, message(GETLINK, DUMP, b"\0" * 16 + attr(29, struct.pack("I", 8))))
    for name in ("eth0", "eth1", "bond0", "bond1", "bond2", "front", "outer", "blue", "dummy0", "lo"):
        save(f"link_{name}", "RTM_GETLINK dump", next(filter(has(name + "\0"), answers)))
    save("dump_done", "end of an RTM_GETLINK dump", answers[-1])


def index_of(name):
    return socket.if_nametoindex(name)


def add_address(route, device, text, length, protocol):
    """ip of Debian 12 cannot give IFA_PROTO."""
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    raw = address_bytes(text)
    request = message(NEWADDR, ACK | CREATE | EXCL, struct.pack("BBBBI", family, length, 0, 0, index_of(device)) +
                      attr(2, raw) + attr(1, raw) + attr(11, struct.pack("B", protocol)))
    assert struct.unpack_from("i", ask(route, request)[-1], 16)[0] == 0


def addresses(route):
    run("""
      ip link set dummy0 nomaster
      ip link set dummy0 up
      ip address add 192.0.2.11/24 broadcast 192.0.2.255 dev dummy0
      ip address add 192.0.2.12/24 dev dummy0 noprefixroute preferred_lft 0
      ip address add 198.51.100.1 peer 198.51.100.2/32 dev dummy0 scope link
      ip -6 address add 2001:db8::11/64 dev dummy0 nodad preferred_lft 0
      ip -6 address add 2001:db8::12/64 dev dummy0 valid_lft 3600 preferred_lft 1800
      """)
    add_address(route, "dummy0", "203.0.113.9", 32, 202)
    add_address(route, "dummy0", "2001:db8::9", 128, 202)
    answers = ask(route, message(GETADDR, DUMP, b"\0" * 8))
    for name, text in (("v4_broadcast", "192.0.2.11"), ("v4_deprecated", "192.0.2.12"), ("v4_peer", "198.51.100.1"),
                       ("v4_owned", "203.0.113.9"), ("v6_deprecated", "2001:db8::11"), ("v6_dynamic", "2001:db8::12"),
                       ("v6_owned", "2001:db8::9")):
        raw = address_bytes(text)
        save(f"address_{name}", "RTM_GETADDR dump", next(one for one in answers if raw in one))
    save("address_v6_link_local", "RTM_GETADDR dump", next(one for one in answers if b"\xfe\x80\0\0\0\0\0\0" in one))


def routes(route):
    run("""
      ip route add default via 192.0.2.254 dev dummy0 metric 50 src 192.0.2.11 mtu 1300 protocol 201
      ip route add 198.51.100.128/25 dev dummy0 table 1000
      ip route add 203.0.113.64/26 via 198.18.0.1 dev dummy0 onlink
      ip route add 203.0.113.128/25 nexthop via 192.0.2.251 dev dummy0 nexthop via 192.0.2.252 dev dummy0
      ip route add blackhole 203.0.113.0/28
      ip -6 route add 2001:db8:1::/48 via 2001:db8::fe dev dummy0
      """)
    answers = ask(route, message(GETROUTE, DUMP, struct.pack("B", socket.AF_INET) + b"\0" * 11))
    inside = lambda text: next(one for one in answers if one[16] == 2 and address_bytes(text) in one)
    save("route_v4_default", "RTM_GETROUTE dump", next(one for one in answers if one[17] == 0 and one[21] == 201))
    save("route_v4_table", "RTM_GETROUTE dump", inside("198.51.100.128"))
    save("route_v4_onlink", "RTM_GETROUTE dump", inside("203.0.113.64"))
    save("route_v4_multipath", "RTM_GETROUTE dump", inside("203.0.113.128"))
    save("route_v4_blackhole", "RTM_GETROUTE dump", next(one for one in answers if one[23] == 6))
    save("route_v4_local", "RTM_GETROUTE dump", next(one for one in answers if one[20] == 255))
    answers = ask(route, message(GETROUTE, DUMP, struct.pack("B", socket.AF_INET6) + b"\0" * 11))
    save("route_v6_via", "RTM_GETROUTE dump", next(one for one in answers if address_bytes("2001:db8:1::") in one))


def ipvs(generic):
    run("""
      ipvsadm -A -t 192.0.2.100:80 -s wrr -p 300 -M 255.255.255.0
      ipvsadm -a -t 192.0.2.100:80 -r 198.51.100.21:8080 -m -w 100 -x 2000 -y 1000
      ipvsadm -a -t 192.0.2.100:80 -r 198.51.100.22:80 -i -w 0 --tun-type gue --tun-port 6080 --tun-csum
      ipvsadm -A -u [2001:db8::100]:53 -s rr -o
      ipvsadm -a -u [2001:db8::100]:53 -r [2001:db8:1::21]:53 -g -w 7
      ipvsadm -A -f 7 -s wlc
      """)
    family = ask(generic, message(16, ACK, struct.pack("BBH", 3, 1, 0) + attr(2, b"IPVS\0")))[0]
    at = family.find(struct.pack("HH", 6, 1))
    number = struct.unpack_from("H", family, at + 4)[0]
    services = ask(generic, message(number, DUMP, struct.pack("BBH", 4, 1, 0)))[:-1]
    for one in services:
        name = {6: "tcp", 17: "udp"}.get(0 if one.find(struct.pack("HHI", 8, 5, 7)) > 0 else one[36], "fwmark")
        save(f"service_{name}", "IPVS_CMD_GET_SERVICE dump", one)
    for name, key in (("v4", attr(1, struct.pack("H", 2)) + attr(2, struct.pack("H", 6)) +
                       attr(3, address_bytes("192.0.2.100") + b"\0" * 12) + attr(4, struct.pack(">H", 80))),
                      ("v6", attr(1, struct.pack("H", 10)) + attr(2, struct.pack("H", 17)) +
                       attr(3, address_bytes("2001:db8::100")) + attr(4, struct.pack(">H", 53)))):
        reals = ask(generic, message(number, DUMP, struct.pack("BBH", 8, 1, 0) + nested(1, key)))[:-1]
        for place, one in enumerate(sorted(reals, key=lambda one: b"\xc63d\x16" in one)):
            save(f"real_{name}_{place}", "IPVS_CMD_GET_DEST dump", one)


def answers(route):
    mode = nested(18, attr(1, b"bond\0"), nested(2, attr(1, b"\4")))
    refused = ask(route, message(NEWLINK, ACK, b"\0" * 16 + attr(3, b"bond0\0") + mode))
    save("refused_with_words", "RTM_NEWLINK: mode of a bond with ports", refused[-1])
    delay = nested(18, attr(1, b"bond\0"), nested(2, attr(4, struct.pack("I", 100))))
    refused = ask(route, message(NEWLINK, ACK, b"\0" * 16 + attr(3, b"bond2\0") + delay))
    save("refused_without_words", "RTM_NEWLINK: updelay of a bond without miimon", refused[-1])
    taken = ask(route, message(NEWLINK, ACK, b"\0" * 16 + attr(3, b"bond0\0") + attr(4, struct.pack("I", 1500))))
    save("taken", "RTM_NEWLINK: mtu", taken[-1])


def hear(monitor):
    """All that comes until a second of silence."""
    heard = []
    while True:
        try:
            heard += split(monitor.recv(65536))
        except TimeoutError:
            return heard


def events():
    """A pulled cable as RTNLGRP_LINK tells it."""
    monitor = open_socket(NETLINK_ROUTE)
    monitor.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, 1)
    monitor.settimeout(1)
    run("ip link set sw0 down")
    heard = hear(monitor)
    of_port = [one for one in heard if has("eth0\0")(one)]
    of_bond = [one for one in heard if has("bond0\0")(one)]
    lost_carrier = next(one for one in of_port if not struct.unpack_from("I", one, 24)[0] & 0x10000)
    save("event_port_without_carrier", "RTNLGRP_LINK: cable of the active port pulled", lost_carrier)
    save("event_failover", "RTNLGRP_LINK: cable of the active port pulled",
         next(one for one in of_bond if attr(44, struct.pack("I", 3)) in one))
    run("ip link delete dummy0")
    save("event_removed", "RTNLGRP_LINK: interface deleted",
         next(one for one in hear(monitor) if struct.unpack_from("H", one, 4)[0] == 17))


def lacp(route, generic):
    """Two 802.3ad bonds at the two ends of two cables, once they have agreed; what only such a bond has."""
    run("""
      ip link add bond8 address 02:00:00:00:00:08 type bond mode 802.3ad lacp_rate fast
      ip link add bond9 address 02:00:00:00:00:09 type bond mode 802.3ad lacp_rate fast
      ip link add lag0 address 02:00:00:00:00:20 type veth peer name far0 address 02:00:00:00:00:30
      ip link add lag1 address 02:00:00:00:00:21 type veth peer name far1 address 02:00:00:00:00:31
      ip link set lag0 master bond8
      ip link set lag1 master bond8
      ip link set far0 master bond9
      ip link set far1 master bond9
      ip link set bond8 up
      ip link set bond9 up
      """)
    time.sleep(12)
    answers = ask(route, message(GETLINK, DUMP, b"\0" * 16 + attr(29, struct.pack("I", 8))))
    for name in ("lag0", "bond8"):
        save(f"link_{name}", "RTM_GETLINK dump", next(filter(has(name + "\0"), answers)))
    for name, bit in (("bond8", 2), ("lag0", 4)):
        stats = ask(route, message(94, ACK, struct.pack("BBHII", 0, 0, 0, index_of(name), bit)))
        save(f"stats_{name}", "RTM_GETSTATS of IFLA_STATS_LINK_XSTATS, _SLAVE", stats[0])
    family = ask(generic, message(16, ACK, struct.pack("BBH", 3, 1, 0) + attr(2, b"ethtool\0")))[0]
    at = family.find(struct.pack("HH", 6, 1))
    number = struct.unpack_from("H", family, at + 4)[0]
    device = nested(1, attr(1, struct.pack("I", index_of("lag0"))), attr(3, struct.pack("I", 1)))
    save("speed_lag0", "ETHTOOL_MSG_LINKMODES_GET", ask(generic, message(number, ACK, struct.pack("BBH", 4, 1, 0) + device))[0])
    with open("/proc/net/bonding/bond8", encoding="ascii") as text, \
         open(f"{folder}/proc_bond8.txt", "w", encoding="ascii") as copy:
        copy.write(text.read())


def main():
    os.makedirs(folder, exist_ok=True)
    route, generic = open_socket(NETLINK_ROUTE), open_socket(NETLINK_GENERIC)
    links(route)
    addresses(route)
    routes(route)
    ipvs(generic)
    answers(route)
    events()
    lacp(route, generic)
    print(f"{len(os.listdir(folder))} messages in {folder}")


if __name__ == "__main__":
    if len(sys.argv) == 2:  # a namespace of its own first
        os.execvp("unshare", ["unshare", "-n", sys.executable, __file__, folder, "inside"])
    main()
