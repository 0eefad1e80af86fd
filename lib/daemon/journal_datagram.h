// An event for systemd's journal with its parts as fields of their own (systemd.journal-fields(7), the native
// protocol of systemd's JOURNAL_NATIVE_PROTOCOL document), so that `journalctl HAWSER_OBJECT=web` finds it.
#pragma once

#include <string>
#include <string_view>

#include "lib/events/event.h"

namespace hawser::log {

inline constexpr std::string_view kJournalSocket = "/run/systemd/journal/socket";

// syslog(3): the kernel's levels.
int syslog_level(Level level);

// What `text` would break a line or a terminal with becomes a space: a peer may have sent it.
std::string one_line(std::string_view text);

// MESSAGE is `line`; PRIORITY, SYSLOG_IDENTIFIER, HAWSER_KIND, _OBJECT, _WHAT, _FROM, _TO, _CAUSE, _REASON,
// _EVIDENCE, _DURATION_MS. An empty part has no field.
std::string journal_datagram(const Event& event, std::string_view program, std::string_view line);

// Never waits. False: the journal has not taken it.
bool send_to_journal(const std::string& datagram, std::string_view socket = kJournalSocket);

}  // namespace hawser::log
