// A live interface becomes a port of a bond, and the bond gets what it had: addresses, routes, VLANs, MAC,
// MTU, VRF. Pure.
//
// What makes the gap small: the other ports join first and have their carriers before the interface is taken
// down, which the kernel wants of who joins. IPv6 addresses come without duplicate address detection, during
// which nobody would answer: they are in use by us already.
#pragma once

#include "bondctl/change/change.h"

namespace hawser::bondctl {

struct Migration {
  std::string device;
  std::string bond;                   // a new one, or one that is there
  std::vector<std::string> with;      // other ports of it
  std::vector<std::string> settings;  // "mode=802.3ad"
};

Change migrate(const Observed& observed, const Migration& words, const FindPaths& find_paths);

}  // namespace hawser::bondctl
