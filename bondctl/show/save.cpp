#include "bondctl/show/save.h"

#include <algorithm>
#include <set>

#include "lib/base/find_in.h"
#include "lib/config/written.h"
#include "lib/plan/words.h"
#include "lib/state/bond_options.h"

namespace hawser::bondctl {

namespace {

using config::List;
using config::plain_value;
using config::Table;

constexpr std::uint32_t kUsualMtu = 1500;
constexpr std::uint32_t kMainTable = 254;  // RT_TABLE_MAIN
constexpr std::uint8_t kOfVipd = static_cast<std::uint8_t>(Owner::kVipd);
constexpr std::uint8_t kOfNetd = static_cast<std::uint8_t>(Owner::kNetd);

// IFAPROT_KERNEL_LO, _RA, _LL of <linux/if_addr.h>; RTPROT_REDIRECT, _KERNEL, _BOOT, _STATIC, _RA.
bool kernel_made(const Address& address, const Prefix& prefix) {
  const bool link_local = prefix.address.is_v6() && prefix.address.is_link_local();
  return (address.protocol >= 1 && address.protocol <= 3) || (link_local && address.protocol == 0);
}
bool kernel_made(const Route& route) {
  return route.protocol == 1 || route.protocol == 2 || route.protocol == 9;
}
bool by_hand(const Route& route) {
  return route.protocol == 3 || route.protocol == 4 || route.protocol == kOfNetd;
}

class Saver {
 public:
  explicit Saver(const Observed& observed) : state_(observed.state), status_(observed.links) {}

  void bond(const std::string& name) {
    vrf(name);
    add_section("bond", name, with_network(name, config::bond_section(*link(name).bond)));
    above(name);
  }
  Saved take() { return std::move(saved_); }

 private:
  [[nodiscard]] const Link& link(const std::string& name) const { return state_.links.at(name); }

  void leave_out(const std::string& object, const std::string& what, const std::string& why) {
    saved_.left_out.push_back(fmt::format("{}: {}: {}", object, what, why));
  }

  void add_section(std::string_view kind, const std::string& name, const Table& section) {
    if (!saved_.text.empty()) saved_.text += "\n";
    saved_.text += config::section_text(kind, name, section);
  }

  // What stands on it, and on that again.
  void above(const std::string& name) {
    for (const auto& [upper, one] : state_.links)
      if (one.vlan && one.vlan->on == name) vlan(upper, one);
    for (const auto& [upper, one] : status_)
      if (one.lower == name && !link(upper).vlan && upper != name)
        leave_out(upper, one.kind.empty() ? "device" : one.kind,
                  fmt::format("on {}: no section makes it", name));
  }

  void vlan(const std::string& name, const Link& one) {
    vrf(name);
    Table section{{"kind", {}, plain_value(std::string("vlan"))},
                  {"on", {}, plain_value(one.vlan->on)},
                  {"id", {}, plain_value(std::int64_t{one.vlan->id})}};
    if (one.vlan->protocol == 0x88a8)
      section.push_back({"protocol", {}, plain_value(std::string("802.1ad"))});
    add_section("link", name, with_network(name, std::move(section)));
    for (const auto& what : status_.at(name).unsaid) leave_out(name, what, "a VLAN has no key for it");
    above(name);
  }

  // Once, whoever is in it.
  void vrf(const std::string& name) {
    const auto& master = link(name).master;
    if (master.empty() || !seen_.insert(master).second) return;
    const auto* above = find_in(state_.links, master);
    if (above != nullptr && above->kind == LinkKind::kVrf)
      add_section("link", master,
                  {{"kind", {}, plain_value(std::string("vrf"))},
                   {"table", {}, plain_value(std::int64_t{above->vrf_table})}});
  }

  void put_master(const std::string& name, Table& section) {
    const auto& master = link(name).master;
    if (master.empty()) return;
    const auto* above = find_in(state_.links, master);
    if (above != nullptr && above->kind == LinkKind::kVrf)
      section.push_back({"vrf", {}, plain_value(master)});
    else
      leave_out(name, fmt::format("in {}", master), "bridges have no section");
  }

  [[nodiscard]] std::uint32_t usual_mtu(const Link& one) const {
    if (!one.vlan) return kUsualMtu;
    const auto* lower = find_in(state_.links, one.vlan->on);
    return lower == nullptr ? kUsualMtu : lower->mtu.value_or(kUsualMtu);
  }

  // A MAC that somebody chose: a bond has its first port's, and with fail_over_mac that of the active one.
  [[nodiscard]] bool is_chosen(const Link& one) const {
    if (!one.bond || one.bond->ports.empty() || one.bond->get(BondOption::kFailOverMac) != 0) return false;
    return std::ranges::none_of(one.bond->ports, [&](const auto& port) {
      const auto* status = find_in(status_, port.first);
      return status != nullptr && status->port && status->port->permanent_mac == one.mac;
    });
  }

  Table with_network(const std::string& name, Table section) {
    const auto& one = link(name);
    put_master(name, section);
    if (one.mtu.value_or(kUsualMtu) != usual_mtu(one))
      section.push_back({"mtu", {}, plain_value(std::int64_t{*one.mtu})});
    if (one.mac && is_chosen(one)) section.push_back({"mac", {}, plain_value(to_string(*one.mac))});
    if (!one.up) section.push_back({"up", {}, plain_value(false)});
    if (auto list = addresses(name); !list.empty())
      section.push_back({"addresses", {}, plain_value(std::move(list))});
    if (auto list = routes(name); !list.empty())
      section.push_back({"routes", {}, plain_value(std::move(list))});
    return section;
  }

  // In the order of the kernel: the first of a subnet is its primary.
  List addresses(const std::string& name) {
    std::vector<std::pair<Prefix, Address>> all(link(name).addresses.begin(), link(name).addresses.end());
    std::ranges::stable_sort(all, {}, [](const auto& entry) { return entry.second.place.value; });
    List list;
    for (const auto& [prefix, address] : all) {
      const auto what = fmt::format("address {}", prefix);
      if (kernel_made(address, prefix)) continue;
      if (address.protocol == kOfVipd)
        leave_out(name, what, "vipd holds it: it belongs into a [vip.NAME]");
      else if (address.preferred_lifetime != kForever)
        leave_out(name, what, "it has a lifetime: who gave it (DHCP?) gives it again");
      else if (address.no_prefix_route || (prefix.address.is_v6() && address.no_dad))
        leave_out(name, what, "its flags (noprefixroute, nodad) are no setting");
      else
        list.push_back(plain_value(to_string(prefix)));
    }
    return list;
  }

  List routes(const std::string& name) {
    List list;
    for (const auto& [key, route] : state_.routes) {
      if (!leads_over(route, name) || kernel_made(route)) continue;
      const auto what = fmt::format("route {}", to_string(key));
      if (!by_hand(route))
        leave_out(name, what, fmt::format("it is of {}", words::protocol(route.protocol)));
      else if (route.rest || key.tos != 0 || key.from || key.nth != 0)
        leave_out(name, what, "it has more to it than a file can say");
      else
        list.push_back(plain_value(route_table(name, key, route)));
    }
    return list;
  }

  // The table of a route in a VRF is the VRF's.
  [[nodiscard]] std::uint32_t own_table(const std::string& name) const {
    const auto* master = find_in(state_.links, link(name).master);
    return master != nullptr && master->kind == LinkKind::kVrf ? master->vrf_table : kMainTable;
  }

  [[nodiscard]] Table route_table(const std::string& name, const RouteKey& key, const Route& route) const {
    Table table{{"to", {}, plain_value(key.to.length == 0 ? std::string("default") : to_string(key.to))}};
    const auto number = [&](const char* word, std::uint32_t value, std::uint32_t usual) {
      if (value != usual) table.push_back({word, {}, plain_value(std::int64_t{value})});
    };
    if (route.via) table.push_back({"via", {}, plain_value(to_string(*route.via))});
    if (route.source) table.push_back({"source", {}, plain_value(to_string(*route.source))});
    number("table", key.table, own_table(name));
    number("metric", key.metric, key.to.address.is_v6() ? kIpv6UserMetric : 0);
    number("mtu", route.mtu, 0);
    if (route.onlink) table.push_back({"onlink", {}, plain_value(true)});
    return table;
  }

  const State& state_;
  const std::map<std::string, LinkStatus>& status_;
  std::set<std::string> seen_;
  Saved saved_;
};

}  // namespace

Saved save(const Observed& observed, const std::vector<std::string>& bonds) {
  Saver saver(observed);
  for (const auto& name : bonds) saver.bond(name);
  auto saved = saver.take();
  saved.text = "format = 1\n\n" + saved.text;
  return saved;
}

}  // namespace hawser::bondctl
