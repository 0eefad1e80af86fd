#include "netd/announcer.h"

#include <algorithm>
#include <fstream>

#include "lib/announce/frame.h"
#include "lib/base/find_in.h"
#include "lib/state/network.h"

namespace hawser::netd {
namespace {

bool is_told(const Prefix& prefix, const Address& address) {
  const auto& ip = prefix.address;
  if (address.protocol == static_cast<std::uint8_t>(Owner::kVipd) || ip.is_link_local() || ip.is_loopback())
    return false;
  return ip.is_v4() || address.preferred_lifetime != 0;
}

// A dummy or a VRF has no neighbours.
bool has_neighbours(const Link& link) {
  return link.mac && !link.mac->is_zero() && link.kind != LinkKind::kDummy && link.kind != LinkKind::kVrf;
}

class Difference {
 public:
  Difference(const Sight& before, const Sight& now, const std::set<std::string>& devices)
      : before_(before), now_(now), devices_(devices) {
    for (const auto& [name, link] : before.links)
      for (const auto& [prefix, address] : link.addresses) places_[prefix.address].insert(name);
  }

  [[nodiscard]] std::vector<Announcement> announcements() const {
    std::vector<Announcement> all;
    for (const auto& [name, link] : now_.links) {
      if (!has_neighbours(link) || !is_ours(name)) continue;
      const bool is_other = is_another_device(name);
      for (const auto& [prefix, address] : link.addresses)
        if (is_told(prefix, address) &&
            (is_other ? concerns(prefix, address) : has_moved(link, prefix, address)))
          all.push_back({name, prefix.address, *link.mac});
    }
    return all;
  }

 private:
  [[nodiscard]] bool is_ours(const std::string& name) const {
    if (devices_.contains(name)) return true;
    const auto* link = find_in(now_.links, name);
    return link != nullptr && link->vlan && link->vlan->on != name && is_ours(link->vlan->on);
  }

  // Another one for who looks from outside: the switch must learn it anew too.
  [[nodiscard]] bool is_another_device(const std::string& name) const {
    const auto* was = find_in(before_.links, name);
    const auto* is = find_in(now_.links, name);
    if (was == nullptr || is == nullptr) return is != nullptr;
    if (was->mac != is->mac || (is->up && !was->up) || was->vlan != is->vlan ||
        index(before_, name) != index(now_, name))
      return true;
    if (was->bond && is->bond && was->bond->mode != is->bond->mode) return true;
    return is->vlan && is->vlan->on != name && is_another_device(is->vlan->on);
  }
  static IfIndex index(const Sight& sight, const std::string& name) {
    const auto* status = find_in(sight.status, name);
    return status == nullptr ? IfIndex{} : status->index;
  }

  // What somebody else puts on a device is his to announce, unless it moved.
  [[nodiscard]] bool concerns(const Prefix& prefix, const Address& address) const {
    return address.protocol == static_cast<std::uint8_t>(Owner::kNetd) || places_.contains(prefix.address);
  }
  [[nodiscard]] bool has_moved(const Link& link, const Prefix& prefix, const Address& address) const {
    const auto place = places_.find(prefix.address);
    if (place == places_.end()) return address.protocol == static_cast<std::uint8_t>(Owner::kNetd);
    return std::ranges::none_of(place->second,
                                [&](const auto& name) { return before_.links.at(name).mac == link.mac; });
  }

  const Sight& before_;
  const Sight& now_;
  const std::set<std::string>& devices_;
  std::map<IpAddress, std::set<std::string>> places_;  // an address may be on several devices
};

// Duplicate address detection runs: the kernel takes an advertisement of ours that comes back to it (two
// ports of a bond on one switch) for somebody else's, and gives the address up. Lines of "ADDRESS INDEX
// LENGTH SCOPE FLAGS NAME" in hexadecimal.
bool is_tentative(const IpAddress& address, IfIndex index) {
  constexpr unsigned kTentative = 0x40;  // IFA_F_TENTATIVE
  std::ifstream file("/proc/net/if_inet6");
  const auto wanted = fmt::format("{:02x}", fmt::join(address.bytes(), ""));
  std::string text;
  unsigned number = 0;
  unsigned length = 0;
  unsigned scope = 0;
  unsigned flags = 0;
  std::string name;
  while (file >> text >> std::hex >> number >> length >> scope >> flags >> name)
    if (text == wanted && number == static_cast<unsigned>(index.value)) return (flags & kTentative) != 0;
  return false;
}

}  // namespace

Sight sight_of(const Observed& observed) {
  return {observed.state.links, observed.links};
}

std::vector<Announcement> moved(const Sight& before, const Sight& now, const std::set<std::string>& devices) {
  return Difference(before, now, devices).announcements();
}

void Announcer::saw(const Observed& observed, const std::set<std::string>& devices, TimePoint now) {
  auto sight = sight_of(observed);
  std::vector<Announcement> fresh;
  if (has_seen_) fresh = moved(sight_, sight, devices);
  has_seen_ = true;
  sight_ = std::move(sight);
  std::erase_if(pending_, [&](const auto& entry) { return !is_still_so(entry.first); });
  for (const auto& what : fresh) pending_[what] = {kRounds, now, now + kPatience};
  for (auto& [what, rounds] : pending_)
    if (rounds.left == kRounds && has_carrier(what.link)) rounds.next = std::min(rounds.next, now);
}

void Announcer::work(TimePoint now) {
  std::vector<Announcement> first;
  for (auto& [what, rounds] : pending_) {
    if (rounds.next > now) continue;
    rounds.next = now + kInterval;
    if (!has_carrier(what.link)) continue;
    if (!send_(what, sight_.status.at(what.link).index)) continue;
    if (rounds.left-- == kRounds) first.push_back(what);
  }
  std::erase_if(pending_,
                [&](const auto& entry) { return entry.second.left == 0 || now >= entry.second.until; });
  tell_of(first);
}

TimePoint Announcer::next() const {
  auto next = TimePoint::max();
  for (const auto& [what, rounds] : pending_) next = std::min(next, rounds.next);
  return next;
}

bool Announcer::waits_for_carrier() const {
  return std::ranges::any_of(pending_, [&](const auto& entry) { return !has_carrier(entry.first.link); });
}

bool Announcer::is_still_so(const Announcement& what) const {
  const auto* link = find_in(sight_.links, what.link);
  return link != nullptr && link->mac == what.mac && sight_.status.contains(what.link) &&
         std::ranges::any_of(link->addresses,
                             [&](const auto& entry) { return entry.first.address == what.address; });
}

bool Announcer::has_carrier(const std::string& link) const {
  const auto* status = find_in(sight_.status, link);
  return status != nullptr && status->carrier;
}

// A line for each device, not for each address.
void Announcer::tell_of(const std::vector<Announcement>& what) const {
  std::map<std::pair<std::string, MacAddress>, std::string> lines;
  for (const auto& one : what) {
    auto& addresses = lines[{one.link, one.mac}];
    addresses += fmt::format("{}{}", addresses.empty() ? "" : ", ", one.address);
  }
  for (const auto& [link, addresses] : lines)
    tell_({.kind = EventKind::kAnnouncement,
           .object = link.first,
           .what = fmt::format("neighbours are told that {} is at {}", addresses, link.second)});
}

bool AnnouncementSender::operator()(const Announcement& what, IfIndex index) {
  if (what.address.is_v6() && is_tentative(what.address, index)) return false;
  Status sent;
  if (!socket_) {
    auto opened = FrameSocket::open();
    if (opened)
      socket_ = std::make_shared<FrameSocket>(std::move(*opened));
    else
      sent = tl::unexpected(opened.error());
  }
  if (socket_)
    for (const auto& frame : announcement_of(what.address, what.mac, role_on(what.link)))
      if (sent) sent = socket_->send(index, frame);
  if (!sent && refused_ != sent.error().text)
    tell_({.kind = EventKind::kRefusal,
           .level = Level::kWarning,
           .object = what.link,
           .what = fmt::format("announce {}", what.address),
           .cause = {CauseKind::kKernel, sent.error().text}});
  refused_ = sent ? "" : sent.error().text;
  return sent.has_value();
}

}  // namespace hawser::netd
