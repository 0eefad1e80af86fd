// Rules of [vip.*].
#include <algorithm>
#include <set>

#include "lib/config/rules.h"

namespace hawser::config {

namespace {

using VipSection = Section<VipSpec>;

void fault(Report& report, const VipSection& vip, std::string_view key, std::string what,
           Part part = Part::kVipd) {
  report.add(part, vip.at(key), dotted(vip.path, key), std::move(what));
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

void interfaces_are_devices(const File& file, const VipSection& vip, Report& report) {
  const auto judge = [&](const std::string& name, Place place, std::string_view key) {
    if (!name.empty() && !valid_device(device_of(file, name)))
      report.add(Part::kAll, place, dotted(vip.path, key),
                 fmt::format("{} is not a device name", quote(name)));
  };
  judge(vip.said.interface, vip.at("interface"), "interface");
  for (std::size_t i = 0; i < vip.said.addresses.size(); ++i)
    judge(vip.said.addresses[i].interface, vip.at("addresses", i), "addresses");
}

std::set<Family> families_of(const Vip& vip) {
  std::set<Family> families;
  for (const auto& address : vip.addresses) families.insert(address.prefix.address.family());
  return families;
}

std::string_view family_name(Family family) {
  return family == Family::kIpv4 ? "IPv4" : "IPv6";
}

// An advertisement of IPv4 names IPv4 addresses; without one it would be empty, and others rightly drop it.
void the_election_has_an_address(const VipSection& vip, Report& report) {
  if (vip.said.addresses.empty() || families_of(vip.said).contains(Family::kIpv4)) return;
  fault(report, vip, "addresses",
        "holds no IPv4 address: an election over IPv6 is not supported by this version; beside an IPv4 "
        "address, "
        "IPv6 ones move along");
}

void router_ids_differ(const File& file, Report& report) {
  std::map<std::tuple<std::string, Family, std::uint8_t>, const VipSection*> seen;
  for (const auto& [name, vip] : file.vips) {
    if (!vip.has("virtual_router_id")) continue;
    for (const auto family : families_of(vip.said)) {
      const auto [there, added] = seen.try_emplace(
          {device_of(file, vip.said.interface), family, vip.said.virtual_router_id.value}, &vip);
      if (added) continue;
      const auto* first = there->second;
      const auto* later = &vip;
      if (later->at("virtual_router_id") < first->at("virtual_router_id")) std::swap(first, later);
      fault(report, *later, "virtual_router_id",
            fmt::format("{} is already that of [{}] for {} on {}", vip.said.virtual_router_id, first->path,
                        family_name(family), quote(vip.said.interface)));
      break;
    }
  }
}

void addresses_move_once(const File& file, Report& report) {
  std::map<IpAddress, std::pair<Place, std::string>> seen;
  for (const auto& [name, vip] : file.vips) {
    for (std::size_t i = 0; i < vip.said.addresses.size(); ++i) {
      const auto& address = vip.said.addresses[i].prefix.address;
      std::pair later{vip.at("addresses", i), vip.path + ".addresses"};
      if (!is_unicast(address))
        report.add(Part::kAll, later.first, later.second,
                   fmt::format("{} is not an address that a host can have", to_string(address)));
      const auto [there, added] = seen.try_emplace(address, later);
      if (added) continue;
      auto first = there->second;
      if (later < first) std::swap(first, later);
      report.add(Part::kVipd, later.first, later.second,
                 fmt::format("{} is also at {}", to_string(address), report.where(first.first)));
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
    fault(report, vip, "priority",
          fmt::format("nodes {} have the same, {}: give each its own, such as {{ {} = 150, {} = 100 }}",
                      joined(names, " and "), priority, names[0], names[1]));
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
  for (const auto& [place, weight] : vip.said.track_weights)
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
  if (vip.has("peers") && vip.said.transport != Transport::kUnicast)
    fault(report, vip, "peers", "needs transport = \"unicast\"");
}

void source_is_of_the_family(const VipSection& vip, Report& report) {
  const auto& source = vip.said.source;
  if (!source) return;
  if (!is_unicast(*source))
    fault(report, vip, "source",
          fmt::format("{} is not an address that a host can have", to_string(*source)));
  else if (!vip.said.addresses.empty() && !families_of(vip.said).contains(source->family()))
    fault(report, vip, "source",
          fmt::format("{} is {}, and no address of the vip is", to_string(*source),
                      family_name(source->family())));
}

// Peers of unicast vips, put together.
class Peers {
 public:
  Peers(const File& file, const std::string& name, const VipSection& vip, Report* report)
      : file_(file), name_(name), vip_(vip), report_(report), families_(families_of(vip.said)) {}

  std::vector<IpAddress> find() {
    if (vip_.has("peers"))
      for (std::size_t i = 0; i < vip_.said.peer_words.size(); ++i) add_word(vip_.said.peer_words[i], i);
    else
      add_other_nodes();
    for (const auto family : families_) expect(family);
    std::ranges::sort(found_);
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    return found_;
  }

 private:
  void say(Place place, std::string what) const {
    if (report_ != nullptr) report_->add(Part::kVipd, place, vip_.path + ".peers", std::move(what));
  }

  void add(const IpAddress& address) {
    const auto own = file_.nodes.find(file_.view.node);
    const bool mine = own != file_.nodes.end() && std::ranges::find(own->second.said.addresses, address) !=
                                                      own->second.said.addresses.end();
    if (!mine && families_.contains(address.family())) found_.push_back(address);
  }

  void add_word(const std::string& word, std::size_t index) {
    if (const auto node = file_.nodes.find(word); node != file_.nodes.end()) {
      for (const auto& address : node->second.said.addresses) add(address);
    } else if (const auto address = IpAddress::parse(word)) {
      if (!is_unicast(*address))
        say(vip_.at("peers", index), fmt::format("{} is not an address that a host can have", word));
      add(*address);
    } else {
      say(vip_.at("peers", index), fmt::format("{} is neither a node nor an address", quote(word)));
      wrong_ = true;
    }
  }

  void add_other_nodes() {
    const auto holders = file_.priorities.find(name_);
    for (const auto& [node, section] : file_.nodes) {
      if (node == file_.view.node) continue;
      if (holders != file_.priorities.end() && !holders->second.contains(node)) continue;
      for (const auto& address : section.said.addresses) add(address);
    }
  }

  void expect(Family family) const {
    const bool some =
        std::ranges::any_of(found_, [&](const IpAddress& peer) { return peer.family() == family; });
    if (some || wrong_) return;
    say(vip_.at(vip_.has("peers") ? "peers" : "transport"),
        fmt::format("no other node has an {} address: add it to [nodes] or to peers", family_name(family)));
  }

  const File& file_;
  const std::string& name_;
  const VipSection& vip_;
  Report* report_;
  std::set<Family> families_;
  std::vector<IpAddress> found_;
  bool wrong_ = false;
};

}  // namespace

std::vector<IpAddress> peers_of(const File& file, const std::string& name, const VipSection& vip,
                                Report* report) {
  if (vip.said.transport != Transport::kUnicast) return {};
  return Peers(file, name, vip, report).find();
}

void check_vips(const File& file, Report& report) {
  for (const auto& [name, node] : file.nodes)
    for (std::size_t i = 0; i < node.said.addresses.size(); ++i)
      if (!is_unicast(node.said.addresses[i]))
        report.add(
            Part::kAll, node.at("addresses", i), node.path + ".addresses",
            fmt::format("{} is not an address that a host can have", to_string(node.said.addresses[i])));
  for (const auto& [name, vip] : file.vips) {
    has_what_it_needs(vip, report);
    interfaces_are_devices(file, vip, report);
    the_election_has_an_address(vip, report);
    priorities_differ(file, name, vip, report);
    weights_change_the_ranking(file, name, vip, report);
    peers_need_unicast(vip, report);
    source_is_of_the_family(vip, report);
    peers_of(file, name, vip, &report);
  }
  router_ids_differ(file, report);
  addresses_move_once(file, report);
}

}  // namespace hawser::config
