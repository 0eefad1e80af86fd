#include "lbctl/show.h"

#include <cerrno>

#include <boost/json.hpp>
#include <unistd.h>

#include "lbctl/choose.h"
#include "lbctl/listing.h"
#include "lbctl/render.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/netlink/netlink_kernel.h"

namespace hawser::lbctl {

namespace {

// What netd adds is extra: where it does not answer soon, the kernel's part is shown without it.
constexpr Milliseconds kPatience{1000};

const cli::Option kFormat{"--format", "FORMAT", "text, json, or ipvsadm: what 'ipvsadm -Ln' prints"};
const cli::Option kStats{"--stats", "", "with --format ipvsadm: counters"};
const cli::Option kRate{"--rate", "", "with --format ipvsadm: rates"};
const cli::Option kThresholds{"--thresholds", "", "with --format ipvsadm: thresholds"};
const cli::Option kPersistentConn{"--persistent-conn", "", "with --format ipvsadm: persistent connections"};

Result<Observed> observe(const Scope& scope) {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return tl::unexpected(kernel.error());
  auto observed = kernel->observe(scope);
  if (observed) return observed;
  const auto code = observed.error().code;
  if (code == EPERM || code == EACCES)
    return fail_with(code, "not permitted to read the IPVS table: that needs CAP_NET_ADMIN: use sudo");
  return observed;
}

Result<View> look(const cli::Arguments& arguments) {
  const auto observed = observe(kIpvsOnly);
  if (!observed) return tl::unexpected(observed.error());
  const auto status =
      control::ask_json(arguments.runtime_dir / "netd.sock", {"GET", "/v1/status", ""}, kPatience);
  if (status) return join(*observed, read_netd(*status));
  auto view = join(*observed, std::nullopt);
  view.netd_silence = status.error().text;
  return view;
}

// The first of them that is given; nullopt: none.
std::optional<Listing> listing_of(const cli::Arguments& arguments) {
  if (arguments.has(kStats.name)) return Listing::kStats;
  if (arguments.has(kRate.name)) return Listing::kRate;
  if (arguments.has(kThresholds.name)) return Listing::kThresholds;
  if (arguments.has(kPersistentConn.name)) return Listing::kPersistentConn;
  return std::nullopt;
}

int show_as_ipvsadm(const cli::Arguments& arguments) {
  auto observed = observe(kAllOfIpvs);
  if (!observed) return cli::refuse(arguments, "lbctl", observed.error());
  const auto chosen = choose(join(*observed, std::nullopt), arguments.words);
  if (!chosen) return cli::refuse(arguments, "lbctl", chosen.error());
  std::erase_if(observed->state.services,
                [&](const auto& entry) { return !chosen->services.contains(entry.first); });
  cli::print(ipvsadm_listing(*observed, listing_of(arguments).value_or(Listing::kPlain)));
  return kDone;
}

int show_usage(const cli::Arguments& arguments, std::string_view what) {
  cli::refuse(arguments, "lbctl show", what);
  return kUsage;
}

}  // namespace

std::vector<cli::Option> show_options() {
  return {kFormat, kStats, kRate, kThresholds, kPersistentConn};
}

int show(const cli::Arguments& arguments) {
  const auto given = arguments.values.find(kFormat.name);
  const auto format = given == arguments.values.end() ? std::string("text") : given->second;
  if (format == "ipvsadm") return show_as_ipvsadm(arguments);
  if (format != "text" && format != "json")
    return show_usage(arguments, "--format: there are text, json and ipvsadm");
  if (listing_of(arguments))
    return show_usage(arguments,
                      "--stats, --rate, --thresholds and --persistent-conn go with --format ipvsadm");
  auto view = look(arguments);
  if (!view) return cli::refuse(arguments, "lbctl", view.error());
  view->has_ipvs = ::access("/proc/net/ip_vs", F_OK) == 0;
  const auto chosen = choose(*view, arguments.words);
  if (!chosen) return cli::refuse(arguments, "lbctl", chosen.error());
  cli::print(arguments.json || format == "json" ? control::pretty(to_json(*chosen))
                                                : render(*chosen, cli::terminal_width()));
  return kDone;
}

}  // namespace hawser::lbctl
