// Rules of [vip.*] as an election. Its addresses: vip_addresses.cpp, its peers: vip_peers.cpp.
#include <algorithm>
#include <set>

#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/devices.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

using VipSection = Section<VipSpec>;

void fault(Report& report, const VipSection& vip, std::string_view key, const std::string& what,
           Part part = Part::kVipd) {
  config::fault(report, vip, key, what, part);
}

void has_what_it_needs(const VipSection& vip, Report& report) {
  if (!vip.has("interface"))
    fault(report, vip, "interface", "is missing: write the device that the addresses live on", Part::kAll);
  if (!vip.has("virtual_router_id"))
    fault(report, vip, "virtual_router_id",
          "is missing: write a number from 1 to 255, the same on every node");
  if (!vip.has("addresses"))
    fault(report, vip, "addresses", "is missing: write at least one address", Part::kAll);
}

// An advertisement names addresses of its own family; without one it would be empty, and others rightly drop
// it.
void the_election_has_an_address(const VipSection& vip, Report& report) {
  if (vip.spec.addresses.empty()) return;
  const auto families = families_of(vip.spec);
  for (const auto family : elections_of(vip.spec))
    if (!families.contains(family))
      fault(report, vip, "lead",
            fmt::format("{} wants an {} address, and the vip has none: add one, or leave lead out",
                        quote(std::string(name_of(*vip.spec.lead))), family_name(family)));
}

// Where a provider leads them, or somebody is to be off first, it is one election that decides.
void one_election_decides(const VipSection& vip, Report& report) {
  if (vip.spec.require_fencing && vip.spec.transport != VrrpTransport::kUnicast &&
      elections_of(vip.spec).contains(Family::kIpv6))
    fault(
        report, vip, "require_fencing",
        "needs transport = \"unicast\" where IPv6 elects: by multicast other nodes are heard from link-local "
        "addresses, and [nodes] says not whose those are");
  if (vip.spec.lead != VrrpLead::kBoth) return;
  if (vip.spec.require_fencing)
    fault(report, vip, "lead",
          "\"both\" is two elections, and a node is off for both or for none: write \"ipv4\" or \"ipv6\"");
  if (vip.spec.provider.empty()) return;
  fault(report, vip, "lead",
        "\"both\" is two elections, and a provider leads all addresses to one node: write \"ipv4\" or "
        "\"ipv6\"");
}

// RFC 3768 knows IPv4 alone, and the checksum of IPv6 has one form (RFC 9568 5.2.8).
void ipv6_has_one_form(const VipSection& vip, Report& report) {
  if (vip.spec.addresses.empty() || !elections_of(vip.spec).contains(Family::kIpv6)) return;
  if (vip.spec.version == 2)
    fault(report, vip, "version", "2 is of IPv4 alone, and here IPv6 elects: write 3");
  if (vip.has("checksum") && elections_of(vip.spec).size() == 1)
    fault(report, vip, "checksum", "is of IPv4, and here IPv6 elects: it has one form only");
}

// RFC 3768 5.3.7.
void version_2_counts_seconds(const VipSection& vip, Report& report) {
  constexpr Milliseconds kSecond{1000};
  const auto interval = vip.spec.advertisement_interval;
  if (vip.spec.version != 2 || interval % kSecond == Milliseconds(0)) return;
  fault(report, vip, "advertisement_interval",
        fmt::format("{} is none of version 2, which has whole seconds: write \"1s\", or version = 3",
                    format_duration(interval)));
}

void version_2_has_its_keys(const VipSection& vip, Report& report) {
  if (vip.has("password") && vip.spec.version != 2)
    fault(report, vip, "password",
          "needs version = 2: version 3 has no passwords (RFC 9568 9), and its advertisements can be signed: "
          "hmac");
  const auto& place = vip.spec.password;
  if (vip.has("password") && !place.empty() && !place.starts_with("file:/") && !place.starts_with("systemd:"))
    fault(report, vip, "password",
          "must be \"file:/PATH\" or \"systemd:NAME\": the password itself does not stand in this file");
  if (vip.has("checksum") && vip.spec.version == 2)
    fault(report, vip, "checksum", "is of version 3: version 2 has one form only");
}

void router_ids_differ(const File& file, Report& report) {
  std::map<std::tuple<std::string, Family, std::uint8_t>, const VipSection*> seen;
  for (const auto& [name, vip] : file.vips) {
    if (vip.spec.virtual_router_id == Vrid{}) continue;  // missing, or no number that is one
    for (const auto family : elections_of(vip.spec)) {
      const auto [there, added] = seen.try_emplace(
          {device_of(file, vip.spec.interface), family, vip.spec.virtual_router_id.value}, &vip);
      if (added) continue;
      const auto* first = there->second;
      const auto* later = &vip;
      if (later->at("virtual_router_id") < first->at("virtual_router_id")) std::swap(first, later);
      fault(report, *later, "virtual_router_id",
            fmt::format("{} is already that of [{}] for {} on {}", vip.spec.virtual_router_id, first->path,
                        family_name(family), quote(vip.spec.interface)));
      break;
    }
  }
}

void priorities_differ(const File& file, const std::string& name, const VipSection& vip, Report& report) {
  const auto nodes = file.priorities.find(name);
  if (nodes == file.priorities.end()) return;
  std::map<std::uint8_t, std::vector<std::string_view>> holders;
  for (const auto& [node, priority] : nodes->second) holders[priority].push_back(node);
  for (const auto& [priority, names] : holders) {
    if (names.size() < 2) continue;
    const auto* origin = vip.has("priority") ? "" : " (default)";
    fault(report, vip, "priority",
          fmt::format("nodes {} have the same, {}{}: give each its own, such as {{ {} = 150, {} = 100 }}",
                      joined(names, " and "), priority, origin, names[0], names[1]));
  }
}

// A weight that leaves every node where it was is a mistake that nobody notices until the day it should act.
void weights_change_the_ranking(const File& file, const std::string& name, const VipSection& vip,
                                Report& report) {
  const auto nodes = file.priorities.find(name);
  if (nodes == file.priorities.end()) return;
  std::set<std::uint8_t> priorities;
  for (const auto& [node, priority] : nodes->second) priorities.insert(priority);
  if (priorities.size() < 2) return;
  int nearest = 255;
  for (auto lower = priorities.begin(), higher = std::next(lower); higher != priorities.end();
       ++lower, ++higher)
    nearest = std::min(nearest, *higher - *lower);
  for (const auto& [place, weight] : vip.spec.track_weights)
    if (std::abs(weight) <= nearest)
      report.add(
          Part::kVipd, place, vip.path + ".track.weight",
          fmt::format(
              "{} cannot change the ranking: the priorities of two nodes lie {} apart or more, so "
              "write {}",
              weight, nearest,
              weight < 0 ? fmt::format("{} or less", -nearest - 1) : fmt::format("{} or more", nearest + 1)));
}

void peers_need_unicast(const VipSection& vip, Report& report) {
  if (vip.has("peers") && vip.spec.transport != VrrpTransport::kUnicast)
    fault(report, vip, "peers", "needs transport = \"unicast\"");
}

bool holds(const VipIdentity& vip, const IpAddress& address) {
  return std::ranges::any_of(vip.addresses,
                             [&](const VipAddress& moving) { return moving.prefix.address == address; });
}

void source_is_of_the_family(const VipSection& vip, Report& report) {
  const auto& source = vip.spec.source;
  if (!source) return;
  if (const auto wrong = reachable_fault(*source); !wrong.empty())
    fault(report, vip, "source", wrong);
  else if (vip.spec.priority != kOwnerPriority && holds(vip.spec, *source))
    fault(report, vip, "source", fmt::format("{} moves: the source is an address that stays", *source));
  else if (!vip.spec.addresses.empty() && !elections_of(vip.spec).contains(source->family()))
    fault(report, vip, "source",
          fmt::format("{} is {}, and no address of the vip {}", to_string(*source),
                      family_name(source->family()),
                      families_of(vip.spec).contains(source->family()) ? "that elects is" : "is"));
  else if (source->is_v6() && !source->is_link_local() && vip.spec.transport == VrrpTransport::kMulticast)
    fault(report, vip, "source",
          fmt::format("{} is not link-local: multicast of IPv6 comes from an address of fe80::/10 (RFC 9568 "
                      "5.1.2.1)",
                      *source));
}

void owners_always_preempt(const File& file, const VipSection& vip, Report& report) {
  constexpr std::uint8_t kOwner = 255;
  if (vip.spec.priority.value != kOwner) return;
  if (vip.has("preempt") && (!vip.spec.preempt || vip.spec.preempt_delay > Milliseconds(0)))
    note(report, vip, "preempt",
         "has no effect with priority 255: the owner of the addresses always takes over", Part::kVipd);
  const bool owns = std::ranges::any_of(vip.spec.addresses, [&](const VipAddress& address) {
    const auto own = file.own_addresses.find(address.prefix.address);
    return own != file.own_addresses.end() && own->second.node == file.view.node;
  });
  if (!owns && !file.view.nodes.empty())
    note(report, vip, "priority",
         "255 is for the host whose own addresses they are, and none is: write 254 or less for one that only "
         "comes first",
         Part::kVipd);
}

void announcements_are_as_written(const VipSection& vip, Report& report) {
  const auto& announce = *vip.spec.announce;
  const Announce defaults;
  if (announce.count < 2 && announce.interval != defaults.interval)
    note(report, vip, "announce",
         fmt::format("interval has no effect with count {}: it is the time between two", announce.count),
         Part::kVipd);
  if (announce.count == 0 && announce.refresh > Milliseconds(0))
    note(report, vip, "announce", "count 0 beside a refresh: a takeover is announced once all the same",
         Part::kVipd);
}

void peers_are_heard(const VipSection& vip, Report& report) {
  const auto families = elections_of(vip.spec);
  for (std::size_t i = 0; i < vip.spec.peer_words.size(); ++i) {
    const auto peer = IpAddress::parse(vip.spec.peer_words[i]);
    if (peer && !families.empty() && !families.contains(peer->family()))
      report.note(Part::kVipd, vip.at("peers", i), vip.path + ".peers",
                  fmt::format("{} is not used: no address of the vip {} {}", *peer,
                              families_of(vip.spec).contains(peer->family()) ? "elects by" : "is",
                              family_name(peer->family())));
  }
}

void what_is_not_advertised(const VipSection& vip, Report& report) {
  for (const auto family : elections_of(vip.spec)) {
    const auto count =
        static_cast<std::size_t>(std::ranges::count_if(vip.spec.addresses, [&](const VipAddress& moving) {
          return moving.prefix.address.family() == family;
        }));
    const auto most = most_advertised(vip.spec, family);
    if (count > most)
      note(report, vip, "addresses",
           fmt::format("holds {} {} addresses: advertisements name the first {}, and all are held", count,
                       family_name(family), most),
           Part::kVipd);
  }
}

// What answers with the virtual MAC is a device on the vip's interface, and no other answers for the
// addresses.
void virtual_macs_have_what_they_need(const VipSection& vip, Report& report) {
  if (!vip.spec.virtual_mac) return;
  if (!vip.spec.provider.empty())
    fault(report, vip, "virtual_mac", "does nothing where a provider routes the addresses: leave it out");
  if (vip.spec.priority.value == 255)
    fault(
        report, vip, "virtual_mac",
        "is not for an owner (priority 255): the addresses are its interface's own and answer with its MAC; "
        "write priority 254, or leave virtual_mac out");
  for (const auto& address : vip.spec.addresses)
    if (!address.interface.empty() && address.interface != vip.spec.interface)
      fault(
          report, vip, "virtual_mac",
          fmt::format(
              "is on {}, where the vip advertises, and {} is to live on {}: leave its interface out, or give "
              "it a vip of its own",
              vip.spec.interface, address.prefix.address, address.interface));
}

void owners_accept(const VipSection& vip, Report& report) {
  if (!vip.spec.accept && vip.spec.priority.value == 255)
    note(report, vip, "accept",
         "= false does nothing on this host: priority 255 says that the addresses are its own, and an owner "
         "takes what is sent to them",
         Part::kVipd);
}

}  // namespace

std::set<Family> elections_of(const VipIdentity& vip, std::optional<VrrpLead> lead) {
  if (lead == VrrpLead::kBoth) return {Family::kIpv4, Family::kIpv6};
  if (lead) return {*lead == VrrpLead::kIpv4 ? Family::kIpv4 : Family::kIpv6};
  const auto families = families_of(vip);
  return families.empty() ? families : std::set{*families.begin()};
}

Family family_of(const Vip& vip) {
  const auto elections = elections_of(vip, vip.manner->lead);
  return elections.empty() ? Family::kIpv4 : *elections.begin();
}

std::vector<Vip> by_election(const Vip& vip) {
  if (vip.manner->lead != VrrpLead::kBoth) return {vip};
  std::vector<Vip> all;
  for (const auto family : {Family::kIpv4, Family::kIpv6}) {
    auto one = vip;
    const auto other = [&](const IpAddress& address) { return address.family() != family; };
    const auto lead = family == Family::kIpv4 ? VrrpLead::kIpv4 : VrrpLead::kIpv6;
    one.name += fmt::format("/{}", name_of(lead));
    std::erase_if(one.addresses, [&](const VipAddress& moving) { return other(moving.prefix.address); });
    auto& manner = one.manner.change();
    manner.lead = lead;
    std::erase_if(manner.peers, other);
    std::erase_if(manner.own, other);
    if (manner.source && other(*manner.source)) manner.source.reset();
    if (family == Family::kIpv6) manner.checksum.reset();
    all.push_back(std::move(one));
  }
  return all;
}

std::set<Family> families_of(const VipIdentity& vip) {
  std::set<Family> families;
  for (const auto& address : vip.addresses) families.insert(address.prefix.address.family());
  return families;
}

void check_vips(const File& file, Report& report) {
  for (const auto& [name, vip] : file.vips) {
    has_what_it_needs(vip, report);
    the_election_has_an_address(vip, report);
    one_election_decides(vip, report);
    ipv6_has_one_form(vip, report);
    version_2_counts_seconds(vip, report);
    version_2_has_its_keys(vip, report);
    priorities_differ(file, name, vip, report);
    weights_change_the_ranking(file, name, vip, report);
    peers_need_unicast(vip, report);
    virtual_macs_have_what_they_need(vip, report);
    source_is_of_the_family(vip, report);
    peers_of(file, name, vip, &report);
  }
  router_ids_differ(file, report);
}

void note_vips(const File& file, Report& report) {
  for (const auto& [name, vip] : file.vips) {
    owners_always_preempt(file, vip, report);
    announcements_are_as_written(vip, report);
    peers_are_heard(vip, report);
    what_is_not_advertised(vip, report);
    owners_accept(vip, report);
  }
}

}  // namespace hawser::config
