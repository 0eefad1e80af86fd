// [nodes.NAME]: the hosts that share the file.
#pragma once

#include "lib/base/address.h"
#include "lib/config/sections/section.h"

namespace hawser::config {

struct Node {
  std::vector<IpAddress> addresses;
  bool operator==(const Node&) const = default;
};

struct OwnAddress {
  std::string node;
  Place place;
};

struct Nodes {
  struct Written {
    Sections<Node> nodes;
    // What belongs to one node alone: [nodes], and the devices of the other nodes.
    std::map<IpAddress, OwnAddress> own_addresses;
  };
  struct Built {
    std::map<std::string, Node> nodes;
    bool operator==(const Built&) const = default;
  };
  static SectionType type();
};

// The names under [nodes], judged.
std::vector<std::string> read_node_names(const Table& root, Report& report);

}  // namespace hawser::config
