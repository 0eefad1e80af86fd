// [nodes.NAME]: the hosts that share the file.
#pragma once

#include "lib/base/address.h"
#include "lib/config/sections/section.h"

namespace hawser::config {

// How the node is taken off its power before somebody else takes what it had.
struct Fence {
  std::string provider;  // a [provider.NAME]; empty: nothing fences it
  std::string type;      // hetzner-robot: one of its resets
  bool operator==(const Fence&) const = default;
};

struct Node {
  std::vector<IpAddress> addresses;
  // What it is called at each: a name, an id or an address; of a provider that calls it otherwise for IPv6,
  // both.
  std::map<std::string, std::vector<std::string>> provider;
  Fence fence;
  bool operator==(const Node&) const = default;
};

// By which of its names an address of that family is led to it; empty: by none.
std::string name_for(const std::vector<std::string>& names, Family family);

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
