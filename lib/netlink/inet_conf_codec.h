// net.ipv4.conf.LINK.* through rtnetlink (IFLA_INET_CONF): by index, and where /proc/sys may not be written.
// promote_secondaries is the one without which removing the first address of a subnet from a link removes the
// others with it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/names.h"
#include "lib/base/strong.h"
#include "lib/netlink/attributes.h"

namespace hawser::nl {

// Values are the kernel's (IPV4_DEVCONF_*).
enum class InetSetting : std::uint8_t {
  kRpFilter = 8,
  kArpFilter = 13,
  kPromoteSecondaries = 20,
  kArpAnnounce = 18,
  kArpIgnore = 19,
};

struct InetConf {
  IfIndex link;
  std::string name;
  std::map<InetSetting, std::uint32_t> settings;  // of the link itself; conf/all counts beside it
  bool operator==(const InetConf&) const = default;
};

// What IFLA_AF_SPEC says of one; nullopt: no IPv4 there.
std::optional<std::uint32_t> inet_setting(const Attr& families, InetSetting setting);

// Answers encode_get_link().
Result<InetConf> decode_inet_conf(const MessageView& message);
Message encode_set_inet_conf(IfIndex link, const std::map<InetSetting, std::uint32_t>& settings);

}  // namespace hawser::nl

template <>
inline constexpr std::array<hawser::Name<hawser::nl::InetSetting>, 5> hawser::kNames<hawser::nl::InetSetting>{
    {
        {hawser::nl::InetSetting::kRpFilter, "rp_filter"},
        {hawser::nl::InetSetting::kArpFilter, "arp_filter"},
        {hawser::nl::InetSetting::kPromoteSecondaries, "promote_secondaries"},
        {hawser::nl::InetSetting::kArpAnnounce, "arp_announce"},
        {hawser::nl::InetSetting::kArpIgnore, "arp_ignore"},
    }};
