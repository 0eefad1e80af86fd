#include "lib/reconcile/known_health.h"

#include <boost/json.hpp>

#include "lib/base/find_in.h"
#include "lib/cli/table.h"
#include "lib/control/client.h"
#include "lib/control/json.h"
#include "lib/daemon/lock.h"
#include "lib/daemon/namespace_lock.h"
#include "lib/reconcile/directories.h"

namespace hawser {
namespace {

namespace json = boost::json;

constexpr Milliseconds kAskDeadline{2000};

Result<KnownHealth> ask(const cli::Arguments& arguments) {
  const auto answer = control::ask_json(netd_socket(arguments), {"GET", "/v1/health", ""}, kAskDeadline);
  if (!answer) return tl::unexpected(answer.error());
  return parse_health(*answer);
}

std::optional<std::pair<probes::ProbeKey, probes::Health>> parse_one(const json::value& item) {
  const auto target = Endpoint::parse(control::text_in(item, "target"));
  const auto state = from_name<probes::HealthState>(control::text_in(item, "state"));
  if (!target || !state) return std::nullopt;
  probes::Health health;
  health.state = *state;
  health.words = cli::printable(control::text_in(item, "words"));
  health.held = control::flag_in(item, "held");
  return std::pair{probes::ProbeKey{control::text_in(item, "check"), *target}, health};
}

std::int64_t ms_between(TimePoint from, TimePoint to) {
  return std::chrono::duration_cast<Milliseconds>(to - from).count();
}

// Times are told by how far away they are: the clock is another one there.
json::object real_memory_json(const Endpoint& real, const RealMemory& memory, TimePoint now) {
  json::object object{{"address", to_string(real)}, {"drained", memory.drained}};
  if (memory.in_since) object["in_ms"] = ms_between(*memory.in_since, now);
  if (memory.ramp_since) object["ramp_ms"] = ms_between(*memory.ramp_since, now);
  return object;
}

json::object pool_json(const ServiceKey& key, const PoolMemory& pool, TimePoint now) {
  json::array good;
  for (const auto& real : pool.good) good.emplace_back(to_string(real));
  json::array reals;
  for (const auto& [real, memory] : pool.reals) reals.push_back(real_memory_json(real, memory, now));
  return {{"virtual", to_string(key)},
          {"quorate", pool.quorate},
          {"panic", pool.panic},
          {"good", std::move(good)},
          {"reals", std::move(reals)}};
}

json::array said_json(const KnownHealth& known) {
  json::array list;
  for (const auto& entry : known.overrides.all()) {
    json::object object{
        {"service", entry.key.service}, {"real", entry.key.real}, {"what", name_of(entry.state.what)}};
    if (entry.state.deadline) object["out_in_ms"] = ms_between(known.now, *entry.state.deadline);
    list.push_back(std::move(object));
  }
  return list;
}

std::optional<Milliseconds> span_in(const json::value& item, std::string_view key) {
  const auto& value = control::value_in(item, key);
  constexpr std::int64_t kFar = std::int64_t{1} << 40U;
  if (!value.is_int64() || value.get_int64() < -kFar || value.get_int64() > kFar) return std::nullopt;
  return Milliseconds(value.get_int64());
}

PoolMemory parse_pool(const json::value& item, TimePoint now) {
  PoolMemory pool;
  pool.quorate = control::flag_in(item, "quorate");
  pool.panic = control::flag_in(item, "panic");
  for (const auto& real : control::list_in(item, "good"))
    if (const auto* text = real.if_string())
      if (const auto endpoint = Endpoint::parse({text->data(), text->size()})) pool.good.insert(*endpoint);
  for (const auto& real : control::list_in(item, "reals")) {
    const auto endpoint = Endpoint::parse(control::text_in(real, "address"));
    if (!endpoint) continue;
    auto& memory = pool.reals[*endpoint];
    if (const auto in = span_in(real, "in_ms")) memory.in_since = now - *in;
    memory.drained = control::flag_in(real, "drained");
    if (const auto ramp = span_in(real, "ramp_ms")) memory.ramp_since = now - *ramp;
  }
  return pool;
}

void parse_said(const json::value& item, KnownHealth& known) {
  const auto what = from_name<Override>(control::text_in(item, "what"));
  const OverrideKey key{control::text_in(item, "service"), control::text_in(item, "real")};
  if (what && !key.real.empty())
    known.overrides.say(key, *what, span_in(item, "out_in_ms"),
                        {std::chrono::system_clock::now(), known.now});
}

}  // namespace

KnownHealth as_configured(const cli::Arguments& arguments, const config::Config& config) {
  const Overrides::Clocks clocks{std::chrono::system_clock::now(), std::chrono::steady_clock::now()};
  KnownHealth known{assume_up(probes_of(lay_out(config), config)), false};
  known.now = clocks.steady;
  const auto file = overrides_file(arguments.state_dir);
  auto said = read_overrides(file, clocks);
  if (said)
    known.overrides = std::move(*said);
  else
    known.unknown_overrides =
        fmt::format("{}: what was drained or disabled by hand is not known, and comes in: {}", file.native(),
                    said.error().text);
  return known;
}

Result<KnownHealth> ask_health(const cli::Arguments& arguments, const config::Config& config) {
  if (config.services.empty()) return as_configured(arguments, config);  // nothing to ask
  auto told = ask(arguments);
  if (told) return told;
  const auto daemon = InstanceLock::held(arguments.runtime_dir, "netd");
  if (!daemon) return tl::unexpected(daemon.error());
  const auto reason = control::not_running(told.error())
                          ? fmt::format("nobody listens on {}", netd_socket(arguments).native())
                          : told.error().text;
  if (*daemon)
    return fail("{} and does not say which real servers are up: {}: try again, or restart it", **daemon,
                reason);
  if (const auto elsewhere = NamespaceLock::held("netd"))
    return fail("{}, and knows which real servers are up: {}: name its directory", *elsewhere, reason);
  return as_configured(arguments, config);
}

json::object health_json(const KnownHealth& known) {
  json::array probes;
  for (const auto& [key, health] : known.health)
    probes.push_back(json::object{{"check", key.check},
                                  {"target", to_string(key.target)},
                                  {"state", name_of(health.state)},
                                  {"held", health.held},
                                  {"words", health.words}});
  json::array pools;
  for (const auto& [key, pool] : known.pools) pools.push_back(pool_json(key, pool, known.now));
  return {{"format", 1},
          {"probes", std::move(probes)},
          {"overrides", said_json(known)},
          {"pools", std::move(pools)}};
}

KnownHealth parse_health(const json::value& answer) {
  KnownHealth known;
  known.from_daemon = true;
  known.now = std::chrono::steady_clock::now();
  for (const auto& item : control::list_in(answer, "probes"))
    if (auto one = parse_one(item)) known.health.insert(std::move(*one));
  for (const auto& item : control::list_in(answer, "overrides")) parse_said(item, known);
  for (const auto& item : control::list_in(answer, "pools"))
    if (const auto key = ServiceKey::parse(control::text_in(item, "virtual")))
      known.pools.insert_or_assign(*key, parse_pool(item, known.now));
  return known;
}

State desired_services(const Layout& layout, const KnownHealth& known,
                       const std::map<ServiceKey, Service>& present) {
  State state;
  for (const auto& [key, service] : layout) {
    const auto* memory = find_in(known.pools, key);
    auto weighed = weigh({.service = service,
                          .health = known.health,
                          .present = find_in(present, key),
                          .overrides = known.overrides.of(service)},
                         memory == nullptr ? PoolMemory{} : *memory, known.now);
    state.services.emplace(key, std::move(weighed.wanted));
  }
  return state;
}

}  // namespace hawser
