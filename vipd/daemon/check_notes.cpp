#include "vipd/daemon/check_notes.h"

#include <array>
#include <cstring>
#include <optional>
#include <span>

#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "vipd/addresses/interface.h"
#include "vipd/addresses/store.h"
#include "vipd/addresses/virtual_link.h"

namespace hawser::vipd {

namespace {

std::optional<IpAddress> address_of(const sockaddr* socket) {
  std::array<std::uint8_t, 16> bytes{};
  const auto copied = [&](const auto& field) {
    std::memcpy(bytes.data(), &field, sizeof(field));
    return IpAddress::from_bytes(std::span(bytes).first(sizeof(field))).value();
  };
  if (socket != nullptr && socket->sa_family == AF_INET)
    return copied(reinterpret_cast<const sockaddr_in*>(socket)->sin_addr);
  if (socket != nullptr && socket->sa_family == AF_INET6)
    return copied(reinterpret_cast<const sockaddr_in6*>(socket)->sin6_addr);
  return std::nullopt;
}

}  // namespace

InterfacesHere interfaces_here() {
  InterfacesHere here;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return here;
  for (const auto* entry = list; entry != nullptr; entry = entry->ifa_next) {
    auto& addresses = here[entry->ifa_name];
    if (const auto address = address_of(entry->ifa_addr)) addresses.push_back(*address);
  }
  ::freeifaddrs(list);
  return here;
}

std::string kernel_name_of(const std::string& name) {
  std::array<char, IF_NAMESIZE> called{};
  const auto index = ::if_nametoindex(name.c_str());
  return index != 0 && ::if_indextoname(index, called.data()) != nullptr ? called.data() : "";
}

namespace {

std::string missing(const config::Vip& vip, const std::string& name, const std::string& called) {
  if (called.empty()) return fmt::format("this host has no interface {} now: vipd waits for it", name);
  return why_missing(vip, name, called);
}

}  // namespace

std::vector<config::Problem> notes_on(const std::vector<config::Vip>& vips, const InterfacesHere& here,
                                      const std::function<std::string(const std::string&)>& called) {
  std::vector<config::Problem> notes;
  for (const auto& vip : vips) {
    const auto note = [&](std::string what) {
      notes.push_back(
          {.file = {}, .line = 0, .column = 0, .key = "vip." + vip.name, .what = std::move(what)});
    };
    std::set<std::string> used{vip.interface};
    for (const auto& address : vip.addresses) used.insert(address.interface);
    if (const auto made = virtual_link_of(vip)) used.erase(made->name);
    for (const auto& made : store_links_of(vip)) used.erase(made.name);
    for (const auto& name : used)
      if (!here.contains(name)) note(missing(vip, name, called(name)));
    const auto found = here.find(vip.interface);
    if (found == here.end()) continue;
    if (auto why = why_no_source(vip, found->second); !why.empty()) note(std::move(why));
  }
  return notes;
}

std::vector<config::Problem> notes_on_stores(const std::vector<config::Vip>& vips,
                                             const std::function<int(const std::string&)>& arp_ignore) {
  std::vector<config::Problem> notes;
  for (const auto& vip : vips) {
    if (store_links_of(vip).empty()) continue;
    if (auto why = why_unanswered(vip.interface, arp_ignore(vip.interface)); !why.empty())
      notes.push_back({.file = {}, .line = 0, .column = 0, .key = "vip." + vip.name, .what = std::move(why)});
  }
  return notes;
}

}  // namespace hawser::vipd
