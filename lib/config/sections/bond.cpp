#include "lib/config/sections/bond.h"

#include "lib/config/sections/devices.h"
#include "lib/config/sections/interface_rows.h"
#include "lib/config/sections/make_section.h"

namespace hawser::config {

namespace {

constexpr std::string_view kBondExample = R"([bond.bond0]
mode = "active-backup"
ports = ["eth0", "eth1"]                    # the first is preferred
primary = "eth0"
miimon = "100ms"

[bond.bond1]
mode = "802.3ad"
ports = ["eth2", "mac:52:54:00:12:34:56"]
lacp_rate = "fast"
xmit_hash_policy = "layer3+4"
)";

constexpr std::string_view kBondPortExample = R"([bond.bond1.port.eth2]
queue_id = 1
)";

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

}  // namespace

const Rows<BondPort>& bond_port_rows() {
  static const auto rows = Rows<BondPort>()
                               .add("prio", &BondPort::prio, Whole{-kMaxInt - 1, kMaxInt},
                                    "higher is preferred; not looked at while a primary is set")
                               .add("queue_id", &BondPort::queue_id, Whole{0, 16},
                                    "transmit queue, of which a bond has 16; 0: none")
                               .add("actor_port_prio", &BondPort::actor_port_prio, Whole{0, 65535},
                                    "LACP port priority: lower is preferred, where the kernel has it")
                               .unsupported({"probe"});
  return rows;
}

namespace {

void read_ports(const ReadContext& scope, const Value& value, BondSpec& bond) {
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
    port.places = read_section(inside, bond_port_rows(), *settings, port.spec);
  }
}

}  // namespace

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
    add_bond_options(made);
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
    made.unsupported({"failback", "hold_down", "probe"});
    return made;
  }();
  return rows;
}

namespace {

void look_at_bonds(const ReadContext& unheard, const Table& tree, File& file) {
  look_at_devices(unheard, tree, "bond", bond_rows(), file);
}

}  // namespace

SectionType Bonds::type() {
  auto type = named_section("bond", "[bond.NAME]", Part::kNetd, bond_rows(), &File::bonds, kBondExample);
  type.info.example_name = "bond0";
  describe(type.info, "port", "[bond.NAME.port.PORT]", bond_port_rows(), kBondPortExample);
  take_defaults(type.info, bond_rows());
  type.look_at_node = look_at_bonds;
  type.rules.insert(type.rules.end(), {check_bonds, check_ports});
  type.notes = {note_bonds};
  return type;  // built with the links: build_network()
}

}  // namespace hawser::config
