#include "bondctl/drill/report.h"

#include <algorithm>

#include <boost/json.hpp>

namespace hawser::bondctl::drill {

namespace {

// Less than that of what was meant to be sent: the figures are coarser than they look.
constexpr double kOnTime = 0.7;

std::string role_of(const Recording& recording, const Phase& phase) {
  if (phase.event != Event::kFault) return {};
  if (has_active_port(recording.subject.bond.mode))
    return phase.port == phase.active_before ? "active" : "backup";
  return carried_by(recording.probes, phase.window.from, phase.port) ? "carries" : "idle";
}

std::vector<Heard> heard_in(const Recording& recording, const Phase& phase) {
  std::vector<Heard> heard;
  for (const auto& announcement : recording.announcements) {
    if (announcement.when < phase.window.from || announcement.when >= phase.window.to) continue;
    const bool again =
        std::ranges::any_of(heard, [&](const Heard& one) { return one.address == announcement.address; });
    // Told through the port that lost the role it reaches nobody who has to learn the new one.
    const bool right = phase.active_after.empty() || announcement.port == phase.active_after;
    if (!again && right)
      heard.push_back(
          {announcement.address, announcement.mac, announcement.port, announcement.when - phase.window.from});
  }
  return heard;
}

std::vector<IpAddress> missing_of(const std::vector<IpAddress>& due, const std::vector<Heard>& heard) {
  std::vector<IpAddress> missing;
  for (const auto& address : due)
    if (std::ranges::none_of(heard, [&](const Heard& one) { return one.address == address; }))
      missing.push_back(address);
  return missing;
}

Row row_of(const Recording& recording, const Phase& phase) {
  Row row{phase, role_of(recording, phase), cost_of(recording.probes, phase.window, phase.port), {}, false,
          {}};
  if (phase.event == Event::kQuiet) return row;
  row.announced = heard_in(recording, phase);
  row.due =
      !recording.due.empty() && !phase.active_after.empty() && phase.active_before != phase.active_after;
  if (row.due) row.missing = missing_of(recording.due, row.announced);
  return row;
}

// A live link over a dead path is what a carrier cannot show.
std::string remedy_for(const Recording& recording) {
  const auto& bond = recording.subject.bond;
  if (recording.how != How::kPath || bond.mode == BondMode::k8023ad || bond.get(BondOption::kArpInterval) > 0)
    return {};
  return ": the link stayed up, and only arp_interval with arp_ip_target sees what lies behind it";
}

void find_faults(Report& report, const Row& row) {
  const auto& phase = row.phase;
  const auto name = fmt::format("{} {}", phase.port, name_of(row, report.recording.how));
  const auto patience = format_duration(phase.patience);
  const auto& target = report.recording.target.address;
  if (phase.end == End::kMissing)
    report.faults.push_back(fmt::format("{}: not usable again within {}: {}", name, patience, phase.why));
  if (phase.end == End::kUnanswered)
    report.faults.push_back(phase.event == Event::kFault
                                ? fmt::format("{}: no fail-over within {}: {} does not answer{}", name,
                                              patience, target, remedy_for(report.recording))
                                : fmt::format("{}: {} does not answer within {}", name, target, patience));
  for (const auto& address : row.missing)
    report.faults.push_back(fmt::format("{}: {} was not announced through {}: no {} left it", name, address,
                                        phase.active_after,
                                        address.is_v4() ? "gratuitous ARP" : "Neighbor Advertisement"));
}

bool was_busy(const Recording& recording, const Row& row) {
  const auto meant = (row.phase.window.to - row.phase.window.from) / recording.every;
  return static_cast<double>(row.cost.sent) < kOnTime * static_cast<double>(meant);
}

void find_notes(Report& report) {
  const auto& recording = report.recording;
  for (const auto& row : report.rows) {
    if (row.phase.meddled)
      report.notes.push_back(fmt::format(
          "{0}: somebody else put it up before the drill did (netd holds a port as its file says): "
          "its fault was shorter than it looks; --how path is not undone so",
          row.phase.port));
    if (row.role == "idle")
      report.notes.push_back(fmt::format(
          "{}: the probes went by another port, so its row says nothing of what goes by it", row.phase.port));
  }
  if (std::ranges::any_of(report.rows, [&](const Row& row) { return was_busy(recording, row); }))
    report.notes.emplace_back(
        "this machine was busy: fewer probes were sent than meant, figures are coarser");
  if (recording.guarded)
    report.notes.emplace_back("netd's bond guard ran: what it did is part of these figures");
}

}  // namespace

Report judge(const Recording& recording) {
  Report report{recording, {}, {}, {}};
  for (const auto& phase : recording.phases) report.rows.push_back(row_of(recording, phase));
  for (const auto& row : report.rows) find_faults(report, row);
  if (!recording.stopped.empty()) report.faults.push_back(recording.stopped);
  find_notes(report);
  return report;
}

std::string_view name_of(const Row& row, How how) {
  if (row.phase.event == Event::kQuiet) return "quiet";
  return row.phase.event == Event::kBack ? "back" : hawser::name_of(how);
}

}  // namespace hawser::bondctl::drill
