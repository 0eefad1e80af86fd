// The daemons' log: one line per change, object first, to stderr. Under systemd with the journal's level
// prefix (sd-daemon(3)), elsewhere with time and level. Libraries do not log; programs do, once (STYLE 2.14).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "lib/base/names.h"
#include "lib/base/result.h"

namespace hawser::log {

enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError };

enum class Target : std::uint8_t { kStderr, kJournal };

// By the name in the file ([log] level); an unknown one is refused. Before it, info and what stderr is.
Status set_level(std::string_view name);

// Info = something changed; warning = we cannot do what was asked, and retry; error = we stop. Never waits:
// what a full journal does not take is lost, and the next line that gets through says how many were.
void write(Level level, std::string_view text);

template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kDebug, fmt::format(format, std::forward<Args>(args)...));
}
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

template <>
inline constexpr std::array<hawser::Name<hawser::log::Level>, 4> hawser::kNames<hawser::log::Level>{{
    {hawser::log::Level::kDebug, "debug"},
    {hawser::log::Level::kInfo, "info"},
    {hawser::log::Level::kWarning, "warning"},
    {hawser::log::Level::kError, "error"},
}};
