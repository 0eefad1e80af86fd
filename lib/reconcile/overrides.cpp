#include "lib/reconcile/overrides.h"

#include <algorithm>
#include <cerrno>

#include <boost/json.hpp>

#include "lib/base/atomic_file.h"
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

std::optional<OverrideEntry> parse_override(const json::value& item, const Overrides::Clocks& now) {
  const auto what = from_name<Override>(text_in(item, "what"));
  const auto since = time_in(item, "since");
  OverrideKey key{text_in(item, "service"), text_in(item, "real")};
  if (!what || !since || key.real.empty()) return std::nullopt;
  OverrideEntry entry{std::move(key), {*what, {}}, *since, time_in(item, "deadline")};
  if (entry.deadline)
    entry.state.deadline = now.steady + std::max(*entry.deadline - now.wall, Wall::duration(0));
  return entry;
}

bool covers(const OverrideKey& key, const VirtualServer& service, const Member& member) {
  return (key.service.empty() || key.service == service.service) && is_called(member, key.real);
}

// Not erase_if(): what is useless is judged by all the others, which must stand still meanwhile.
template <class Useless>
std::vector<OverrideEntry> all_but(const std::vector<OverrideEntry>& entries, Useless useless) {
  std::vector<OverrideEntry> kept;
  std::ranges::copy_if(entries, std::back_inserter(kept), [&](const auto& entry) { return !useless(entry); });
  return kept;
}

template <class Each>
void each_member(const Layout& layout, Each each) {
  for (const auto& [key, service] : layout)
    for (const auto& member : service.members) each(service, member);
}

}  // namespace

bool is_called(const Member& member, const std::string& real) {
  return real == member.name || real == to_string(member.real) || real == to_string(member.real.address);
}

void Overrides::say(const OverrideKey& key, Override what, std::optional<Milliseconds> within,
                    const Clocks& now) {
  std::erase_if(entries_, [&](const auto& entry) { return entry.key == key; });
  OverrideEntry entry{key, {what, {}}, now.wall, {}};
  if (within) entry.deadline = now.wall + *within, entry.state.deadline = now.steady + *within;
  entries_.push_back(std::move(entry));
}

const OverrideEntry* Overrides::deciding(const VirtualServer& service, const Member& member) const {
  const auto last = std::find_if(entries_.rbegin(), entries_.rend(),
                                 [&](const auto& entry) { return covers(entry.key, service, member); });
  return last == entries_.rend() ? nullptr : &*last;
}

// Taking back is remembered only where something older would hold again without it.
void Overrides::tidy(const Layout& layout) {
  entries_ = all_but(entries_, [&](const auto& entry) {
    bool known = false;
    bool decides = false;
    each_member(layout, [&](const auto& service, const auto& member) {
      if (!covers(entry.key, service, member)) return;
      known = true;
      decides = decides || deciding(service, member) == &entry;
    });
    return known && !decides;
  });
  entries_ = all_but(entries_, [&](const auto& entry) {
    bool needed = false;
    each_member(layout, [&](const auto& service, const auto& member) {
      if (!covers(entry.key, service, member)) return;
      needed = needed || std::ranges::any_of(entries_, [&](const auto& other) {
                 return &other != &entry && covers(other.key, service, member);
               });
    });
    return entry.state.what == Override::kNone && !needed;
  });
}

OverrideState Overrides::of(const VirtualServer& service, const Member& member) const {
  const auto* entry = deciding(service, member);
  return entry == nullptr ? OverrideState{} : entry->state;
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
  for (const auto& entry : entries_) {
    json::object item{{"service", entry.key.service},
                      {"real", entry.key.real},
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
    auto entry = parse_override(item, now);
    if (!entry) return fail("an override without real, what or since");
    overrides.entries_.push_back(std::move(*entry));
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
