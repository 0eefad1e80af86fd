#include "lib/netlink/inet_conf_codec.h"

#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace hawser::nl {

static_assert(static_cast<int>(InetSetting::kRpFilter) == IPV4_DEVCONF_RP_FILTER);
static_assert(static_cast<int>(InetSetting::kArpFilter) == IPV4_DEVCONF_ARPFILTER);
static_assert(static_cast<int>(InetSetting::kPromoteSecondaries) == IPV4_DEVCONF_PROMOTE_SECONDARIES);
static_assert(static_cast<int>(InetSetting::kArpAnnounce) == IPV4_DEVCONF_ARP_ANNOUNCE);
static_assert(static_cast<int>(InetSetting::kArpIgnore) == IPV4_DEVCONF_ARP_IGNORE);

// In what we read an array of all settings, the first of them number 1; in what we write attributes.
std::optional<std::uint32_t> inet_setting(const Attr& families, InetSetting setting) {
  std::optional<std::uint32_t> value;
  families.each([&](const Attr& family) {
    if (family.type() != AF_INET) return;
    family.each([&](const Attr& attr) {
      if (attr.type() != IFLA_INET_CONF) return;
      Reader reader{attr.value()};
      reader.skip((static_cast<std::size_t>(setting) - 1) * sizeof(std::uint32_t));
      const auto read = reader.native<std::uint32_t>();
      if (reader.ok()) value = read;
    });
  });
  return value;
}

Result<InetConf> decode_inet_conf(const MessageView& message) {
  ifinfomsg fixed{};
  Attributes attributes{message, fixed};
  InetConf conf;
  conf.link = IfIndex{fixed.ifi_index};
  attributes.read(IFLA_IFNAME, conf.name);
  if (const auto families = attributes.find(IFLA_AF_SPEC))
    for (const auto& [setting, name] : kNames<InetSetting>)
      if (const auto value = inet_setting(*families, setting)) conf.settings[setting] = *value;
  if (!attributes.ok() || conf.name.empty()) return fail("link message malformed");
  return conf;
}

Message encode_set_inet_conf(IfIndex link, const std::map<InetSetting, std::uint32_t>& settings) {
  ifinfomsg fixed{};
  fixed.ifi_index = link.value;
  Message message{RTM_SETLINK, NLM_F_ACK};
  message.header(fixed);
  message.nest(IFLA_AF_SPEC, [&] {
    message.nest(AF_INET, [&] {
      message.nest(IFLA_INET_CONF, [&] {
        for (const auto& [setting, value] : settings) message.number(static_cast<int>(setting), value);
      });
    });
  });
  return message;
}

}  // namespace hawser::nl
