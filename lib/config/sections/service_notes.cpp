// What of a service does nothing, or not what it says.
#include <algorithm>
#include <set>

#include "lib/config/sections/pool_notes.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

using ServiceSection = Section<ServiceSpec>;

// ip_vs_rr.c, ip_vs_lc.c, ip_vs_dh.c: a weight is asked only whether it is 0.
void weights_are_looked_at(const ServiceSection& service, const PoolSpec& pool, Report& report) {
  const auto& scheduler = service.spec.scheduler;
  if (scheduler != "rr" && scheduler != "lc" && scheduler != "dh") return;
  std::set<std::uint32_t> weights;
  for (const auto& real : pool.reals)
    if (real.spec.weight > 0) weights.insert(real.spec.weight);
  if (weights.size() < 2) return;
  const auto remedy = scheduler == "dh" ? std::string() : fmt::format(": write {}", quote("w" + scheduler));
  note(report, service, "scheduler",
       fmt::format("{} does not look at weights, but for 0{}", quote(scheduler), remedy));
}

// A ramp is made of weights.
void slow_start_shows(const ServiceSection& service, const PoolSpec& pool, Report& report) {
  if (pool.slow_start == Milliseconds(0)) return;
  const auto& scheduler = service.spec.scheduler;
  if (scheduler == "rr" || scheduler == "lc" || scheduler == "dh")
    note(report, service, "scheduler",
         fmt::format("slow_start has no effect: {} does not look at weights, but for 0", quote(scheduler)));
}

void flags_are_known(const ServiceSection& service, Report& report) {
  const auto& spec = service.spec;
  const bool has_two = spec.scheduler == "sh" || spec.scheduler == "mh";
  for (std::size_t i = 0; i < spec.scheduler_flags.size(); ++i) {
    const auto& flag = spec.scheduler_flags[i];
    if (flag == "flag-3" || (!has_two && flag.starts_with("flag-")))
      report.note(Part::kNetd, service.at("scheduler_flags", i), service.path + ".scheduler_flags",
                  fmt::format("{} has no effect with scheduler {}", quote(flag), quote(spec.scheduler)));
  }
}

// is_overloaded() of ip_vs_ovf.c counts active connections, which UDP has none of.
void overflow_has_connections(const File& file, const ServiceSection& service, Report& report) {
  if (service.spec.scheduler != "ovf") return;
  const auto is_udp = [](const VirtualKey& key) { return key.transport == Transport::kUdp; };
  if (std::ranges::any_of(keys_of(file, service, nullptr), is_udp))
    note(report, service, "scheduler", "\"ovf\" counts connections, which udp has none of: all go to one");
}

void protocol_is_needed(const ServiceSection& service, Report& report) {
  const auto names_one = [](const std::string& word) { return word.find(' ') != std::string::npos; };
  if (service.has("protocol") && !service.spec.virtuals.empty() &&
      std::ranges::all_of(service.spec.virtuals, names_one))
    note(report, service, "protocol", "has no effect: every virtual address names its own");
}

}  // namespace

void note_services(const File& file, Report& report) {
  for (const auto& [name, service] : file.services) {
    if (const auto* pool = pool_of(file, service.spec)) {
      weights_are_looked_at(service, *pool, report);
      slow_start_shows(service, *pool, report);
    }
    flags_are_known(service, report);
    overflow_has_connections(file, service, report);
    protocol_is_needed(service, report);
    note_pool(service, report);
  }
}

}  // namespace hawser::config
