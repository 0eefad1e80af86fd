#include "tests/support/switch.h"

#include <fmt/format.h>

#include "tests/support/rtnetlink.h"

namespace hawser::lab {

Switch::Switch(std::string_view name, Namespace::Naming naming, Lacp lacp)
    : where_{name, naming}, lacp_{lacp} {
  // A switch says nothing of its own.
  where_.sysctl("net.ipv6.conf.all.disable_ipv6", "1");
  where_.sysctl("net.ipv6.conf.default.disable_ipv6", "1");
  rtnetlink::add_bridge(where_, "bridge");
}

void Switch::attach(const std::string& port) const {
  // 4: frames to 01:80:c2:00:00:02, the slow protocols.
  rtnetlink::attach(where_, "bridge", port, lacp_ == Lacp::kPassed ? 4 : 0);
}

Cable Switch::connect(const Namespace& host, const std::string& interface) {
  const std::string port = fmt::format("{}-{}", host.host(), interface);
  Cable cable({&host, interface}, {&where_, port});
  attach(port);
  return cable;
}

Cable Switch::connect(const Switch& other) {
  Cable cable({&other.where_, where_.host()}, {&where_, other.where_.host()});
  other.where_.set_link(where_.host(), true);
  attach(other.where_.host());
  other.attach(where_.host());
  return cable;
}

}  // namespace hawser::lab
