#include "bondctl/change/change_verbs.h"

#include <functional>
#include <span>

#include "bondctl/change/carry_out.h"
#include "bondctl/change/change.h"
#include "bondctl/change/port_names.h"
#include "lib/answer/confirm.h"
#include "lib/cli/refuse.h"
#include "lib/netlink/netlink_kernel.h"
#include "lib/reconcile/device_paths.h"

namespace hawser::bondctl {

namespace {

using Words = std::span<const std::string>;

Words after_bond(const cli::Arguments& arguments) {
  return Words(arguments.words).subspan(1);
}

int set_bond(const cli::Arguments& arguments, const Edits& edits) {
  const auto& bond = arguments.words.front();
  return change_bond(arguments, bond, [&](const Observed& observed) {
    return Work{set(observed, bond, edits, devices_by_path)};
  });
}

std::function<Status()> switch_back(const std::string& bond, const std::string& before) {
  return [step = Step{BondStep{SetActivePort{bond, before}}}]() -> Status {
    auto kernel = NetlinkKernel::open();
    return kernel ? kernel->perform(step) : tl::unexpected(kernel.error());
  };
}

}  // namespace

int create_verb(const cli::Arguments& arguments) {
  const auto& bond = arguments.words.front();
  const auto edits = parse_edits(after_bond(arguments));
  return change_bond(arguments, bond, [&](const Observed& observed) {
    return Work{create(observed, bond, edits, devices_by_path)};
  });
}

int set_verb(const cli::Arguments& arguments) {
  return set_bond(arguments, parse_edits(after_bond(arguments)));
}

int add_verb(const cli::Arguments& arguments) {
  return set_bond(arguments, parse_ports(after_bond(arguments), Edit::How::kAdd));
}

int remove_verb(const cli::Arguments& arguments) {
  return set_bond(arguments, parse_ports(after_bond(arguments), Edit::How::kTakeAway));
}

int delete_verb(const cli::Arguments& arguments) {
  const auto& bond = arguments.words.front();
  return change_bond(arguments, bond, [&](const Observed& observed) { return Work{remove(observed, bond)}; });
}

// The role is nobody's setting: netd does not take it back, so its bonds are no exception.
int switch_verb(const cli::Arguments& arguments) {
  const auto& bond = arguments.words.front();
  await_way_back();
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::refuse(arguments, "bondctl", kernel.error());
  const auto observed = kernel->observe(kNetworkOnly);
  if (!observed) return cli::refuse(arguments, "bondctl", observed.error());
  const auto port = device_named(*observed, arguments.words.back(), devices_by_path);
  if (const auto why = why_not_active(*observed, bond, port); !why.empty())
    return cli::refuse(arguments, "bondctl", why);
  const auto& before = observed->links.at(bond).active_port;
  const bool is_so = before == port;
  const Step step{BondStep{SetActivePort{bond, port}}};
  const auto plan = plan_of(*observed, {}, is_so ? std::vector<Step>{} : std::vector{step});
  if (is_so || arguments.has("--dry-run")) return show_plan(arguments, {}, plan);
  auto confirmation = answer::Confirmation::begin(arguments, "bondctl", switch_back(bond, before));
  if (!confirmation) return answer::Confirmation::refuse(arguments, "bondctl", confirmation.error());
  if (auto done = kernel->perform(step); !done) {
    confirmation->forget();
    return cli::refuse(arguments, "bondctl", done.error());
  }
  show_plan(arguments, {}, plan);
  return confirmation->conclude(arguments, "bondctl", kDone);
}

}  // namespace hawser::bondctl
