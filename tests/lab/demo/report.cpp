#include "tests/lab/demo/report.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace hawser::demo {
namespace {

namespace json = boost::json;
using Row = std::array<std::string, 5>;

std::string in_ms(lab::Duration duration) {
  return fmt::format("{:.0f} ms", lab::milliseconds(duration));
}

double seconds(lab::Duration duration) {
  return lab::milliseconds(duration) / 1000;
}

std::string healed_cell(const Event& event) {
  if (!event.healed()) return "NO";
  return event.heals.empty() ? "-" : fmt::format("after {}", in_ms(event.healed_after()));
}

Row row_of(const Event& event) {
  return {event.name, in_ms(event.cost.gap), fmt::to_string(event.cost.lost), fmt::to_string(event.cost.of),
          healed_cell(event)};
}

std::int64_t in_us(lab::Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

// Of the events without anything to heal: what the client sees when nothing happens.
Figures quiet_figures(const std::vector<Event>& events) {
  Figures quiet;
  for (const Event& event : events) {
    if (!event.heals.empty()) continue;
    quiet.gap = std::max(quiet.gap, event.cost.gap);
    quiet.lost += event.cost.lost;
    quiet.of += event.cost.of;
  }
  return quiet;
}

// "430 ms in planned handover, 200 ms in vipd started again"
std::string stalled_events(const std::vector<Event>& events, const Terms& terms) {
  std::string text;
  for (const Event& event : events)
    if (event.stalled > 3 * terms.interval)
      text += fmt::format("{}{} in {}", text.empty() ? "" : ", ", in_ms(event.stalled), event.name);
  return text;
}

}  // namespace

bool Event::healed() const {
  return std::ranges::all_of(heals, [](const Heal& heal) { return heal.after.has_value(); });
}

lab::Duration Event::healed_after() const {
  lab::Duration last{};
  for (const Heal& heal : heals) last = std::max(last, heal.after.value_or(lab::Duration{}));
  return last;
}

std::string line_at(lab::Duration since_start, std::string_view text) {
  return fmt::format("{:6.1f} s  {}", seconds(since_start), text);
}

std::string cost_in_words(const Figures& cost) {
  return fmt::format("no answer for {}, {} of {} requests lost", in_ms(cost.gap), cost.lost, cost.of);
}

std::string complaint(const Event& event, lab::Duration patience) {
  for (const Heal& heal : event.heals)
    if (!heal.after)
      return fmt::format("NOT HEALED: {}: {}: not within {:.0f} s: {}", event.name, heal.what,
                         seconds(patience), heal.instead);
  return {};
}

std::string summary(const std::vector<Event>& events) {
  std::vector<Row> rows{{"event", "no answer for", "lost", "of", "healed"}};
  std::ranges::transform(events, std::back_inserter(rows), row_of);
  std::array<std::size_t, 5> width{};
  for (const Row& row : rows)
    for (std::size_t column = 0; column < row.size(); ++column)
      width.at(column) = std::max(width.at(column), row.at(column).size());
  std::string text;
  for (const Row& row : rows)
    text += fmt::format("{:{}}  {:>{}}  {:>{}}  {:>{}}  {}\n", row[0], width[0], row[1], width[1], row[2],
                        width[2], row[3], width[3], row[4]);
  return text;
}

// A gap is at least one interval; three of them, or a lost request, and something else had the processor.
std::string worth(const std::vector<Event>& events, const Terms& terms) {
  const auto quiet = quiet_figures(events);
  const auto seen = fmt::format("with nothing done: {}", cost_in_words(quiet));
  if (quiet.lost > 0 || quiet.gap > 3 * terms.interval)
    return fmt::format(
        "THE MACHINE WAS BUSY: {}. So much of every row above is the machine's, not Hawser's: run it again "
        "while nothing else runs.",
        seen);
  if (const auto stalls = stalled_events(events, terms); !stalls.empty())
    return fmt::format(
        "THE MACHINE WAS BUSY at times: a clock beside the demo stood still for {}. So much of these rows is "
        "the "
        "machine's, not Hawser's: run it again while nothing else runs.",
        stalls);
  return fmt::format("The machine was quiet ({}): a gap in the table is the event's, but for about {}.", seen,
                     in_ms(quiet.gap));
}

std::size_t allowance(const Figures& quiet, std::size_t of) {
  if (quiet.of == 0) return of;
  const auto lost = static_cast<double>(quiet.lost);
  // Poisson: the 95 % upper bound of a count is about count + 1.64 sqrt(count) + 3.
  const auto rate = (lost + 1.64 * std::sqrt(lost) + 3) / static_cast<double>(quiet.of);
  return std::min(of, static_cast<std::size_t>(std::ceil(rate * static_cast<double>(of))));
}

std::vector<std::string> losses(const std::vector<Event>& events, const Terms& terms) {
  const auto quiet = quiet_figures(events);
  std::vector<std::string> lines;
  for (const Event& event : events) {
    const auto most =
        allowance(quiet, event.cost.of) + static_cast<std::size_t>(event.stalled / terms.interval);
    if (event.toll == Toll::kSome || event.cost.lost <= most) continue;
    lines.push_back(
        fmt::format("LOST TOO MUCH: {}: {} of {} requests, where the machine alone explains {} (with nothing "
                    "done {} of {})",
                    event.name, event.cost.lost, event.cost.of, most, quiet.lost, quiet.of));
  }
  return lines;
}

std::string record(const std::vector<Event>& events, const Terms& terms, std::chrono::microseconds epoch) {
  const auto moment = [&](lab::TimePoint point) { return in_us(point.time_since_epoch()) + epoch.count(); };
  json::array list;
  for (const Event& event : events)
    list.push_back({{"name", event.name},
                    {"from_us", moment(event.window.from)},
                    {"to_us", moment(event.window.to)},
                    {"gap_us", in_us(event.cost.gap)},
                    {"lost", event.cost.lost},
                    {"of", event.cost.of},
                    {"healed", event.healed()}});
  const json::object result{{"virtual", terms.virtual_server},
                            {"interval_us", in_us(terms.interval)},
                            {"usual_gap_us", in_us(quiet_figures(events).gap)},
                            {"timeout_us", in_us(terms.timeout)},
                            {"events", std::move(list)}};
  return json::serialize(result) + "\n";
}

}  // namespace hawser::demo
