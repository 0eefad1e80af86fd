#include "vipd/daemon/capabilities.h"

#include <fstream>
#include <string>

#include <linux/capability.h>

namespace hawser::vipd {

Status judge_capabilities(std::uint64_t effective) {
  std::string missing;
  if ((effective >> CAP_NET_RAW & 1U) == 0) missing = "CAP_NET_RAW (to advertise)";
  if ((effective >> CAP_NET_ADMIN & 1U) == 0)
    missing += fmt::format("{}CAP_NET_ADMIN (to add addresses)", missing.empty() ? "" : " and ");
  if (missing.empty()) return {};
  return fail("not permitted: {} missing: start vipd by its systemd unit, or as root", missing);
}

Status needed_capabilities() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word)
    if (word == "CapEff:" && status >> word) return judge_capabilities(std::stoull(word, nullptr, 16));
  return {};  // without /proc the sockets will say it
}

}  // namespace hawser::vipd
