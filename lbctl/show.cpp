#include "lbctl/show.h"

#include <cerrno>

#include <boost/json.hpp>
#include <unistd.h>

#include "lbctl/choose.h"
#include "lbctl/render.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/netlink/netlink_kernel.h"

namespace hawser::lbctl {

namespace {

// What netd adds is extra: where it does not answer soon, the kernel's part is shown without it.
constexpr Milliseconds kPatience{1000};

Result<Observed> observe() {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return tl::unexpected(kernel.error());
  auto observed = kernel->observe(kIpvsOnly);
  if (observed) return observed;
  const auto code = observed.error().code;
  if (code == EPERM || code == EACCES)
    return fail_with(code, "not permitted to read the IPVS table: that needs CAP_NET_ADMIN: use sudo");
  return observed;
}

Result<View> look(const cli::Arguments& arguments) {
  const auto observed = observe();
  if (!observed) return tl::unexpected(observed.error());
  const auto status =
      control::ask_json(arguments.runtime_dir / "netd.sock", {"GET", "/v1/status", ""}, kPatience);
  if (status) return join(*observed, read_netd(*status));
  auto view = join(*observed, std::nullopt);
  view.netd_silence = status.error().text;
  return view;
}

}  // namespace

int show(const cli::Arguments& arguments) {
  auto view = look(arguments);
  if (!view) return cli::refuse(arguments, "lbctl", view.error());
  view->has_ipvs = ::access("/proc/net/ip_vs", F_OK) == 0;
  const auto chosen = choose(*view, arguments.words);
  if (!chosen) return cli::refuse(arguments, "lbctl", chosen.error());
  cli::print(arguments.json ? control::pretty(to_json(*chosen)) : render(*chosen, cli::terminal_width()));
  return kDone;
}

}  // namespace hawser::lbctl
