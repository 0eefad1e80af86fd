// The rows of [bond.*] and [link.*]. A bond's options come from the table in lib/state/bond_options.h.
#include "lib/config/bond_monitor.h"
#include "lib/config/sections.h"
#include "lib/state/bond_options.h"

namespace hawser::config {

namespace {

constexpr std::string_view kRouteExample = "[{ to = \"default\", via = \"192.0.2.254\" }]";

std::string show_routes(const std::vector<Section<RouteSpec>>& routes) {
  std::string text;
  for (const auto& route : routes)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", inline_table(route_rows(), route.spec));
  return fmt::format("[{}]", text);
}

void read_routes(const Scope& scope, const Value& value, InterfaceSpec& link) {
  const auto* list = value.as<List>();
  if (list == nullptr) return scope.problem(value.place, "routes", not_a_list(value, kRouteExample, ""));
  for (const auto& item : *list) {
    const auto* table = item.as<Table>();
    if (table == nullptr) {
      scope.problem(item.place, "routes",
                    not_a("a table", "{ to = \"default\", via = \"192.0.2.254\" }", item));
      continue;
    }
    Section<RouteSpec> route;
    const auto inside = scope.silent().inside("routes");
    route.path = inside.user_path;
    route.place = item.place;
    route.places = read_section(inside, route_rows(), *table, route.spec);
    link.routes.push_back(std::move(route));
  }
}

template <class S>
Rows<S> interface_rows() {
  Rows<S> rows;
  rows.add("device", &S::device, DeviceName{}, "the device, where the section is not named like it")
      .add("addresses", &S::addresses, ListOf{WithLength{}}, "addresses with their prefix length");
  rows.custom(setting("routes", "list of table", "{ to, via, table, metric, source, onlink, mtu }",
                      "routes through this device; to is \"default\" or a prefix"),
              read_routes, [](const S& link) { return show_routes(link.routes); })
      .like(kRouteExample);
  rows.add("mtu", &S::mtu, Whole{68, 65536},
           "largest packet; without it a bond or dummy has 1500, a VLAN its device's, a card what it has")
      .like("1500")
      .add("mac", &S::mac, kMac, "hardware address")
      .add("vrf", &S::vrf, Text{}, "the VRF that it belongs to")
      .like("\"blue\"")
      .add("description", &S::description, Text{}, "for people")
      .like("\"to the switches\"")
      .add("up", &S::up, Flag{}, "whether the device is up");
  return rows;
}

std::string option_range(const BondOptionInfo& info) {
  if (!info.words.empty()) return joined({info.words.begin(), info.words.end()}, " or ", true);
  return fmt::format("{} to {}", format_bond_value(info, info.minimum),
                     format_bond_value(info, info.maximum));
}

std::string_view option_type(const BondOptionInfo& info) {
  if (!info.words.empty()) return "text";
  return info.unit == BondUnit::kNone ? "int" : "duration";
}

std::string in_toml(const BondOptionInfo& info, std::uint32_t value) {
  const auto text = format_bond_value(info, value);
  return info.words.empty() && info.unit == BondUnit::kNone ? text : quote(text);
}

std::string show_option(const BondOptionInfo& info, const BondSpec& bond) {
  if (!option_applies(info, bond.mode)) return "";
  return in_toml(info, option_of(bond, info.option));
}

// The value of a word by the kernel's number or in other letters: 1 or "FAST" for "fast".
std::string option_meant(const BondOptionInfo& info, const Value& value) {
  if (info.words.empty()) return {};
  if (const auto* number = value.as<std::int64_t>())
    return *number >= 0 && *number < static_cast<std::int64_t>(info.words.size())
               ? quote(info.words[static_cast<std::size_t>(*number)])
               : std::string();
  const auto* text = value.as<std::string>();
  const auto meant =
      text == nullptr ? std::string_view() : meant_word(*text, {info.words.begin(), info.words.end()});
  return meant.empty() ? std::string() : quote(meant);
}

std::string with_meant(const BondOptionInfo& info, const Value& value, std::string what) {
  const auto meant = option_meant(info, value);
  return meant.empty() ? what : fmt::format("{}: write {}", what, meant);
}

// 1000 ms is within every duration's range and a multiple of every unit.
std::string option_example(const BondOptionInfo& info) {
  if (!info.words.empty()) return quote(info.words[info.words.size() > 1 ? 1 : 0]);
  if (info.unit == BondUnit::kNone) return std::to_string(std::max<std::uint32_t>(1, info.minimum));
  return quote(info.unit == BondUnit::kMilliseconds ? "100ms" : "1s");
}

void read_option(const BondOptionInfo& info, std::string_view key, const Scope& scope, const Value& value,
                 BondSpec& bond) {
  const auto* text = value.as<std::string>();
  const auto* flag = value.as<bool>();
  const auto* number = value.as<std::int64_t>();
  const bool words = !info.words.empty();
  const bool is_count = !words && info.unit == BondUnit::kNone;
  Result<std::uint32_t> parsed = fail("");
  if (is_count && number != nullptr)
    parsed = parse_bond_value(info, std::to_string(*number));
  else if (!is_count && text != nullptr)
    parsed = parse_bond_value(info, *text);
  else if (flag != nullptr && words && info.words.front() == "off")
    parsed = *flag ? 1U : 0U;
  else
    parsed = fail("must be {}{}, not {}",
                  is_count ? std::string("a whole number from ")
                  : words  ? std::string()
                           : fmt::format("a duration such as {} from ", option_example(info)),
                  option_range(info), in_words(value));
  if (parsed)
    bond.options[info.option] = *parsed;
  else
    scope.problem(value.place, key,
                  with_right_value(key, value, with_meant(info, value, parsed.error().text)));
}

void add_option(Rows<BondSpec>& rows, const BondOptionInfo& info) {
  rows.custom(
          setting(info.name, option_type(info), option_range(info), info.help),
          [&info](const Scope& scope, const Value& value, BondSpec& bond) {
            read_option(info, info.name, scope, value, bond);
          },
          [&info](const BondSpec& bond) { return show_option(info, bond); })
      .like(option_example(info));
}

// "eth0", "mac:52:54:00:12:34:56" or "path:pci-0000:01:00.0".
struct PortName : Text {
  bool parse(const Value& value, Type& out, const Fault& fault) const {
    if (value.as<std::string>() == nullptr || !Text::parse(value, out, fault))
      return fault(value, not_a("a port's name", example(), value)), false;
    if (out.starts_with("mac:")) {
      const auto mac = MacAddress::parse(std::string_view(out).substr(4));
      if (!mac) return fault(value, mac.error().text), false;
      return true;
    }
    if (out.starts_with("path:") && out.size() > 5) return true;
    return DeviceName{}.parse(value, out, fault);
  }
  [[nodiscard]] std::string example(std::size_t index = 0) const { return DeviceName{}.example(index); }
  [[nodiscard]] std::string type() const { return "port"; }
};

void read_ports(const Scope& scope, const Value& value, BondSpec& bond) {
  const auto* table = value.as<Table>();
  if (table == nullptr) return scope.problem(value.place, "port", "must be tables: [bond.NAME.port.PORT]");
  for (const auto& entry : *table) {
    const auto* settings = entry.value.as<Table>();
    const auto inside = scope.inside("port").inside(toml_key(entry.key));
    if (settings == nullptr) {
      inside.problem(entry.value.place, "", fmt::format("must be a table, not {}", in_words(entry.value)));
      continue;
    }
    auto& port = bond.port[entry.key];
    port.path = inside.user_path;
    port.place = entry.place;
    port.places = read_section(inside, port_rows(), *settings, port.spec);
  }
}

}  // namespace

const Rows<RouteSpec>& route_rows() {
  static const auto rows = Rows<RouteSpec>()
                               .add("to", &RouteSpec::to, Text{}, "\"default\" or a prefix")
                               .like("\"default\"")
                               .required()
                               .add("via", &RouteSpec::via, kAddress, "the next router")
                               .like("\"192.0.2.254\"")
                               .add("table", &RouteSpec::table, Whole{1, kMax32}, "routing table")
                               .add("metric", &RouteSpec::metric, Whole{0, kMax32}, "lower is preferred")
                               .add("source", &RouteSpec::source, kAddress, "preferred source address")
                               .add("onlink", &RouteSpec::onlink, Flag{}, "the router is on this link")
                               .add("mtu", &RouteSpec::mtu, Whole{0, 65520}, "path MTU; 0: the device's");
  return rows;
}

const Rows<BondPort>& port_rows() {
  static const auto rows = Rows<BondPort>()
                               .add("prio", &BondPort::prio, Whole{-kMaxInt - 1, kMaxInt},
                                    "higher is preferred; not looked at while a primary is set")
                               .add("queue_id", &BondPort::queue_id, Whole{0, 16},
                                    "transmit queue, of which a bond has 16; 0: none")
                               .unsupported({"actor_port_prio", "probe"});
  return rows;
}

const Rows<BondSpec>& bond_rows() {
  static const auto rows = [] {
    auto made = interface_rows<BondSpec>();
    made.add("mode", &BondSpec::mode, Word<BondMode>{}, "how the ports share the traffic")
        .like("\"active-backup\"")
        .required();
    made.add("ports", &BondSpec::ports, SomeOf<PortName>{}, "its devices, in order of preference")
        .add("primary", &BondSpec::primary, Text{}, "the port that is active whenever it works")
        .like("\"eth0\"")
        .add("monitor", &BondSpec::monitor, Word<BondMonitor>{}, "how a dead port is found")
        .add("fast_failover", &BondSpec::fast_failover, Flag{},
             "act on the carrier event instead of waiting for the next look; not with a downdelay, which is "
             "waited for");
    for (const auto& info : bond_options()) add_option(made, info);
    auto alias = setting("num_unsol_na", "int", "0 to 255", "another name of num_grat_arp");
    const auto& info = info_of(BondOption::kNumGratArp);
    made.custom(std::move(alias),
                [&info](const Scope& scope, const Value& value, BondSpec& bond) {
                  read_option(info, "num_unsol_na", scope, value, bond);
                },
                {})
        .like("1")
        .alias_of("num_grat_arp");
    made.add("arp_ip_target", &BondSpec::arp_ip_target, ListOf{kAddress}, "IPv4 addresses that answer ARP")
        .like("[\"192.0.2.254\"]")
        .add("ns_ip6_target", &BondSpec::ns_ip6_target, ListOf{kAddress},
             "IPv6 addresses that answer neighbour solicitations")
        .like("[\"2001:db8::fe\"]")
        .add("ad_actor_system", &BondSpec::ad_actor_system, kMac,
             "LACP system address; unset: the bond's own");
    auto port = setting("port", "table", "", "[bond.NAME.port.PORT]: settings of one port");
    port.per_node = false;
    made.custom(std::move(port), read_ports, {}).like("{ eth0 = { prio = 10 } }");
    made.unsupported(
        {"failback", "hold_down", "probe", "coupled_control", "broadcast_neighbor", "lacp_strict"});
    return made;
  }();
  return rows;
}

const Rows<LinkSpec>& link_rows() {
  static const auto rows = [] {
    auto made = interface_rows<LinkSpec>();
    made.add("kind", &LinkSpec::kind,
             Word<LinkKind>{{LinkKind::kPhysical, LinkKind::kVlan, LinkKind::kDummy, LinkKind::kVrf}},
             "what it is")
        .required()
        .like("\"vlan\"")
        .add("on", &LinkSpec::on, NonEmpty{}, "the device below; of a vlan")
        .required()
        .like("\"bond0\"")
        .add("id", &LinkSpec::id, Whole{1, 4094}, "VLAN number; of a vlan")
        .required()
        .add("protocol", &LinkSpec::protocol, OneOf{{"802.1q", "802.1ad"}}, "VLAN protocol; of a vlan")
        .only_if([](const LinkSpec& link) { return link.kind == LinkKind::kVlan; })
        .add("table", &LinkSpec::table, Whole{1, kMax32}, "routing table; of a vrf")
        .required();
    return made;
  }();
  return rows;
}

}  // namespace hawser::config
