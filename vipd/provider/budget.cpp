#include "vipd/provider/budget.h"

#include <algorithm>

#include <boost/json.hpp>

#include "lib/base/json_in.h"

namespace hawser::vipd::provider {

namespace {

namespace json = boost::json;
using std::chrono::duration_cast;

std::int64_t seconds_of(WallTime time) {
  return duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

constexpr std::int64_t kLatest = std::int64_t{1} << 33U;  // in seconds; what is later is none

WallTime time_in(const json::value& value) {
  const auto seconds = value.is_int64() ? value.get_int64() : 0;
  return WallTime(std::chrono::seconds(seconds < 0 || seconds > kLatest ? 0 : seconds));
}

WallTime exact_time_in(const json::value& kept, std::string_view key) {
  const auto& value = value_in(kept, key);
  return WallTime(WallTime::duration(value.is_int64() ? value.get_int64() : 0));
}

std::deque<WallTime> times_in(const json::value& kept, std::string_view key, WallTime now) {
  std::deque<WallTime> times;
  for (const auto& one : list_in(kept, key)) times.push_back(std::min(time_in(one), now));
  std::ranges::sort(times);
  return times;
}

json::array list_of(const std::deque<WallTime>& times, WallTime since) {
  json::array list;
  for (const auto time : times)
    if (time > since) list.emplace_back(seconds_of(time));
  return list;
}

// A clock that was set back since leaves calls in the future: they count from now, and never for ever.
WallTime passed(WallTime time, WallTime now) {
  return std::min(time, now);
}

constexpr std::size_t kResetsKept = 32;

std::int64_t milliseconds_of(WallTime time) {
  return duration_cast<Milliseconds>(time.time_since_epoch()).count();
}

std::deque<SentReset> resets_in(const json::value& kept, WallTime now) {
  std::deque<SentReset> resets;
  for (const auto& one : list_in(kept, "sent_resets")) {
    const auto& at = value_in(one, "at_ms");
    if (text_in(one, "server").empty() || !at.is_int64() || at.get_int64() < 0) continue;
    const auto& answered = value_in(one, "answered");
    resets.push_back({text_in(one, "server"), text_in(one, "how"),
                      std::min(WallTime(Milliseconds(std::min(at.get_int64(), kLatest * 1000))), now),
                      answered.is_bool() && answered.get_bool()});
  }
  while (resets.size() > kResetsKept) resets.pop_front();
  return resets;
}

json::array list_of(const std::deque<SentReset>& resets) {
  json::array list;
  for (const auto& one : resets)
    list.push_back(json::object{{"server", one.server},
                                {"how", one.how},
                                {"at_ms", milliseconds_of(one.at)},
                                {"answered", one.answered}});
  return list;
}

std::ptrdiff_t count_since(const std::deque<WallTime>& times, WallTime since) {
  return std::ranges::count_if(times, [&](WallTime time) { return time > since; });
}

// Until at most `most` of these lie within the window, one more included.
Milliseconds until_room(const std::deque<WallTime>& times, unsigned most, Milliseconds window, WallTime now) {
  if (most == 0 || std::size_t(count_since(times, now - window)) < most) return {};
  const auto leaves = passed(times[times.size() - most], now) + window;
  return std::max(duration_cast<Milliseconds>(leaves - now), Milliseconds(1));
}

auto last_of(auto& sent, const std::string& server) {
  return std::ranges::find(sent.rbegin(), sent.rend(), server, &SentReset::server);
}

}  // namespace

Budget::Budget(const Limits& limits, const json::value& kept, WallTime now)
    : limits_(limits),
      denied_(times_in(kept, "denied", now)),
      denied_for_(exact_time_in(kept, "denied_for_ns")),
      sent_(resets_in(kept, now)) {
  const auto not_before = [&](std::string_view key) {
    const auto time = time_in(value_in(kept, key));
    return time > now + limits_.window ? WallTime() : time;
  };
  reads_ = {times_in(kept, "reads", now), not_before("no_read_before")};
  switches_ = {times_in(kept, "switches", now), not_before("no_switch_before")};
  resets_ = {times_in(kept, "resets", now), not_before("no_reset_before")};
}

const Budget::Calls& Budget::of(Ask ask) const {
  if (ask == Ask::kSet) return switches_;
  return ask == Ask::kPowerOff ? resets_ : reads_;
}

Budget::Calls& Budget::of(Ask ask) {
  if (ask == Ask::kSet) return switches_;
  return ask == Ask::kPowerOff ? resets_ : reads_;
}

unsigned Budget::limit(Ask ask) const {
  if (ask == Ask::kSet) return limits_.switches;
  return ask == Ask::kPowerOff ? limits_.resets : limits_.reads;
}

Milliseconds Budget::wait_for(Ask ask, WallTime now) const {
  const auto& calls = of(ask);
  const auto limited = std::min(duration_cast<Milliseconds>(calls.not_before - now), limits_.window);
  return std::max({until_room(calls.made, limit(ask), limits_.window, now), limited, Milliseconds(0)});
}

unsigned Budget::left(Ask ask, WallTime now) const {
  if (of(ask).not_before > now) return 0;
  const auto made = static_cast<unsigned>(count_since(of(ask).made, now - limits_.window));
  return limit(ask) - std::min(made, limit(ask));
}

Milliseconds Budget::wait_for_login(WallTime now, WallTime changed) const {
  if (limits_.logins == 0 || denied_.empty() || denied_for_ != changed) return {};
  return until_room(denied_, limits_.logins - 1, limits_.locked_out, now);
}

void Budget::made(Ask ask, WallTime now) {
  auto& made = of(ask).made;
  made.push_back(now);
  while (made.size() > limit(ask)) made.pop_front();
}

void Budget::not_made(Ask ask) {
  if (auto& made = of(ask).made; !made.empty()) made.pop_back();
}

// Not by the time of the denial: credentials may be replaced while a call with the old ones is on its way.
void Budget::denied(WallTime now, WallTime changed) {
  if (std::exchange(denied_for_, changed) != changed) denied_.clear();
  denied_.push_back(now);
  while (denied_.size() > limits_.logins) denied_.pop_front();
}

void Budget::limited(Ask ask, WallTime now, Milliseconds wait) {
  of(ask).not_before = now + wait;
}

void Budget::sent(SentReset reset) {
  sent_.push_back(std::move(reset));
  while (sent_.size() > kResetsKept) sent_.pop_front();
}

void Budget::reset_done(const std::string& server) {
  if (const auto last = last_of(sent_, server); last != sent_.rend()) last->answered = true;
}

void Budget::reset_not_done(const std::string& server) {
  if (const auto last = last_of(sent_, server); last != sent_.rend()) sent_.erase(std::next(last).base());
}

std::optional<SentReset> Budget::reset_after(const std::string& server, WallTime since) const {
  const auto last = last_of(sent_, server);
  if (last == sent_.rend() || last->at <= since) return std::nullopt;
  return *last;
}

json::object Budget::kept(WallTime now) const {
  const auto since = now - limits_.window;
  return {{"format", 1},
          {"reads", list_of(reads_.made, since)},
          {"switches", list_of(switches_.made, since)},
          {"resets", list_of(resets_.made, since)},
          {"no_reset_before", seconds_of(resets_.not_before)},
          {"no_read_before", seconds_of(reads_.not_before)},
          {"no_switch_before", seconds_of(switches_.not_before)},
          {"denied", list_of(denied_, now - limits_.locked_out)},
          {"denied_for_ns", denied_for_.time_since_epoch().count()},
          {"sent_resets", list_of(sent_)}};
}

}  // namespace hawser::vipd::provider
