#include "bondctl/show/look.h"

#include "lib/control/json.h"
#include "lib/netlink/bond_details_reader.h"
#include "lib/netlink/explain.h"
#include "lib/netlink/netlink_kernel.h"

namespace hawser::bondctl {

namespace {

constexpr Milliseconds kPatience{1000};

void ask_netd(const cli::Arguments& arguments, View& view) {
  const auto ask = [&](const char* path) {
    return control::ask_json(arguments.runtime_dir / "netd.sock", {"GET", path, ""}, kPatience);
  };
  const auto status = ask("/v1/status");
  if (!status) return;
  view.guard = read_netd(*status);
  if (const auto events = ask("/v1/events")) view.events = control::list_in(*events, "events");
}

}  // namespace

Result<View> look(const cli::Arguments& arguments) {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return tl::unexpected(kernel.error());
  auto observed = kernel->observe(kNetworkOnly);
  if (!observed) return tl::unexpected(observed.error());
  auto details = read_bond_details();
  if (!details) return tl::unexpected(details.error());
  View view{std::move(*observed), nl::has_net_admin(), {}, std::move(*details), {}};
  ask_netd(arguments, view);
  view.waiting = waiting_change();
  // What cannot be read is a matter for drain and undrain, which say so.
  if (auto drained = read_drained(arguments.runtime_dir)) view.drained = std::move(*drained);
  return view;
}

}  // namespace hawser::bondctl
