// The daemons' log: one line per change, object first, to stderr. Under systemd the journal gets the parts of
// an event as fields, and lines with its level prefix (sd-daemon(3)); elsewhere lines have time and level.
// Libraries do not log; programs do, once.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "lib/base/result.h"
#include "lib/events/event.h"

namespace hawser::log {

enum class Target : std::uint8_t { kStderr, kJournal };

// By the name in the file ([log] level); an unknown one is refused. Before it, info and what stderr is.
Status set_level(std::string_view name);

// Never waits: what a full journal does not take is lost, and the next line that gets through says how many
// were.
void write(const Event& event);

// Of the process itself, where there is no event: before it is known whether it may run, and in its children.
void write(Level level, std::string_view text);

template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kWarning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kError, fmt::format(format, std::forward<Args>(args)...));
}

// The pure part: one line with its newline. Control characters in `text` (a peer may have sent them) become
// spaces.
std::string line(Target target, Level level, std::chrono::system_clock::time_point now,
                 std::string_view text);

// Whether stderr, whose device and inode these are, is what JOURNAL_STREAM ("DEVICE:INODE") names.
Target target_of(std::string_view journal_stream, std::uint64_t device, std::uint64_t inode);

}  // namespace hawser::log
