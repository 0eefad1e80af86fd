#include "lbctl/change/lookup.h"

#include <array>
#include <memory>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

namespace hawser::lbctl {

namespace {

std::optional<IpAddress> host_named(const std::string& name) {
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* raw = nullptr;
  if (getaddrinfo(name.c_str(), nullptr, &wanted, &raw) != 0 || raw == nullptr) return std::nullopt;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> found(raw, freeaddrinfo);
  std::array<char, NI_MAXHOST> text{};
  if (getnameinfo(found->ai_addr, found->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) !=
      0)
    return std::nullopt;
  const auto address = IpAddress::parse(text.data());
  return address ? std::optional(*address) : std::nullopt;
}

std::optional<std::uint16_t> port_named(const std::string& name, Transport transport) {
  const std::string protocol(name_of(transport));
  servent entry{};
  servent* found = nullptr;
  std::array<char, 4096> space{};
  if (getservbyname_r(name.c_str(), protocol.c_str(), &entry, space.data(), space.size(), &found) != 0 ||
      found == nullptr)
    return std::nullopt;
  return ntohs(static_cast<std::uint16_t>(found->s_port));
}

}  // namespace

RuleNames system_names() {
  return {host_named, port_named};
}

}  // namespace hawser::lbctl
