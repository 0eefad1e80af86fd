// Other programs' files as ours: what ifupdown's and systemd-networkd's say of bonds, VLANs, addresses and
// routes, as TOML that `netd check` takes, and line by line what of them it cannot say. Pure.
#pragma once

#include <string>
#include <vector>

#include "lib/config/engine/problem.h"
#include "lib/foreign/lines.h"

namespace hawser::bondctl {

struct ForeignFiles {
  std::vector<config::Source> interfaces;  // the first is the main one, included ones follow
  std::vector<config::Source> modprobe;    // of modprobe.d, where the module's parameters are
  std::vector<config::Source> units;       // .netdev, .network and NAME.network.d/*.conf, by name
  std::vector<std::string> cards;          // the devices of the host, where known: for patterns
  std::vector<LeftOut> left_out;           // what could not be read
};

struct Imported {
  std::string text;               // TOML; empty: there is nothing in them that a file could say
  std::vector<LeftOut> left_out;  // by file and line
};

Imported import_files(const ForeignFiles& files);

}  // namespace hawser::bondctl
