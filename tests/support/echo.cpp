#include "tests/support/echo.h"

#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "tests/support/failure.h"

namespace hawser::lab {
namespace {

// Bound to the address itself: from a socket bound to any, the answer would bear the host's own.
Fd open_socket(std::string_view text, std::uint16_t port) {
  Fd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  const timeval patience{.tv_sec = 0, .tv_usec = 50'000};  // how soon the thread sees that it shall stop
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, std::string(text).c_str(), &address.sin_addr);
  if (!fd || ::setsockopt(fd.get(), IPPROTO_IP, IP_FREEBIND, &yes, sizeof yes) != 0 ||
      ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    give_up_errno("UDP port {}: open", port);
  return fd;
}

}  // namespace

Echo::Echo(const Namespace& where, std::string_view address, std::uint16_t port)
    : socket_{where.inside([&] { return open_socket(address, port); })},
      thread_{[this, name = where.host()](const std::stop_token& stop) { answer_all(stop, name); }} {}

void Echo::answer_all(const std::stop_token& stop, const std::string& name) const {
  std::array<char, 512> buffer{};
  while (!stop.stop_requested()) {
    sockaddr_in from{};
    socklen_t length = sizeof from;
    const auto size = ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0,
                                 reinterpret_cast<sockaddr*>(&from), &length);
    if (size < 0) continue;
    const std::string text = std::string(buffer.data(), static_cast<std::size_t>(size)) + " " + name;
    // What cannot be sent is lost, and counted as that by the client.
    if (::sendto(socket_.get(), text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&from),
                 length) < 0)
      continue;
  }
}

}  // namespace hawser::lab
