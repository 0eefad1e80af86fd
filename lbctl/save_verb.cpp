#include "lbctl/save_verb.h"

#include "lbctl/import/verb.h"
#include "lbctl/rules/write.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/netlink/netlink_kernel.h"

namespace hawser::lbctl {

namespace {

// Names are extra: where netd does not answer soon, the file gets on without them.
constexpr Milliseconds kNamesWithin{1000};

const cli::Option kSaveFormat{"--format", "FORMAT", "rules, by default, or toml: a file for netd"};

KnownNames names_by_netd(const cli::Arguments& arguments) {
  const auto status =
      control::ask_json(arguments.runtime_dir / "netd.sock", {"GET", "/v1/status", ""}, kNamesWithin);
  return status ? names_in(read_netd(*status)) : KnownNames{};
}

}  // namespace

std::vector<cli::Option> save_options() {
  return {kSaveFormat};
}

KnownNames names_in(const NetdView& netd) {
  KnownNames names;
  for (const auto& [key, service] : netd) {
    names.services[key] = service.name;
    for (const auto& [endpoint, real] : service.reals) names.reals[key][endpoint] = real.name;
  }
  return names;
}

int save_verb(const cli::Arguments& arguments) {
  const auto given = arguments.values.find(kSaveFormat.name);
  const auto format = given == arguments.values.end() ? std::string("rules") : given->second;
  if (format != "rules" && format != "toml") {
    cli::refuse(arguments, "lbctl save", "--format: there are rules and toml");
    return kUsage;
  }
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::refuse(arguments, "lbctl", kernel.error());
  const auto observed = kernel->observe(kAllOfIpvs);
  if (!observed) return cli::refuse(arguments, "lbctl", observed.error());
  if (format == "toml")
    return answer_with(arguments, table_as_toml(observed->state, names_by_netd(arguments)), "the table");
  cli::print(write_rules(observed->state));
  return kDone;
}

}  // namespace hawser::lbctl
