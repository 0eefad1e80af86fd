// What a virtual router knows of the others that have its id, and they of it: who is listened to, whose file
// differs, who does not get our advertisements, who is late, who has our addresses too.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/ranges.h>

#include "vipd/addresses/virtual_link.h"
#include "vipd/router/router.h"
#include "vipd/vrrp/in_seconds.h"

namespace hawser::vipd {

namespace {

constexpr std::size_t kMostNamed{8};  // addresses in one line

// "192.0.2.1, 192.0.2.2 and 253 more": who sends them chooses how many there are.
std::string named(const std::vector<IpAddress>& addresses) {
  if (addresses.empty()) return "no address";
  const auto shown = std::min(addresses.size(), kMostNamed);
  const auto text = fmt::format(
      "{}", fmt::join(addresses.begin(), addresses.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  return shown == addresses.size() ? text : fmt::format("{} and {} more", text, addresses.size() - shown);
}

// Only what an honest neighbour does by mistake; the rest is counted.
std::string why_not_heard(BadPacket reason, const config::Vip& vip, const IpAddress& from) {
  const bool multicast = vip.manner->transport == config::VrrpTransport::kMulticast;
  switch (reason) {
    case BadPacket::kPeer:
      return fmt::format(
          "{} advertises router id {} and is not among the peers: it is not listened to; give that "
          "host its address back, add it to peers, or use another virtual_router_id",
          from, vip.virtual_router_id);
    case BadPacket::kDestination:
      return fmt::format(
          "{} advertises router id {} by {}, and here the transport is {}: it is not listened to; "
          "the files differ",
          from, vip.virtual_router_id, multicast ? "unicast" : "multicast",
          multicast ? "multicast" : "unicast");
    case BadPacket::kVersion:
      return fmt::format(
          "{} advertises router id {} in another version of VRRP than {}: it is not listened to", from,
          vip.virtual_router_id, vip.manner->version);
    case BadPacket::kInterval:
      if (vip.manner->version != 2) return {};
      return fmt::format(
          "{} advertises router id {} at another interval than the {} here, which version 2 wants to be the "
          "same: "
          "it is not listened to, and both may be Active; the files differ",
          from, vip.virtual_router_id, format_duration(vip.manner->advertisement_interval));
    case BadPacket::kAuthentication:
      return fmt::format(
          "{} advertises router id {} with another password than here, or without: it is not listened to, "
          "and both "
          "may be Active; the files differ",
          from, vip.virtual_router_id);
    default:
      return {};
  }
}

Event of_peers(std::string what) {
  return {.kind = EventKind::kPeer, .what = std::move(what), .cause = {CauseKind::kPeer, ""}};
}

}  // namespace

std::vector<IpAddress> advertised_addresses(const config::Vip& vip) {
  std::vector<IpAddress> addresses;
  const auto family = family_of(vip);
  for (const auto& address : vip.addresses)
    if (address.prefix.address.family() == family) addresses.push_back(address.prefix.address);
  // RFC 9568 5.2.9: of IPv6 a link-local one comes first. Some routers look for it there.
  if (family == Family::kIpv6) std::ranges::stable_partition(addresses, &IpAddress::is_link_local);
  addresses.resize(std::min(addresses.size(), config::most_advertised(*vip.manner, family)));
  return addresses;
}

std::string unexpected_source(const config::Vip& vip, const IpAddress& source) {
  if (vip.manner->transport != config::VrrpTransport::kUnicast || source.is_unspecified()) return {};
  std::vector<IpAddress> expected;
  std::ranges::copy_if(vip.manner->own, std::back_inserter(expected),
                       [&](const IpAddress& own) { return own.family() == source.family(); });
  if (expected.empty() || std::ranges::find(expected, source) != expected.end()) return {};
  return fmt::format(
      "{} advertises from {}, and its peers listen to {} alone: both would be Active; give {} that "
      "address, or change [nodes]",
      vip.interface, source, fmt::join(expected, " and "), vip.interface);
}

void VirtualRouter::judge_source() {
  const auto wrong = unexpected_source(vip_, source_);
  if (wrong.empty()) return log_.over("source");
  log_.warn("source", of_peers(wrong));
}

bool VirtualRouter::listens_to(const PacketHeader& header) const {
  if (vip_.manner->transport == config::VrrpTransport::kMulticast) return true;
  return std::ranges::find(vip_.manner->peers, header.source) != vip_.manner->peers.end();
}

std::optional<BadPacket> VirtualRouter::objection(const Received& received) const {
  if (vip_.manner->version != 2) return std::nullopt;
  if (received.form.password != vip_.manner->password_text) return BadPacket::kAuthentication;
  if (received.advertisement.interval != config().interval) return BadPacket::kInterval;
  return std::nullopt;
}

void VirtualRouter::twin(const MacAddress& mac) {
  say_twin(to_string(mac));
}

// A moment after we spoke it is our own, sent back: by a port of a bond that the switch knows nothing of, a
// hairpin, an access point.
void VirtualRouter::twin() {
  constexpr std::chrono::nanoseconds kReflected = std::chrono::milliseconds(100);
  const auto echo =
      std::min<std::chrono::nanoseconds>(kReflected, std::chrono::nanoseconds(config().interval) / 2);
  if (effects_.now() - sent_at_ < echo) return;
  say_twin("another host");
}

void VirtualRouter::say_twin(const std::string& who) {
  auto why = fmt::format(
      "{} has this host's own address {} too: neither hears the other, and both would be "
      "Active; give one of the two another",
      who, source_);
  log_.warn("twin", of_peers(why));
  unheard_ = Unheard{std::move(why), effects_.now()};
}

// Within a moment of a takeover the others may not have heard of it.
void VirtualRouter::conflict(const std::string& interface, const IpAddress& address, const MacAddress& mac) {
  const auto now = effects_.now();
  if (role() != RoleName::kActive || now - since_ < kSettling) return;
  const bool ours = std::ranges::any_of(vip_.addresses, [&](const auto& held) {
    return held.prefix.address == address && asked_on(vip_, held) == interface &&
           answers(effects_.holding({held.interface, held.prefix}));
  });
  if (!ours) return;
  conflicts_.fill()[address] = {mac, now};
  auto event =
      of_peers(fmt::format("{} answers for {} on {} too: clients reach the one or the other; take it away "
                           "there, or let that host hear "
                           "this one",
                           mac, address, interface));
  event.kind = EventKind::kContention;
  log_.warn("conflict", std::move(event));  // of thousands that are answered for at once one is named
}

void VirtualRouter::refuse(BadPacket reason, const IpAddress& from) {
  drop(reason, why_not_heard(reason, vip_, from));
}

void VirtualRouter::drop(BadPacket reason, std::string why) {
  counters_.bad.count(reason);
  if (why.empty()) return;
  log_.warn(fmt::format("not heard: {}", name_of(reason)), of_peers(why));
  unheard_ = Unheard{std::move(why), effects_.now()};
}

// RFC 9568 7.1: worth a line, not a reason to drop the packet.
void VirtualRouter::compare_addresses(const Advertisement& advertisement, const IpAddress& from) {
  auto ours = advertised_addresses(vip_);
  auto theirs = advertisement.addresses;
  std::ranges::sort(ours);
  std::ranges::sort(theirs);
  if (ours == theirs) {
    if (!differs_ || differs_->source != from) return;
    differs_.reset();
    return log_.over("addresses");
  }
  differs_ = Difference{from, effects_.now()};
  log_.warn("addresses", of_peers(fmt::format("{} advertises {} where this host has {}: the files differ",
                                              from, named(theirs), named(ours))));
}

// Of version 2 such a one is not listened to (objection()); version 3 learns it, and takeovers then take as
// long as the Active router's file says.
void VirtualRouter::compare_interval(const Advertisement& advertisement, const IpAddress& from) {
  if (advertisement.interval == config().interval) {
    if (!other_interval_ || other_interval_->source != from) return;
    other_interval_.reset();
    return log_.over("interval");
  }
  other_interval_ = OtherInterval{from, advertisement.interval, effects_.now()};
  log_.warn("interval", of_peers(fmt::format(
                            "{} advertises each {} where this host has {}: the files differ, and how soon "
                            "another takes over depends on who is Active",
                            from, format_duration(Milliseconds(advertisement.interval)),
                            format_duration(vip_.manner->advertisement_interval))));
}

void VirtualRouter::peer_unreachable(const IpAddress& peer, int code) {
  if (std::ranges::find(vip_.manner->peers, peer) == vip_.manner->peers.end()) return;
  // ICMP "protocol unreachable", of IPv6 "unrecognized next header": the host is there, and no program of it
  // wants VRRP.
  const bool unwanted = code == ENOPROTOOPT || code == EPROTO;
  const auto reason =
      unwanted ? std::string("runs no VRRP") : fmt::format("cannot be reached ({})", std::strerror(code));
  unreached_.fill()[peer] = {reason, effects_.now()};
  log_.warn(fmt::format("peer {}", peer), of_peers(fmt::format("{} {}: it cannot take over", peer, reason)));
}

// How much of its down timer the Active router lets pass: what is missed next was late before.
void VirtualRouter::measure(const IpAddress& from, TimePoint now) {
  const auto* backup = std::get_if<Backup>(&machine_.role);
  const auto& heard = machine_.heard;
  // Where we were late ourselves, or have only just come back, it says nothing of the other.
  if (std::exchange(was_carried_, false) || is_overdue()) return;
  if (backup == nullptr || backup->wait != Backup::Wait::kActiveDown || !heard || heard->source != from ||
      heard->at < backup->since)
    return;
  const auto gap = now - heard->at;
  const auto down = active_down_interval(config(), backup->interval.value_or(config().interval));
  late_.longest = std::max<std::chrono::nanoseconds>(late_.longest, gap);
  ++late_.by_quarter.at(std::min<std::size_t>(3, static_cast<std::size_t>(4 * gap / down)));
  if (2 * gap <= down) return log_.over("late");
  ++late_.over_half;
  log_.warn("late",
            {.kind = EventKind::kPeer,
             .what = fmt::format("advertisements of {} come late: {} after the one before, and after "
                                 "{} this host takes over: that host or the network is overloaded; a longer "
                                 "advertisement_interval bears more",
                                 from, in_seconds(gap), in_seconds(down)),
             .cause = {CauseKind::kPeer, ""}});
}

}  // namespace hawser::vipd
