#include "bondctl/show.h"

#include <boost/json.hpp>

#include "bondctl/netd_view.h"
#include "bondctl/render.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/netlink/explain.h"
#include "lib/netlink/netlink_kernel.h"

namespace hawser::bondctl {

namespace {

// What netd adds is extra: where it does not answer soon, the kernel's part is shown without it.
constexpr Milliseconds kPatience{1000};

Result<View> look(const cli::Arguments& arguments) {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return tl::unexpected(kernel.error());
  auto observed = kernel->observe(kNetworkOnly);
  if (!observed) return tl::unexpected(observed.error());
  View view{std::move(*observed), nl::has_net_admin(), {}};
  if (const auto status =
          control::ask_json(arguments.runtime_dir / "netd.sock", {"GET", "/v1/status", ""}, kPatience))
    view.guard = read_netd(*status);
  return view;
}

}  // namespace

int show(const cli::Arguments& arguments) {
  const auto view = look(arguments);
  if (!view) return cli::refuse(arguments, "bondctl", view.error());
  const auto bonds =
      choose(view->observed, arguments.words.empty() ? std::string{} : arguments.words.front());
  if (!bonds) return cli::refuse(arguments, "bondctl", bonds.error());
  cli::print(arguments.json ? control::pretty(to_json(*view, *bonds)) : render(*view, *bonds));
  return kDone;
}

}  // namespace hawser::bondctl
