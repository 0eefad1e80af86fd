// What a capture of VRRP and ARP frames tells of a takeover. Pure.
#pragma once

#include <optional>
#include <span>

#include "lib/base/address.h"
#include "tests/bench/files.h"
#include "tests/support/capture.h"

namespace hawser::bench {

// A VRRPv3 advertisement over IPv4 of the host with this priority.
bool is_advertisement(const lab::Packet& packet, int priority);
// An ARP frame that says where an address is: sender and target address are both it. Empty: it is none.
std::optional<IpAddress> gratuitous_arp(const lab::Packet& packet);
// One for the floating address.
bool is_gratuitous_arp(const lab::Packet& packet);

// A UDP datagram from the floating address: an answer to a client.
bool is_answer(const lab::Packet& packet);

// TCP over IPv4: the first packet of a connection.
bool is_syn(const lab::Packet& packet);

// How many connections were captured on both cables, by the TCP ports of one client: a move of the address
// cut them in two, and the host that gets their end knows nothing of their beginning.
std::size_t cut_in_two(std::span<const lab::Packet> one, std::span<const lab::Packet> other);

// The Backup's Active_Down_Interval: 3 advertisement intervals and its skew (RFC 9568 6.1).
std::chrono::nanoseconds active_down(std::chrono::nanoseconds interval = kAdvertisement);

// Milliseconds between "last advertisement of the Active + Active_Down" and the first gratuitous ARP of
// another host after it: one that is killed and starts again announces, too. Nothing while one of both is
// missing, or where the Active still advertised after the ARP was sent.
std::optional<double> takeover_lateness(std::span<const lab::Packet> packets,
                                        std::chrono::nanoseconds interval = kAdvertisement);

// The same to the first answer that a client got from another host than the Active.
std::optional<double> first_answer(std::span<const lab::Packet> packets,
                                   std::chrono::nanoseconds interval = kAdvertisement);

// The same until each of the addresses that are announced in the capture was announced for the first time.
std::optional<double> whole_takeover(std::span<const lab::Packet> packets,
                                     std::chrono::nanoseconds interval = kAdvertisement);

// The longest time between two advertisements of the host with this priority, milliseconds; nothing of fewer
// than two.
std::optional<double> longest_pause(std::span<const lab::Packet> packets, int priority);

}  // namespace hawser::bench
