// `netd plan` and `netd apply`: what would be done, and doing it once.
#include <cerrno>
#include <thread>

#include <boost/json.hpp>

#include "lib/cli/output.h"
#include "lib/control/json.h"
#include "lib/daemon/lock.h"
#include "lib/daemon/namespace_lock.h"
#include "lib/netlink/netlink_kernel.h"
#include "lib/plan/consequence.h"
#include "lib/plan/taken_over.h"
#include "netd/announcer.h"
#include "netd/apply_once.h"
#include "netd/host_facts.h"
#include "netd/journal.h"
#include "netd/known.h"
#include "netd/obstacles.h"
#include "netd/patient.h"
#include "netd/source.h"
#include "netd/status.h"
#include "netd/tell.h"
#include "netd/verbs.h"
#include "netd/vip_addresses.h"

namespace hawser::netd {
namespace {

namespace json = boost::json;
constexpr Milliseconds kTellDeadline{5000};
constexpr Milliseconds kLookForCarrier{100};

Desired desired_of(const config::Config& config, State network, const Known& known, const Observed& observed,
                   Journal journal) {
  const auto layout = lay_out(config);
  Desired desired{std::move(network), Owner::kNetd, std::move(journal)};
  desired.state.services = desired_services(layout, known.health, observed.state.services).services;
  hide_addresses(desired.state, vip_addresses(config));
  return desired;
}

// What plan and apply share: the file, the kernel, and what should be.
struct Prepared {
  Reading reading;
  Made made;
  Known known;
  Observed observed;
  Desired desired;
  bool devices_missing = false;  // what can be done is not all that the file wants
};

int complain_file(const Reading& reading) {
  for (const auto& problem : reading.problems) fmt::print(stderr, "{}\n", to_string(problem));
  return kConfiguration;
}

Result<Prepared> prepare(const cli::Arguments& arguments, Reading reading, Kernel& kernel, Known known) {
  auto made = read_journal(arguments);
  if (!made) return tl::unexpected(made.error());
  auto observed = kernel.observe({});
  if (!observed) return tl::unexpected(observed.error());
  hide_addresses(observed->state, vip_addresses(reading.config));
  auto ports =
      config::resolve_ports(reading.config.network, reading.config.bonds, *observed, devices_by_path());
  for (const auto& missing : ports.missing)
    cli::complain("netd",
                  fmt::format("{}: port {} is missing: plug it in or correct its name; it is left out",
                              missing.bond, missing.port));
  for (const auto& missing : ports.missing_devices)
    cli::complain("netd",
                  tell_missing(missing) + (missing.another_name_of.empty()
                                               ? ": plug it in or correct its name; the section is left out"
                                               : "; the section is left out"));
  for (const auto& doubled : ports.doubled) cli::complain("netd", tell_doubled(doubled));
  const bool all_there = ports.missing.empty() && ports.missing_devices.empty() && ports.doubled.empty();
  JournalBook book(*made, {});
  book.saw(*observed);
  auto desired = desired_of(reading.config, std::move(ports.network), known, *observed, book.names());
  return Prepared{std::move(reading),   std::move(*made),   std::move(known),
                  std::move(*observed), std::move(desired), !all_there};
}

// "what" is "loses address", "loses route", "route changes", "mac changes" or "mac is shared".
json::object consequence_json(const Consequence& consequence) {
  json::object object{{"object", object_of(consequence)}, {"text", describe(consequence)}};
  std::visit(Overloaded{
                 [&](const LostAddress& one) {
                   object["what"] = "loses address";
                   object["address"] = to_string(one.prefix);
                 },
                 [&](const LostRoute& one) {
                   object["what"] = "loses route";
                   object["route"] = to_string(one.key);
                 },
                 [&](const PoorerRoute& one) {
                   object["what"] = "route changes";
                   object["route"] = to_string(one.key);
                 },
                 [&](const SharedMac& one) {
                   object["what"] = "mac is shared";
                   object["with"] = one.with;
                   object["mac"] = to_string(one.mac);
                 },
                 [&](const MovedMac& one) {
                   object["what"] = "mac changes";
                   object["from"] = to_string(one.from);
                   object["to"] = one.to ? to_string(*one.to) : "";
                 },
             },
             consequence);
  return object;
}

void say_taken_over(const Prepared& prepared) {
  for (const auto& [name, text] : taken_over(prepared.desired, prepared.observed.state))
    fmt::print(stderr, "netd: note: {}\n", text);
}

void say_obstacles(const Prepared& prepared) {
  const auto& config = prepared.reading.config;
  const auto layout = lay_out(config);
  auto local = addresses_of(prepared.observed.state);
  local.merge(addresses_of(config.network));
  local.merge(vip_addresses(config).all);
  for (const auto& obstacle : obstacles(layout, look_at_host(layout, std::move(local))))
    fmt::print(stderr, "netd: note: {}\n", obstacle.text);
}

int show(const cli::Arguments& arguments, const Prepared& prepared) {
  const auto steps = plan(prepared.desired, prepared.observed.state);
  const auto foreign = foreign_in_the_way(prepared.desired, prepared.observed.state);
  for (const auto& refusal : foreign) cli::complain("netd", refusal.why);
  if (arguments.json) {
    json::array list;
    for (const auto& step : steps)
      list.push_back(json::object{{"object", object_of(step)}, {"step", describe(step)}});
    json::array costs;
    for (const auto& consequence : consequences(prepared.observed, steps))
      costs.push_back(consequence_json(consequence));
    cli::print(control::pretty(json::object{{"format", 1},
                                            {"health", prepared.known.from_daemon ? "netd" : "configured"},
                                            {"steps", list},
                                            {"consequences", costs}}));
  } else {
    for (const auto& step : steps) cli::print(describe(step) + "\n");
    for (const auto& consequence : consequences(prepared.observed, steps))
      cli::print(describe(consequence) + "\n");
    if (!prepared.desired.state.services.empty())
      fmt::print(
          stderr, "netd: real servers are taken {}\n",
          prepared.known.from_daemon ? "as the running netd found them" : "as configured: no netd runs here");
  }
  return steps.empty() && foreign.empty() && !prepared.devices_missing ? kDone : kNo;
}

int complain_about(const Error& lock) {
  const bool runs = lock.code == EWOULDBLOCK;
  return cli::complain("netd", fmt::format("{}{}", lock.text,
                                           runs ? ": it applies the file itself: use \"netd reload\"" : ""));
}

int report(const Applied& applied, const Observed& before) {
  for (const auto& step : applied.done) cli::print(describe(step) + "\n");
  for (const auto& consequence : consequences(before, applied.done)) cli::print(describe(consequence) + "\n");
  for (const auto& refusal : applied.refused) cli::complain("netd", refusal.why);
  for (const auto& step : applied.futile) cli::complain("netd", tell_left(step));
  return applied.complete() ? kDone : kRefused;
}

// Neighbours are told of what moved before the program ends; nobody does it later.
void announce(Kernel& kernel, const Prepared& prepared) {
  const auto say = [](log::Level, const std::string& text) { fmt::print(stderr, "netd: {}\n", text); };
  const Scope links{.network = true, .routes = false, .ipvs = false, .services = {}};
  const auto clock = [] { return std::chrono::steady_clock::now(); };
  std::set<std::string> devices;
  for (const auto& [name, link] : prepared.desired.state.links) devices.insert(name);
  Announcer announcer(AnnouncementSender(say), say);
  announcer.saw(prepared.observed, devices, clock());
  const auto end = clock() + kTellDeadline;
  do {
    if (const auto now = kernel.observe(links)) announcer.saw(*now, devices, clock());
    announcer.work(clock());
    if (announcer.next() == TimePoint::max()) return;
    std::this_thread::sleep_until(announcer.waits_for_carrier() ? clock() + kLookForCarrier
                                                                : announcer.next());
  } while (clock() < end);
}

}  // namespace

int plan_verb(const cli::Arguments& arguments) {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::complain("netd", kernel.error());
  auto reading = read_file_over(arguments, [&] { return held_here(arguments, *kernel); });
  if (!reading.good()) return complain_file(reading);
  auto known = ask_health(arguments, reading.config);
  if (!known) return cli::complain("netd", known.error());
  const auto prepared = prepare(arguments, std::move(reading), *kernel, std::move(*known));
  if (!prepared) return cli::complain("netd", prepared.error());
  say_taken_over(*prepared);
  say_obstacles(*prepared);
  return show(arguments, *prepared);
}

int apply_verb(const cli::Arguments& arguments) {
  if (arguments.has("--dry-run")) return plan_verb(arguments);
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::complain("netd", kernel.error());
  auto reading = read_file_over(arguments, [&] { return held_here(arguments, *kernel); });
  if (!reading.good()) return complain_file(reading);
  make_directories(arguments);
  // Two hands on one table: what we change now the daemon would take back at its next look.
  const auto lock = InstanceLock::take(arguments.runtime_dir, "netd");
  if (!lock && !InstanceLock::no_room(lock.error())) return complain_about(lock.error());
  // One that runs with another runtime directory.
  const auto alone = NamespaceLock::take("netd");
  if (!alone) {
    fmt::print(stderr, "{}: use \"netd reload\"\n", alone.error().text);  // names netd itself
    return kRefused;
  }
  auto known = as_configured(reading.config);
  const auto prepared = prepare(arguments, std::move(reading), *kernel, std::move(known));
  if (!prepared) return cli::complain("netd", prepared.error());
  say_taken_over(*prepared);
  say_obstacles(*prepared);
  PatientKernel patient(*kernel, [](Milliseconds pause) { std::this_thread::sleep_for(pause); });
  JournalBook book(prepared->made, [&](const std::string& text) { return write_journal(arguments, text); });
  const auto say = [](const Error& error) { cli::complain("netd", fmt::format("journal: {}", error.text)); };
  OwnKernel own(patient, book, vip_addresses(prepared->reading.config), say);
  const auto rollback = arguments.has("--keep-going") ? Rollback::kNothing : Rollback::kEverything;
  const auto applied = apply_once(prepared->desired, own, book, rollback, say);
  if (!applied) return cli::complain("netd", applied.error());
  const int result = report(*applied, prepared->observed);
  announce(*kernel, *prepared);
  return result == kDone && prepared->devices_missing ? kRefused : result;
}

}  // namespace hawser::netd
