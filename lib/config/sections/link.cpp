#include "lib/config/sections/link.h"

#include "lib/config/sections/devices.h"
#include "lib/config/sections/interface_rows.h"
#include "lib/config/sections/make_section.h"

namespace hawser::config {

namespace {

constexpr std::string_view kLinkExample = R"([link.front]
kind = "vlan"
on = "bond0"
id = 100
addresses = { lb1 = ["192.0.2.11/24"], lb2 = ["192.0.2.12/24"], lb3 = ["192.0.2.13/24"] }

[link.back]
kind = "physical"
device = "eth4"
mtu = 9000

[link.test]
kind = "dummy"
only = ["lb1"]                              # not on the others
)";

constexpr std::string_view kRoutesExample = R"([link.outside]
kind = "physical"
device = "eth5"
addresses = { lb1 = ["203.0.113.11/24"], lb2 = ["203.0.113.12/24"], lb3 = ["203.0.113.13/24"] }
routes = [
  { to = "default", via = "203.0.113.1" },
  { to = "198.51.100.0/24", via = "203.0.113.2", metric = 50 },
]
)";

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

void look_at_links(const ReadContext& unheard, const Table& tree, File& file) {
  look_at_devices(unheard, tree, "link", link_rows(), file);
}

void note_links(const File& file, Report& report) {
  for (const auto& [name, link] : file.links) metrics_are_kept(link, report);
}

}  // namespace

SectionType Links::type() {
  auto type = named_section("link", "[link.NAME]", Part::kNetd, link_rows(), &File::links, kLinkExample);
  describe(type.info, "routes", "[bond.NAME] and [link.NAME] routes", route_rows(), kRoutesExample);
  type.look_at_node = look_at_links;
  type.rules.insert(type.rules.end(), {check_devices, check_addresses, check_routes});
  type.notes = {note_links};
  type.build = build_network;
  return type;
}

}  // namespace hawser::config
