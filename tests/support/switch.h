// An Ethernet switch: a bridge in a namespace of its own, without spanning tree (a port forwards at once) and
// without multicast snooping.
#pragma once

#include <string_view>

#include "tests/support/cable.h"
#include "tests/support/namespace.h"

namespace hawser::lab {

class Switch {
 public:
  // A bridge keeps LACP frames to itself, as the standard asks; kPassed forwards them between the ports.
  enum class Lacp { kFiltered, kPassed };
  explicit Switch(std::string_view name, Namespace::Naming naming = Namespace::Naming::kUnique,
                  Lacp lacp = Lacp::kFiltered);

  // A new interface of `host`, cabled to a new port called HOST-INTERFACE.
  [[nodiscard]] Cable connect(const Namespace& host, const std::string& interface);
  // A cable to another switch; the ports are called after the switch at the other end.
  [[nodiscard]] Cable connect(const Switch& other);

  [[nodiscard]] const Namespace& where() const { return where_; }

 private:
  void attach(const std::string& port) const;

  Namespace where_;
  Lacp lacp_;
};

}  // namespace hawser::lab
