// The report as text and as JSON.
#include <boost/json.hpp>

#include "bondctl/drill/report.h"
#include "lib/cli/table.h"

namespace hawser::bondctl::drill {

namespace {

namespace json = boost::json;

std::string outage_of(const Row& row) {
  return row.cost.lost() == 0 ? "none" : in_ms(row.cost.outage);
}

std::string announced_in_words(const Row& row) {
  if (!row.due && row.announced.empty()) return "";
  if (!row.missing.empty()) return "MISSING";
  Micros last{};
  for (const auto& one : row.announced) last = std::max(last, one.after);
  return in_ms(last);
}

std::string table_of(const Report& report, std::size_t width) {
  using cli::Align;
  cli::Table table{{{"port"},
                    {"event"},
                    {"role"},
                    {"outage", Align::kRight},
                    {"lost", Align::kRight},
                    {"of", Align::kRight},
                    {"out", Align::kRight},
                    {"beyond", Align::kRight},
                    {"in", Align::kRight},
                    {"active"},
                    {"told", Align::kRight}}};
  for (const auto& row : report.rows) {
    const auto& cost = row.cost;
    const bool quiet = row.phase.event == Event::kQuiet;
    table.add({quiet ? "-" : row.phase.port, std::string(name_of(row, report.recording.how)), row.role,
               outage_of(row), std::to_string(cost.lost()), std::to_string(cost.sent),
               std::to_string(cost.never_left), std::to_string(cost.no_answer),
               std::to_string(cost.not_passed), row.phase.active_after, announced_in_words(row)});
  }
  return table.str("  ", width);
}

std::string headline(const Recording& recording) {
  return fmt::format("{}: {}, drill --how {}, a probe every {} to {}\n", recording.subject.name,
                     hawser::name_of(recording.subject.bond.mode), hawser::name_of(recording.how),
                     in_ms(recording.every), recording.target.address);
}

std::string legend(const Recording& recording) {
  std::string text =
      "  lost: out = no port sent it, beyond = sent and no answer came,\n"
      "        in = the answer came to a port that did not pass it on\n";
  if (!recording.due.empty())
    text += "  told: until every address was announced (gratuitous ARP, unsolicited NA)\n";
  return text;
}

std::string list(std::string_view title, const std::vector<std::string>& lines, std::size_t width) {
  std::string text;
  const auto indent = title.size() + 4;
  for (const auto& line : lines)
    for (bool first = true;
         const auto& part : cli::wrapped(line, width > indent + 20 ? width - indent : line.size() + 1)) {
      text += first ? fmt::format("  {}: {}\n", title, part) : fmt::format("{:{}}{}\n", "", indent, part);
      first = false;
    }
  return text;
}

json::array heard_json(const std::vector<Heard>& heard) {
  json::array result;
  for (const auto& one : heard)
    result.push_back(json::object{{"address", to_string(one.address)},
                                  {"mac", to_string(one.mac)},
                                  {"port", one.port},
                                  {"after_us", one.after.count()}});
  return result;
}

template <class List>
json::array texts(const List& list) {
  json::array result;
  for (const auto& one : list) {
    if constexpr (requires { to_string(one); })
      result.emplace_back(to_string(one));
    else
      result.emplace_back(one);
  }
  return result;
}

json::object row_json(const Row& row, How how) {
  const auto& phase = row.phase;
  const auto& cost = row.cost;
  json::value moved;
  if (cost.moved) moved = (*cost.moved - phase.window.from).count();
  return {{"event", name_of(row, how)},
          {"port", phase.port},
          {"role", row.role},
          {"from_us", phase.window.from.count()},
          {"to_us", phase.window.to.count()},
          {"outage_us", cost.outage.count()},
          {"outage_from_us", cost.outage_from.count()},
          {"sent", cost.sent},
          {"lost", cost.lost()},
          {"lost_out", cost.never_left},
          {"lost_beyond", cost.no_answer},
          {"lost_in", cost.not_passed},
          {"silent_out_us", cost.silent_out.count()},
          {"silent_in_us", cost.silent_in.count()},
          {"moved_us", moved},
          {"active_before", phase.active_before},
          {"active_after", phase.active_after},
          {"announced", heard_json(row.announced)},
          {"missing", texts(row.missing)},
          {"recovered", phase.end == End::kAnswered}};
}

}  // namespace

std::string in_ms(Micros duration) {
  return fmt::format("{:.1f}ms", static_cast<double>(duration.count()) / 1000);
}

std::string render(const Report& report, std::size_t width) {
  const auto& recording = report.recording;
  auto text = headline(recording) + table_of(report, width) + legend(recording);
  text += list("not drilled", recording.subject.left_out, width) + list("note", report.notes, width) +
          list("FAULT", report.faults, width);
  if (report.faults.empty()) text += "  every fault was survived\n";
  return text;
}

json::value to_json(const Report& report) {
  const auto& recording = report.recording;
  json::array rows;
  for (const auto& row : report.rows) rows.push_back(row_json(row, recording.how));
  return {{"format", 1},
          {"bond", recording.subject.name},
          {"mode", hawser::name_of(recording.subject.bond.mode)},
          {"how", hawser::name_of(recording.how)},
          {"target", to_string(recording.target.address)},
          {"every_us", recording.every.count()},
          {"good", report.faults.empty()},
          {"faults", texts(report.faults)},
          {"notes", texts(report.notes)},
          {"left_out", texts(recording.subject.left_out)},
          {"rows", std::move(rows)}};
}

}  // namespace hawser::bondctl::drill
