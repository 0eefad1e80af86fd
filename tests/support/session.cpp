#include "tests/support/session.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "tests/support/failure.h"

namespace hawser::lab {
namespace {

constexpr auto kEvery = 10ms;

sockaddr_in endpoint_of(std::string_view text, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, std::string(text).c_str(), &address.sin_addr);
  return address;
}

// `patience`: how soon the threads see that they shall stop.
Fd open_socket() {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  const timeval patience{.tv_sec = 0, .tv_usec = 50'000};
  if (!fd || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0)
    give_up_errno("TCP: open");
  return fd;
}

Fd listen_at(const sockaddr_in& address) {
  auto fd = open_socket();
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd.get(), 1) != 0)
    give_up_errno("TCP: listen");
  return fd;
}

Fd connect_to(const sockaddr_in& address) {
  auto fd = open_socket();
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    give_up_errno("TCP: connect");
  return fd;
}

bool nothing_yet(ssize_t size) {
  return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

}  // namespace

Session::Session(const Namespace& client, const Namespace& server, std::string_view address,
                 std::uint16_t port)
    : listening_(server.inside([&] { return listen_at(endpoint_of(address, port)); })),
      client_(client.inside([&] { return connect_to(endpoint_of(address, port)); })),
      server_thread_([this](const std::stop_token& stop) { echo(stop); }),
      client_thread_([this](const std::stop_token& stop) { ask(stop); }) {}

void Session::echo(const std::stop_token& stop) const {
  Fd peer;
  while (!peer && !stop.stop_requested())
    peer = Fd(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const timeval patience{.tv_sec = 0, .tv_usec = 50'000};
  ::setsockopt(peer.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::array<char, 4096> buffer{};
  while (!stop.stop_requested()) {
    const auto size = ::recv(peer.get(), buffer.data(), buffer.size(), 0);
    if (nothing_yet(size)) continue;
    if (size <= 0 || ::send(peer.get(), buffer.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) != size)
      return;
  }
}

void Session::ask(const std::stop_token& stop) {
  while (!stop.stop_requested() && alive_) {
    const auto number = sent_.load();
    if (::send(client_.get(), &number, sizeof number, MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof number) {
      ++sent_;
      under_way_.push_back(Clock::now());
    }
    std::this_thread::sleep_for(kEvery);
    take_answers();
  }
}

void Session::take_answers() {
  for (std::uint64_t answer = 0;;) {
    const auto size = ::recv(client_.get(), &answer, sizeof answer, MSG_DONTWAIT | MSG_PEEK);
    if (nothing_yet(size) || (size > 0 && size < static_cast<ssize_t>(sizeof answer))) return;
    alive_ = size > 0 && answer == expected_ && !under_way_.empty();
    if (!alive_) return;
    (void)::recv(client_.get(), &answer, sizeof answer, 0);
    ++expected_;
    const auto now = Clock::now();
    longest_gap_ = std::max(longest_gap_.load(), now - last_answer_.load());
    last_answer_ = now;
    answered_sent_at_ = under_way_.front();
    under_way_.pop_front();
  }
}

bool Session::answered_since(TimePoint since) const {
  return answered_sent_at_.load() >= since;
}

Duration Session::longest_gap() const {
  return std::max(longest_gap_.load(), Clock::now() - last_answer_.load());
}

void Session::forget_gaps() {
  longest_gap_ = Duration::zero();
}

}  // namespace hawser::lab
