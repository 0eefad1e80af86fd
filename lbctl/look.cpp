#include "lbctl/look.h"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

#include "lbctl/netd_view.h"
#include "lib/base/find_in.h"
#include "lib/control/json.h"
#include "lib/netlink/netlink_kernel.h"

namespace hawser::lbctl {

namespace {

constexpr Milliseconds kNetdAnswersWithin{1000};

}  // namespace

Result<Observed> observe_table(const Scope& scope) {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return tl::unexpected(kernel.error());
  auto observed = kernel->observe(scope);
  if (observed) return observed;
  const auto code = observed.error().code;
  if (code == EPERM || code == EACCES)
    return fail_with(code, "not permitted to read the IPVS table: that needs CAP_NET_ADMIN: use sudo");
  return observed;
}

bool may_have_nft_table(const State& table) {
  const auto* tracked = find_in(table.ipvs.sysctls, IpvsSysctl::kConntrack);
  const auto is_mark = [](const auto& entry) { return entry.first.transport == Transport::kFwmark; };
  return (tracked != nullptr && *tracked != 0) || std::ranges::any_of(table.services, is_mark);
}

Result<boost::json::value> ask_netd(const cli::Arguments& arguments, const char* path) {
  return control::ask_json(arguments.runtime_dir / "netd.sock", {"GET", path, ""}, kNetdAnswersWithin);
}

View view_of(const Observed& observed, const Result<boost::json::value>& status) {
  auto view = join(observed, status ? std::optional(read_netd(*status)) : std::nullopt);
  if (!status) view.netd_silence = status.error().text;
  view.has_ipvs = ::access("/proc/net/ip_vs", F_OK) == 0;
  return view;
}

}  // namespace hawser::lbctl
