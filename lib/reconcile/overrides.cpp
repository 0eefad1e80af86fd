#include "lib/reconcile/overrides.h"

#include <cerrno>

#include <boost/json.hpp>

#include "lib/base/atomic_file.h"
#include "lib/base/find_in.h"
#include "lib/base/json_in.h"

namespace hawser {
namespace {

namespace json = boost::json;
using Wall = std::chrono::system_clock::time_point;

std::int64_t ms_of(Wall time) {
  return std::chrono::duration_cast<Milliseconds>(time.time_since_epoch()).count();
}

// Years beyond what the clock can hold are no time.
constexpr std::int64_t kLatest = std::int64_t{9'000'000'000'000};

std::optional<Wall> time_in(const json::value& item, std::string_view key) {
  const auto& value = value_in(item, key);
  const auto ms = value.is_int64() ? value.get_int64() : -1;
  if (ms < 0 || ms > kLatest) return std::nullopt;
  return Wall(Milliseconds(ms));
}

std::optional<std::pair<OverrideKey, OverrideEntry>> parse_override(const json::value& item,
                                                                    const Overrides::Clocks& now) {
  const auto what = from_name<Override>(text_in(item, "what"));
  const auto since = time_in(item, "since");
  OverrideKey key{text_in(item, "service"), text_in(item, "real")};
  if (!what || !since || key.real.empty()) return std::nullopt;
  OverrideEntry entry{{*what, {}}, *since, time_in(item, "deadline")};
  if (entry.deadline)
    entry.state.deadline = now.steady + std::max(*entry.deadline - now.wall, Wall::duration(0));
  return std::pair{std::move(key), entry};
}

}  // namespace

bool is_called(const Member& member, const std::string& real) {
  return real == member.name || real == to_string(member.real) || real == to_string(member.real.address);
}

void Overrides::say(const OverrideKey& key, Override what, std::optional<Milliseconds> within,
                    const Clocks& now) {
  if (key.service.empty())
    std::erase_if(entries_, [&](const auto& entry) { return entry.first.real == key.real; });
  entries_.erase(key);
  if (what == Override::kNone && find_in(entries_, OverrideKey{"", key.real}) == nullptr) return;
  OverrideEntry entry{{what, {}}, now.wall, {}};
  if (within) entry.deadline = now.wall + *within, entry.state.deadline = now.steady + *within;
  entries_.emplace(key, entry);
}

OverrideState Overrides::of(const VirtualServer& service, const Member& member) const {
  OverrideState state;
  for (const auto& [key, entry] : entries_) {  // those of everywhere come first
    if (!is_called(member, key.real)) continue;
    if (key.service.empty() || key.service == service.service) state = entry.state;
  }
  return state;
}

std::map<Endpoint, OverrideState> Overrides::of(const VirtualServer& service) const {
  std::map<Endpoint, OverrideState> states;
  if (entries_.empty()) return states;
  for (const auto& member : service.members)
    if (const auto state = of(service, member); state.what != Override::kNone)
      states.emplace(member.real, state);
  return states;
}

std::string Overrides::encode() const {
  json::array list;
  for (const auto& [key, entry] : entries_) {
    json::object item{{"service", key.service},
                      {"real", key.real},
                      {"what", name_of(entry.state.what)},
                      {"since", ms_of(entry.since)}};
    if (entry.deadline) item["deadline"] = ms_of(*entry.deadline);
    list.push_back(std::move(item));
  }
  return json::serialize(json::object{{"format", 1}, {"overrides", std::move(list)}}) + "\n";
}

Result<Overrides> Overrides::decode(const std::string& text, const Clocks& now) {
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error) return fail("not JSON: {}", error.message());
  if (number_in(value, "format") != 1) return fail("not of format 1");
  Overrides overrides;
  for (const auto& item : list_in(value, "overrides")) {
    const auto entry = parse_override(item, now);
    if (!entry) return fail("an override without real, what or since");
    overrides.entries_.insert(*entry);
  }
  return overrides;
}

std::filesystem::path overrides_file(const std::filesystem::path& state_dir) {
  return state_dir / "netd.overrides";
}

Result<Overrides> read_overrides(const std::filesystem::path& file, const Overrides::Clocks& now) {
  const auto text = read_file(file);
  if (text) return Overrides::decode(*text, now);
  if (text.error().code == ENOENT) return Overrides();
  return tl::unexpected(text.error());
}

}  // namespace hawser
