#include "lib/daemon/journal_datagram.h"

#include <cstring>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/base/fd.h"

namespace hawser::log {
namespace {

void add(std::string& datagram, std::string_view field, std::string_view value) {
  if (!value.empty()) datagram += fmt::format("{}={}\n", field, one_line(value));
}

// One for the process: it is asked for each line.
const Fd& journal() {
  static const Fd kSocket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return kSocket;
}

}  // namespace

int syslog_level(Level level) {
  switch (level) {
    case Level::kDebug:
      return 7;
    case Level::kInfo:
      return 6;
    case Level::kWarning:
      return 4;
    case Level::kError:
      return 3;
  }
  return 3;
}

std::string one_line(std::string_view text) {
  std::string result(text);
  for (auto& character : result)
    if (static_cast<unsigned char>(character) < 0x20 || character == 0x7F) character = ' ';
  return result;
}

std::string journal_datagram(const Event& event, std::string_view program, std::string_view line) {
  std::string datagram;
  add(datagram, "MESSAGE", line);
  add(datagram, "PRIORITY", std::to_string(syslog_level(event.level)));
  add(datagram, "SYSLOG_IDENTIFIER", program);
  add(datagram, "HAWSER_KIND", name_of(event.kind));
  add(datagram, "HAWSER_OBJECT", event.object);
  add(datagram, "HAWSER_WHAT", event.what);
  add(datagram, "HAWSER_FROM", event.from);
  add(datagram, "HAWSER_TO", event.to);
  if (event.cause.kind != CauseKind::kNone) add(datagram, "HAWSER_CAUSE", name_of(event.cause.kind));
  add(datagram, "HAWSER_REASON", event.cause.text);
  add(datagram, "HAWSER_EVIDENCE", event.evidence);
  if (event.duration) add(datagram, "HAWSER_DURATION_MS", std::to_string(event.duration->count()));
  return datagram;
}

bool send_to_journal(const std::string& datagram, std::string_view socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, socket.data(), socket.size());
  return ::sendto(journal().get(), datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&address), sizeof(address)) >= 0;
}

}  // namespace hawser::log
