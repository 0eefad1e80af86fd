#include "vipd/daemon/stands.h"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>

#include "lib/base/duration.h"
#include "lib/base/find_in.h"

namespace hawser::vipd {

namespace json = boost::json;

using WallTime = std::chrono::system_clock::time_point;

namespace {

Stand stand_from(const json::object& object) {
  const auto stance = from_name<Stance>(json::value_to<std::string>(object.at("stance")));
  if (!stance) throw std::invalid_argument("stance");
  Stand stand{*stance, {}};
  if (const auto& until = object.at("until"); !until.is_null()) {
    stand.until = end_from(until.to_number<std::int64_t>());
    if (!stand.until) throw std::invalid_argument("until");
  }
  return stand;
}

}  // namespace

std::optional<WallTime> end_from(std::int64_t count) {
  constexpr auto kLast = std::chrono::duration_cast<Milliseconds>(WallTime::duration::max());
  if (count < 0 || Milliseconds(count) > kLast) return std::nullopt;
  return WallTime(Milliseconds(count));
}

std::optional<WallTime> end_from(std::string_view text) {
  std::int64_t count = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, count);
  if (problem != std::errc{} || stop != end) return std::nullopt;
  return end_from(count);
}

std::string write_stands(const Stands& stands) {
  json::object vips;
  for (const auto& [vip, stand] : stands) {
    json::object object{{"stance", name_of(stand.stance)}, {"until", nullptr}};
    if (stand.until)
      object["until"] = std::chrono::duration_cast<Milliseconds>(stand.until->time_since_epoch()).count();
    vips[vip] = std::move(object);
  }
  return json::serialize(json::object{{"format", 1}, {"vips", std::move(vips)}});
}

Result<Stands> read_stands(std::string_view text) {
  Stands stands;
  if (text.empty()) return stands;
  try {
    const auto document = json::parse(text);
    for (const auto& [vip, stand] : document.as_object().at("vips").as_object())
      stands.emplace(vip, stand_from(stand.as_object()));
    return stands;
  } catch (const std::exception&) {
    return fail(
        "what operators had asked of the vips (vipd-remembered.json in the state directory) is not "
        "understood: every "
        "vip is as its file says: write 'vipctl release' or 'vipctl take' again where that is not meant");
  }
}

bool settle_names(Stands& stands, const std::vector<std::string>& vips) {
  const auto before = stands;
  const auto is_there = [&](const std::string& name) { return std::ranges::find(vips, name) != vips.end(); };
  for (const auto& name : vips) {
    const auto slash = name.rfind('/');
    const auto whole = name.substr(0, slash);
    const std::vector<std::string> others =
        slash == std::string::npos ? std::vector{whole + "/ipv4", whole + "/ipv6"} : std::vector{whole};
    for (const auto& other : others)
      if (const auto found = before.find(other); found != before.end() && !is_there(other)) {
        stands.emplace(name, found->second);
        stands.erase(other);
      }
  }
  return stands != before;
}

Stance stance_of(const Stands& stands, const std::string& vip) {
  const auto* stand = find_in(stands, vip);
  return stand == nullptr ? Stance::kOrdinary : stand->stance;
}

std::vector<std::string> expire(Stands& stands, WallTime now) {
  std::vector<std::string> over;
  for (const auto& [vip, stand] : stands)
    if (stand.until && *stand.until <= now) over.push_back(vip);
  for (const auto& vip : over) stands.erase(vip);
  return over;
}

std::optional<WallTime> next_end(const Stands& stands) {
  std::optional<WallTime> next;
  for (const auto& [vip, stand] : stands)
    if (stand.until && (!next || *stand.until < *next)) next = stand.until;
  return next;
}

}  // namespace hawser::vipd
