#include "tests/support/answers.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <mutex>
#include <optional>
#include <span>
#include <thread>

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>

#include "lib/base/fd.h"
#include "tests/support/failure.h"

namespace hawser::lab {
namespace {

using Octets = std::vector<std::uint8_t>;

constexpr Duration kEvery = 10ms;
// The asker is nobody's: no host has its MAC or its addresses.
const Octets kMac{0x02, 0, 0, 0, 0, 0xFA};
const Octets kAddress4{192, 0, 2, 250};
const Octets kAddress6{0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFA};

void put(Octets& to, const Octets& more) {
  to.insert(to.end(), more.begin(), more.end());
}

bool holds(std::span<const std::uint8_t> frame, std::size_t at, const Octets& octets) {
  return frame.size() >= at + octets.size() && std::ranges::equal(frame.subspan(at, octets.size()), octets);
}

// Of IPv4 or IPv6; empty: of neither.
Octets parsed(const std::string& text) {
  Octets octets(text.find(':') == std::string::npos ? 4 : 16);
  if (::inet_pton(octets.size() == 4 ? AF_INET : AF_INET6, text.c_str(), octets.data()) != 1)
    give_up("{}: not an address", text);
  return octets;
}

Octets arp_question(const Octets& address) {
  Octets frame(6, 0xFF);
  put(frame, kMac);
  put(frame, {0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1});
  put(frame, kMac);
  put(frame, kAddress4);
  put(frame, Octets(6));
  put(frame, address);
  return frame;
}

bool is_arp_answer(std::span<const std::uint8_t> frame, const Octets& address) {
  return holds(frame, 12, {0x08, 0x06}) && holds(frame, 20, {0, 2}) && holds(frame, 28, address) &&
         holds(frame, 38, kAddress4);  // what is gratuitous goes to somebody else
}

std::uint16_t internet_checksum(const Octets& octets) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < octets.size(); i += 2)
    sum += static_cast<std::uint32_t>(octets[i]) << 8U | octets[i + 1];
  while (sum > 0xFFFF) sum = (sum & 0xFFFFU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

Octets neighbour_question(const Octets& address) {
  const Octets tail(address.end() - 3, address.end());
  Octets group{0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF};
  put(group, tail);
  Octets message{135, 0, 0, 0, 0, 0, 0, 0};
  put(message, address);
  put(message, {1, 1});
  put(message, kMac);
  Octets counted = kAddress6;  // with the pseudo header
  put(counted, group);
  put(counted, {0, 0, 0, static_cast<std::uint8_t>(message.size()), 0, 0, 0, 58});
  put(counted, message);
  const auto checksum = internet_checksum(counted);
  message[2] = static_cast<std::uint8_t>(checksum >> 8U);
  message[3] = static_cast<std::uint8_t>(checksum & 0xFFU);
  Octets frame{0x33, 0x33, 0xFF};
  put(frame, tail);
  put(frame, kMac);
  put(frame, {0x86, 0xDD, 0x60, 0, 0, 0, 0, static_cast<std::uint8_t>(message.size()), 58, 255});
  put(frame, kAddress6);
  put(frame, group);
  put(frame, message);
  return frame;
}

bool is_neighbour_answer(std::span<const std::uint8_t> frame, const Octets& address) {
  return holds(frame, 12, {0x86, 0xDD}) && holds(frame, 20, {58}) && holds(frame, 38, kAddress6) &&
         holds(frame, 54, {136}) && holds(frame, 62, address);
}

// Of all interfaces of the switch, and of what comes in alone.
Fd open_socket() {
  Fd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL)));
  const int yes = 1;
  if (!fd || ::setsockopt(fd.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes) != 0 ||
      ::setsockopt(fd.get(), SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes) != 0)
    give_up_errno("packet socket");
  return fd;
}

struct Received {
  std::chrono::nanoseconds time{};
  int port = 0;
  std::size_t size = 0;
};

// Nothing: there is no more at the moment.
std::optional<Received> receive(int fd, std::span<std::uint8_t> into) {
  iovec part{into.data(), into.size()};
  sockaddr_ll from{};
  alignas(cmsghdr) std::array<char, 128> control{};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const auto size = ::recvmsg(fd, &message, 0);
  if (size < 0) return {};
  Received received{.time = {}, .port = from.sll_ifindex, .size = static_cast<std::size_t>(size)};
  for (cmsghdr* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
    if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SO_TIMESTAMPNS) continue;
    timespec time{};
    std::memcpy(&time, CMSG_DATA(one), sizeof time);
    received.time = std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }
  return received;
}

// Of the host at the other end of the cable; the ports are called HOST-INTERFACE.
std::string host_at(int port) {
  std::array<char, IF_NAMESIZE> name{};
  if (::if_indextoname(static_cast<unsigned>(port), name.data()) == nullptr) return {};
  const std::string text(name.data());
  const auto dash = text.find('-');
  return dash == std::string::npos ? std::string() : text.substr(0, dash);
}

}  // namespace

struct Answers::State {
  Fd socket;
  Octets address;
  Octets question;
  sockaddr_ll everybody{};
  mutable std::mutex mutex;
  std::vector<Answer> answers;
  std::jthread thread;  // last: it ends before what it uses

  void open(const std::string& text);
  void ask_and_listen(const std::stop_token& stop);
  void take_all();
  [[nodiscard]] bool is_answer(std::span<const std::uint8_t> frame) const;
};

void Answers::State::open(const std::string& text) {
  address = parsed(text);
  question = address.size() == 4 ? arp_question(address) : neighbour_question(address);
  socket = open_socket();
  everybody.sll_family = AF_PACKET;
  everybody.sll_ifindex = static_cast<int>(::if_nametoindex("bridge"));
}

bool Answers::State::is_answer(std::span<const std::uint8_t> frame) const {
  return address.size() == 4 ? is_arp_answer(frame, address) : is_neighbour_answer(frame, address);
}

void Answers::State::take_all() {
  std::array<std::uint8_t, 256> buffer{};
  while (const auto received = receive(socket.get(), buffer)) {
    if (!is_answer(std::span(buffer).first(std::min(received->size, buffer.size())))) continue;
    auto host = host_at(received->port);
    const std::lock_guard lock(mutex);
    if (!host.empty()) answers.push_back({received->time, std::move(host)});
  }
}

void Answers::State::ask_and_listen(const std::stop_token& stop) {
  TimePoint next = Clock::now();
  while (!stop.stop_requested()) {
    // A question that cannot be sent is one less.
    static_cast<void>(::sendto(socket.get(), question.data(), question.size(), 0,
                               reinterpret_cast<const sockaddr*>(&everybody), sizeof everybody));
    next = std::max(next + kEvery, Clock::now());
    std::this_thread::sleep_until(next);
    take_all();
  }
}

Answers::Answers(const Switch& segment, const std::string& address) : state_{std::make_unique<State>()} {
  segment.where().inside([&] { state_->open(address); });
  state_->thread = std::jthread([state = state_.get(), &segment](const std::stop_token& stop) {
    segment.where().enter();
    state->ask_and_listen(stop);
  });
}

Answers::Answers(Answers&&) noexcept = default;
Answers::~Answers() = default;

std::vector<Answer> Answers::all() const {
  const std::lock_guard lock(state_->mutex);
  return state_->answers;
}

std::size_t Answers::of(const std::string& host) const {
  const auto answers = all();
  return static_cast<std::size_t>(std::ranges::count(answers, host, &Answer::host));
}

bool Answers::come_from(const std::string& host, Duration within) const {
  return eventually(within, [&] {
    const auto before = all().size();
    std::this_thread::sleep_for(20 * kEvery);
    const auto answers = all();
    const auto since = std::span(answers).subspan(before);
    return !since.empty() && std::ranges::count(since, host, &Answer::host) == std::ssize(since);
  });
}

}  // namespace hawser::lab
