#include "bondctl/change/drain_verbs.h"

#include "bondctl/change/carry_out.h"
#include "bondctl/change/drain.h"
#include "bondctl/change/port_names.h"
#include "lib/reconcile/device_paths.h"

namespace hawser::bondctl {

namespace {

// By any of its names.
std::string port_named(const cli::Arguments& arguments, const Observed& observed, const DrainedPorts& all) {
  const auto& name = arguments.words.back();
  const auto known = drained_with_mac(drained_of(all, observed, arguments.words.front()), name);
  return known.empty() ? device_named(observed, name, devices_by_path) : known;
}

// Written down before the first step: what is done and not known could not be given back.
Work drained(const cli::Arguments& arguments, const Observed& observed, const DrainedPorts& all) {
  const auto& bond = arguments.words.front();
  const auto port = port_named(arguments, observed, all);
  auto [change, what] = drain(observed, bond, port, drained_of(all, observed, bond));
  auto now = all;
  now[port] = std::move(what);
  Work work{std::move(change)};
  work.before = [directory = arguments.runtime_dir, now] { return write_drained(directory, now); };
  work.undone = [directory = arguments.runtime_dir, all] { return write_drained(directory, all); };
  return work;
}

Work undrained(const cli::Arguments& arguments, const Observed& observed, const DrainedPorts& all) {
  const auto& bond = arguments.words.front();
  const auto port = port_named(arguments, observed, all);
  auto now = all;
  now.erase(port);
  Work work{undrain(observed, bond, port, drained_of(all, observed, bond))};
  work.after = [directory = arguments.runtime_dir, now] { return write_drained(directory, now); };
  work.undone = [directory = arguments.runtime_dir, all] { return write_drained(directory, all); };
  return work;
}

// Read when nobody else is at work: what another one writes down meanwhile must not be lost.
template <class Make>
int with_known(const cli::Arguments& arguments, Make make) {
  return change_bond(arguments, arguments.words.front(), [&](const Observed& observed) {
    const auto all = read_drained(arguments.runtime_dir);
    if (all) return make(arguments, observed, *all);
    Work refused;
    refused.change.problems.push_back(all.error().text);
    return refused;
  });
}

}  // namespace

int drain_verb(const cli::Arguments& arguments) {
  return with_known(arguments, drained);
}

int undrain_verb(const cli::Arguments& arguments) {
  return with_known(arguments, undrained);
}

}  // namespace hawser::bondctl
