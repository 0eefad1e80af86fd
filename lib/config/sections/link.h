// [link.NAME]: a card, or a VLAN, dummy or VRF that is made.
#pragma once

#include "lib/config/sections/interface.h"
#include "lib/state/state.h"

namespace hawser::config {

struct LinkSpec : InterfaceSpec {
  std::optional<LinkKind> kind;
  std::string on;
  std::uint16_t id = 0;
  std::string protocol = "802.1q";
  std::uint32_t table = 0;
};

struct Links {
  struct Written {
    Sections<LinkSpec> links;
  };
  struct Built {
    State network;  // links and routes of [bond.*] and [link.*]; no services
    bool operator==(const Built&) const = default;
  };
  static SectionType type();
};

// The devices and routes of every bond and link.
void build_network(const File& file, Config& config);

}  // namespace hawser::config
