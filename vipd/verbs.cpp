#include "vipd/verbs.h"

#include <thread>

#include <boost/json.hpp>

#include "lib/cli/output.h"
#include "lib/cli/table.h"
#include "lib/control/client.h"
#include "lib/control/json.h"
#include "lib/daemon/exit_code.h"
#include "lib/daemon/lock.h"
#include "lib/daemon/namespace_lock.h"
#include "lib/netlink/netlink_kernel.h"
#include "lib/plan/simulate.h"
#include "vipd/check_notes.h"
#include "vipd/interface.h"
#include "vipd/secondaries.h"
#include "vipd/worker.h"

namespace hawser::vipd {

namespace {

constexpr Milliseconds kPatience{10000};

Files files_of(const cli::Arguments& arguments) {
  return {arguments.config, arguments.state_dir, arguments.node};
}

Result<boost::json::value> ask(const cli::Arguments& arguments, const control::Request& request) {
  const auto response = control::ask(arguments.runtime_dir / "vipd.sock", request);
  if (!response) return tl::unexpected(response.error());
  return control::parse_answer("vipd", *response);
}

struct FileState {
  std::uint64_t readings = 0;
  std::string file, changes;
  std::vector<config::Problem> problems;
};

Result<FileState> file_state(const cli::Arguments& arguments) {
  const auto status = ask(arguments, {"GET", "/v1/status", ""});
  if (!status) return tl::unexpected(status.error());
  const auto& config = control::value_in(*status, "config");
  return FileState{control::number_in(config, "readings"), control::text_in(config, "file"),
                   control::text_in(config, "changes"), problems_from(config)};
}

// The daemon's worker reads the file; done when its count of readings has moved on.
Result<FileState> state_after(const cli::Arguments& arguments, std::uint64_t before) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    auto state = file_state(arguments);
    if (!state || state->readings > before) return state;
    std::this_thread::sleep_for(Milliseconds(20));
  }
  return fail("vipd: the file was not read within {}", format_duration(kPatience));
}

// As "FILE:LINE:COLUMN: ...", without the program's name, so that editors can jump to them.
int print_problems(const std::vector<config::Problem>& problems) {
  for (const auto& problem : problems) fmt::print(stderr, "{}\n", cli::printable(to_string(problem)));
  return problems.empty() ? kDone : kConfiguration;
}

}  // namespace

int check(const cli::Arguments& arguments) {
  const auto reading = judge_whole(files_of(arguments));
  if (!reading.settings) return print_problems(reading.problems);
  cli::print(fmt::format("{}: good\n", arguments.config.native()));
  if (!arguments.node.empty()) return kDone;  // it may be another host's
  for (const auto& note : notes_on(reading.settings->vips, interfaces_here()))
    cli::print(fmt::format("note: {}\n", note));
  return kDone;
}

int reload(const cli::Arguments& arguments) {
  const std::string target = arguments.has("--allow-empty") ? "/v1/reload?allow-empty" : "/v1/reload";
  const auto asked = ask(arguments, {"POST", target, ""});
  if (!asked) return cli::complain("vipd", asked.error());
  const auto state = state_after(arguments, asked->at("readings").to_number<std::uint64_t>());
  if (!state) return cli::complain("vipd", state.error());
  if (state->problems.empty()) cli::print(fmt::format("{}: read again: {}\n", state->file, state->changes));
  return print_problems(state->problems);
}

// With the host's own addresses that go along put back: where promote_secondaries could not be set.
std::vector<Step> removing(const Stray& stray, State& state) {
  std::vector<Step> steps{RemoveAddress{stray.name, stray.prefix}};
  const auto link = state.links[stray.name];
  for (const auto& prefix : goes_along(link, stray.prefix))
    if (const auto& address = link.addresses.at(prefix);
        address.protocol != static_cast<std::uint8_t>(Owner::kVipd))
      steps.emplace_back(AddAddress{stray.name, prefix, address});
  for (const auto& step : steps) simulate(state, step);
  return steps;
}

int cleanup(const cli::Arguments& arguments) {
  const auto lock = InstanceLock::take(arguments.runtime_dir, "vipd");
  if (!lock && !InstanceLock::no_room(lock.error()))
    return cli::complain("vipd", fmt::format("cleanup: {}", lock.error().text));
  const auto alone = NamespaceLock::take("vipd");
  if (!alone) return cli::complain("vipd", fmt::format("cleanup: {}", alone.error().text));
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::complain("vipd", kernel.error());
  auto observed = kernel->observe(kLinksAndAddresses);
  if (!observed) return cli::complain("vipd", observed.error());
  int exit_code = kDone;
  Picture picture;
  picture.see(*observed);
  for (const auto& stray : strays(picture, [](const AddressKey&) { return false; }))
    for (const auto& step : removing(stray, observed->state)) {
      cli::print(describe(step) + "\n");
      if (arguments.has("--dry-run")) continue;
      if (const auto done = kernel->perform(step); !done) exit_code = cli::complain("vipd", done.error());
    }
  if (arguments.has("--dry-run") || exit_code != kDone) return exit_code;
  if (const auto restored = promote_secondaries(arguments.state_dir, {}); !restored)
    return cli::complain("vipd", restored.error());
  return kDone;
}

int worker(const cli::Arguments& arguments) {
  return run_worker(files_of(arguments));
}

}  // namespace hawser::vipd
