// /etc/network/interfaces as interfaces(5) of ifupdown has it: one file's text as stanzas. What they mean,
// others say; the files that it names are others' to read. Pure.
#pragma once

#include "lib/foreign/lines.h"

namespace hawser::bondctl {

struct InterfacesOption {
  Spot at;
  std::string name, value;
};

struct IfaceStanza {
  Spot at;
  std::string name;
  std::string family;  // "inet", "inet6"; empty: not written
  std::string method;  // "static", "dhcp"; empty: not written
  std::vector<std::string> inherits;
  std::vector<InterfacesOption> options;  // in the order of the file
};

struct Inclusion {
  Spot at;
  std::string pattern;  // as written
  bool directory = false;
};

struct InterfacesFile {
  std::vector<IfaceStanza> stanzas;
  std::vector<std::string> brought_up;  // by auto and allow-..; may be patterns
  std::vector<Inclusion> inclusions;
  std::vector<LeftOut> left_out;  // mappings, renamed interfaces, lines that are none of these
};

InterfacesFile parse_interfaces(const std::string& file, std::string_view text);

}  // namespace hawser::bondctl
