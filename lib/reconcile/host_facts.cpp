#include "lib/reconcile/host_facts.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <netinet/in.h>
#include <sys/socket.h>

#include "lib/base/atomic_file.h"
#include "lib/base/fd.h"
#include "lib/reconcile/vip_addresses.h"

namespace hawser {
namespace {

constexpr std::size_t kMostAsked = 256;

// What cannot be read says nothing.
bool is_off(const std::filesystem::path& file) {
  const auto text = read_file(file);
  return text && text->starts_with("0");
}

// Each interface has its own; ip_forward is only what new ones take.
bool forwards_ipv4() {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/sys/net/ipv4/conf", error))
    if (entry.path().filename() != "lo" && !is_off(entry.path() / "forwarding")) return true;
  return static_cast<bool>(error);
}

bool forwards_ipv6() {
  if (!is_off("/proc/sys/net/ipv6/conf/all/forwarding")) return true;
  std::error_code error;
  const std::filesystem::directory_iterator all("/proc/sys/net/ipv6/conf", error);
  return std::any_of(begin(all), end(all), [](const auto& entry) {
    const auto forced = read_file(entry.path() / "force_forwarding");  // since Linux 6.17
    return forced && !forced->starts_with("0");
  });
}

// Without the module there is no such folder yet.
bool tracks_connections() {
  std::error_code error;
  const std::filesystem::path folder = "/proc/sys/net/ipv4/vs";
  return !std::filesystem::exists(folder, error) || std::filesystem::exists(folder / "conntrack", error);
}

// bind() takes what the local table has, also a whole prefix; net.ipv4.ip_nonlocal_bind makes it say yes to
// everything.
bool is_local(const IpAddress& address) {
  const Fd socket{::socket(address.is_v4() ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!socket) return true;
  sockaddr_storage storage{};
  const auto bytes = address.bytes();
  socklen_t length = 0;
  if (address.is_v4()) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    std::memcpy(&in.sin_addr, bytes.data(), sizeof in.sin_addr);
    std::memcpy(&storage, &in, length = sizeof in);
  } else {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    std::memcpy(&in.sin6_addr, bytes.data(), sizeof in.sin6_addr);
    std::memcpy(&storage, &in, length = sizeof in);
  }
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the interface of sockets
  return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&storage), length) == 0 ||
         errno != EADDRNOTAVAIL;
}

std::set<IpAddress> addresses_in(const Layout& layout) {
  std::set<IpAddress> addresses;
  for (const auto& [key, service] : layout) {
    if (key.transport != Transport::kFwmark) addresses.insert(key.virtual_address.address);
    for (const auto& marked : service.marked) addresses.insert(marked.address);
    for (const auto& member : service.members) addresses.insert(member.real.address);
  }
  return addresses;
}

}  // namespace

HostFacts look_at_host(const Layout& layout, std::set<IpAddress> known) {
  HostFacts facts{.forwards_ipv4 = forwards_ipv4(),
                  .forwards_ipv6 = forwards_ipv6(),
                  .tracks_connections = tracks_connections(),
                  .local = std::move(known)};
  std::size_t asked = 0;
  for (const auto& address : addresses_in(layout))
    if (!facts.local.contains(address) && (++asked > kMostAsked || is_local(address)))
      facts.local.insert(address);
  return facts;
}

std::set<IpAddress> addresses_of(const State& state) {
  std::set<IpAddress> addresses;
  for (const auto& [name, link] : state.links)
    for (const auto& [prefix, address] : link.addresses) addresses.insert(prefix.address);
  return addresses;
}

std::vector<Obstacle> obstacles_here(const config::Config& config, const State& there) {
  const auto layout = lay_out(config);
  auto local = addresses_of(there);
  local.merge(addresses_of(config.network));
  local.merge(vip_addresses(config).all);
  return obstacles(layout, look_at_host(layout, std::move(local)));
}

}  // namespace hawser
