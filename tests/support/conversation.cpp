#include "tests/support/conversation.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "lib/base/fd.h"
#include "tests/support/failure.h"

namespace hawser::lab {
namespace {

constexpr auto kEvery = 1ms;
constexpr auto kPatience = 60s;                // for what is on its way at the end
constexpr std::size_t kMostWaiting = 1 << 14;  // bytes; more is not sent while the connection stands still

struct Place {
  sockaddr_storage storage{};
  socklen_t length = 0;
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Place place_of(const std::string& text, std::uint16_t port) {
  Place place;
  if (text.find(':') == std::string::npos) {
    auto& address = reinterpret_cast<sockaddr_in&>(place.storage);
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, text.c_str(), &address.sin_addr);
    place.length = sizeof(sockaddr_in);
  } else {
    auto& address = reinterpret_cast<sockaddr_in6&>(place.storage);
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    ::inet_pton(AF_INET6, text.c_str(), &address.sin6_addr);
    place.length = sizeof(sockaddr_in6);
  }
  return place;
}

Fd listen_at(const Place& place) {
  Fd fd{::socket(place.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const int yes = 1;
  if (!fd || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      ::bind(fd.get(), place.get(), place.length) != 0 || ::listen(fd.get(), 1) != 0)
    give_up_errno("conversation: listen");
  return fd;
}

Fd connect_to(const Place& place) {
  Fd fd{::socket(place.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!fd || ::connect(fd.get(), place.get(), place.length) != 0) give_up_errno("conversation: connect");
  return fd;
}

}  // namespace

// One end: sends and hears in one thread.
class End {
 public:
  explicit End(Fd fd) : fd_(std::move(fd)) {
    ::fcntl(fd_.get(), F_SETFL, O_NONBLOCK);
    thread_ = std::thread([this] { talk(); });
  }
  ~End() { finish(); }
  End(const End&) = delete;
  End& operator=(const End&) = delete;

  void stop() { stopping_ = true; }
  void finish() {
    stop();
    if (thread_.joinable()) thread_.join();
  }

  std::atomic<std::uint64_t> sent = 0, heard = 0;
  std::atomic<Duration> longest_silence = Duration::zero();
  std::string fault;

 private:
  void talk() {
    last_heard_ = Clock::now();
    auto next = Clock::now();
    bool ended = false;
    TimePoint give_up_at = TimePoint::max();
    while (!(closed_ && ended) && fault.empty() && Clock::now() < give_up_at) {
      if (!stopping_ && Clock::now() >= next && waiting_.size() < kMostWaiting) {
        say(sent++);
        next = Clock::now() + kEvery;
      }
      push();
      if (stopping_ && !ended && waiting_.empty()) {
        ended = true;
        ::shutdown(fd_.get(), SHUT_WR);
      }
      if (stopping_ && give_up_at == TimePoint::max()) give_up_at = Clock::now() + kPatience;
      if (closed_) continue;
      pollfd wait{fd_.get(), POLLIN, 0};
      if (::poll(&wait, 1, 1) > 0) hear();
    }
    if (!closed_ && fault.empty()) fault = "the other end was not heard to the end";
  }

  void say(std::uint64_t number) {
    std::array<char, sizeof number> bytes{};
    std::memcpy(bytes.data(), &number, sizeof number);
    waiting_.append(bytes.data(), bytes.size());
  }

  void push() {
    if (waiting_.empty()) return;
    const auto size = ::send(fd_.get(), waiting_.data(), waiting_.size(), MSG_NOSIGNAL);
    if (size > 0) waiting_.erase(0, static_cast<std::size_t>(size));
    if (size < 0 && errno != EAGAIN) fault = std::string("send: ") + std::strerror(errno);
  }

  void hear() {
    std::array<char, 4096> buffer{};
    const auto size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (size < 0 && errno != EAGAIN) fault = std::string("receive: ") + std::strerror(errno);
    closed_ = size == 0;
    if (size <= 0) return;
    const auto now = Clock::now();
    longest_silence = std::max<Duration>(longest_silence.load(), now - last_heard_);
    last_heard_ = now;
    part_.append(buffer.data(), static_cast<std::size_t>(size));
    for (std::uint64_t number = 0; part_.size() >= sizeof number; part_.erase(0, sizeof number)) {
      std::memcpy(&number, part_.data(), sizeof number);
      if (number != heard) fault = fmt::format("{} came instead of {}", number, heard.load());
      ++heard;
    }
  }

  Fd fd_;
  std::string waiting_, part_;
  TimePoint last_heard_;
  bool closed_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

struct Conversation::Ends {
  Ends(Fd client_socket, Fd server_socket)
      : client(std::move(client_socket)), server(std::move(server_socket)) {}
  End client;
  End server;
};

Conversation::Conversation(const Namespace& client, const Namespace& server, std::string_view address,
                           std::uint16_t port, std::string_view server_address) {
  const auto place = place_of(std::string(address), port);
  const auto own = server_address.empty() ? place : place_of(std::string(server_address), port);
  const Fd door = server.inside([&] { return listen_at(own); });
  Fd from = client.inside([&] { return connect_to(place); });
  Fd to{::accept4(door.get(), nullptr, nullptr, SOCK_CLOEXEC)};
  if (!to) give_up_errno("conversation: accept");
  ends_ = std::make_unique<Ends>(std::move(from), std::move(to));
}

Conversation::~Conversation() = default;

std::uint64_t Conversation::heard() const {
  return ends_->client.heard;
}

Duration Conversation::take_longest_silence() {
  return ends_->client.longest_silence.exchange(Duration::zero());
}

Conversation::Heard Conversation::end() {
  auto& [client, server] = *ends_;
  client.stop();
  server.stop();
  client.finish();
  server.finish();
  auto fault = client.fault + server.fault;
  return {client.sent, server.heard, server.sent, client.heard, client.longest_silence, std::move(fault)};
}

}  // namespace hawser::lab
