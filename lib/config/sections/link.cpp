#include "lib/config/sections/link.h"

#include "lib/config/sections/devices.h"
#include "lib/config/sections/interface_rows.h"
#include "lib/config/sections/make_section.h"

namespace hawser::config {

namespace {

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

void look_at_links(const Scope& unheard, const Table& tree, File& file) {
  look_at_devices(unheard, tree, "link", link_rows(), file);
}

void note_links(const File& file, Report& report) {
  for (const auto& [name, link] : file.links) metrics_are_kept(link, report);
}

}  // namespace

SectionType Links::type() {
  auto type = named_section("link", Part::kNetd, link_rows(), &File::links);
  describe(type.info, "routes", "[bond.NAME] and [link.NAME] routes", route_rows());
  type.look_at_node = look_at_links;
  type.rules.insert(type.rules.end(), {check_devices, check_addresses, check_routes});
  type.notes = {note_links};
  type.build = build_network;
  return type;
}

}  // namespace hawser::config
