#include "vipd/worker/route_events.h"

namespace hawser::vipd {

namespace {

Event of(const RouteReport& report, std::string_view what, Level level = Level::kInfo) {
  return {.kind = EventKind::kRoute,
          .level = level,
          .object = report.vip,
          .what = fmt::format("{} {}", report.address, what),
          .cause = {CauseKind::kProvider, ""}};
}

bool leads_elsewhere(const RouteReport& report) {
  return report.standing == provider::Standing::kElsewhere || report.standing == provider::Standing::kNobody;
}

// Where it leads is no news of its own once it was said that somebody took it.
std::optional<Event> of_taking(const RouteReport& before, const RouteReport& now, bool is_taken) {
  if (now.lost && !before.lost)
    return of(
        now,
        fmt::format("leads to {}, who was faster: this host serves it only when it leads here", whose(now)),
        Level::kWarning);
  if (is_taken && before.confirmed && leads_elsewhere(now))
    return of(now,
              fmt::format("leads to {} while this host is Active: somebody led it there; to take it back: "
                          "vipctl provider set {} ..",
                          whose(now), now.address),
              Level::kWarning);
  return std::nullopt;
}

}  // namespace

std::string whose(const RouteReport& report) {
  if (report.standing == provider::Standing::kNobody) return "nobody";
  return report.node.empty() ? report.target : fmt::format("{} ({})", report.node, report.target);
}

std::vector<Event> route_events(const RouteReport& before, const RouteReport& now, bool is_taken) {
  std::vector<Event> events;
  // Not each try of one that goes wrong.
  if (now.asking == provider::Ask::kSet && before.asking != provider::Ask::kSet && now.trouble.empty())
    events.push_back(of(now, fmt::format("is being led here by {}", now.provider)));
  if (auto taken = of_taking(before, now, is_taken))
    events.push_back(std::move(*taken));
  else if (now.standing != before.standing || now.target != before.target)
    events.push_back(of(now, now.standing == provider::Standing::kHere
                                 ? fmt::format("leads here ({})", now.target)
                                 : fmt::format("leads to {}", whose(now))));
  return events;
}

Event trouble_event(const RouteReport& report, Milliseconds asked_again_in) {
  auto event = of(report,
                  fmt::format("is not answered for by {}; asked again in {}", report.provider,
                              format_duration(std::chrono::ceil<std::chrono::seconds>(asked_again_in))),
                  Level::kWarning);
  event.cause.text = report.trouble;
  return event;
}

}  // namespace hawser::vipd
