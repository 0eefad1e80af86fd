#include "lib/state/network.h"

namespace hawser {

namespace {

constexpr std::uint32_t kMainTable = 254;  // RT_TABLE_MAIN

std::string destination(const Prefix& to) {
  if (to.length > 0 || !to.address.is_unspecified()) return to_string(to);
  return to.address.is_v4() ? "default" : "IPv6 default";
}

}  // namespace

std::string to_string(const RouteKey& key) {
  auto text = destination(key.to);
  if (key.table != kMainTable) text += fmt::format(" table {}", key.table);
  const auto usual = key.to.address.is_v6() ? kIpv6UserMetric : 0;
  if (key.metric != usual) text += fmt::format(" metric {}", key.metric);
  return text;
}

}  // namespace hawser
