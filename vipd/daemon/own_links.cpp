#include "vipd/daemon/own_links.h"

#include <algorithm>
#include <cstring>
#include <fstream>

#include "lib/netlink/macvlan_codec.h"

namespace hawser::vipd {

Status set_up(nl::Socket& socket, Picture& picture, IfIndex link, bool up) {
  const auto found = picture.links().find(link);
  if (found == picture.links().end() || found->second.seen.up == up) return {};
  auto seen = found->second.seen;
  if (auto done = socket.request(nl::encode_set_up(link, up)); !done)
    return fail_with(done.error().code, "{}: set {}: {}", seen.name, up ? "up" : "down",
                     std::strerror(done.error().code));
  seen.up = up;
  picture.link_is(link, seen);
  return {};
}

Status mark(nl::Socket& socket, IfIndex link, const std::string& name, std::string_view alias) {
  if (auto marked = socket.request(nl::encode_set_alias(link, std::string(alias))); !marked)
    return fail_with(marked.error().code, "{}: cannot set its alias: {}", name,
                     std::strerror(marked.error().code));
  return {};
}

bool holds_something(const Picture::Link& link) {
  return std::ranges::any_of(link.addresses, [](const auto& entry) { return is_ours(entry.second); });
}

int ipv4_setting(const std::string& interface, std::string_view setting) {
  std::ifstream file(fmt::format("/proc/sys/net/ipv4/conf/{}/{}", interface, setting));
  int value = 0;
  file >> value;
  return value;
}

int arp_ignore_of(const std::string& interface) {
  return std::max(ipv4_setting("all", "arp_ignore"), ipv4_setting(interface, "arp_ignore"));
}

}  // namespace hawser::vipd
