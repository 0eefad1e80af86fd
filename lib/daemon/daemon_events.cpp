#include "lib/daemon/daemon_events.h"

#include <fmt/format.h>

namespace hawser {

Event problem_event(Level level, const std::string& problem) {
  auto event = event_from(problem, EventKind::kFile, level);
  event.cause.kind = CauseKind::kFile;
  return event;
}

Event more_problems_event(Level level, std::size_t more) {
  return {.kind = EventKind::kFile,
          .level = level,
          .object = fmt::format("and {} more problems: check says them all", more),
          .cause = {CauseKind::kFile, ""}};
}

Event last_good_event(const std::string& file, const std::string& node, const std::string& problem) {
  Event event{.kind = EventKind::kFile, .level = Level::kWarning, .object = file};
  event.to = "broken";
  event.cause = {CauseKind::kFile,
                 fmt::format("the last good file is in use{}{}", node.empty() ? "" : ", as node " + node,
                             problem.empty() ? "" : ": " + problem)};
  return event;
}

Event control_socket_event(const std::string& socket, const Status& made) {
  Event event{.kind = EventKind::kStorage};
  if (made) {
    event.object = socket;
    event.to = "control socket made again";
    return event;
  }
  event.level = Level::kWarning;
  event.object = made.error().text;
  event.to = "no control socket, status and reload do not get through: tried again";
  event.cause.kind = CauseKind::kKernel;
  return event;
}

Event trouble_event(EventKind kind, const Error& why) {
  auto event = event_from(why.text, kind, Level::kWarning);
  event.cause.kind = CauseKind::kKernel;
  return event;
}

}  // namespace hawser
