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

namespace {

// In what we read an array of all settings, the first of them number 1; in what we write attributes.
void read_all(ByteView settings, InetConf& conf) {
  Reader reader{settings};
  for (int number = 1; reader.left() >= sizeof(std::uint32_t); ++number) {
    const auto value = reader.native<std::uint32_t>();
    for (const auto& [setting, name] : kNames<InetSetting>)
      if (static_cast<int>(setting) == number) conf.settings[setting] = value;
  }
}

}  // namespace

Result<InetConf> decode_inet_conf(const MessageView& message) {
  ifinfomsg fixed{};
  Attributes attributes{message, fixed};
  InetConf conf;
  conf.link = IfIndex{fixed.ifi_index};
  attributes.read(IFLA_IFNAME, conf.name);
  if (const auto families = attributes.find(IFLA_AF_SPEC))
    families->each([&](const Attr& family) {
      if (family.type() != AF_INET) return;
      family.each([&](const Attr& attr) {
        if (attr.type() == IFLA_INET_CONF) read_all(attr.value(), conf);
      });
    });
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
