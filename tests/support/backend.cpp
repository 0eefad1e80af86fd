// Compiled apart from the rest: Asio.
#include "tests/support/backend.h"

#include <array>
#include <atomic>
#include <cstring>
#include <future>
#include <optional>
#include <thread>

#include <boost/asio.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/support/failure.h"

namespace hawser::lab {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

struct Backend::State {
  State(std::string shown, std::uint16_t wanted) : name{std::move(shown)}, port{wanted} {}

  std::string name;
  std::uint16_t port;
  asio::io_context loop;
  std::optional<tcp::acceptor> acceptor;
  std::optional<udp::socket> datagrams;
  Behaviour behaviour = Behaviour::kAnswering;
  std::atomic<std::uint64_t> served{0};
  // Never expires; cancelled when the behaviour changes. (Setting its time again would wake all who wait.)
  asio::steady_timer change{loop, TimePoint::max()};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
  std::thread thread;

  void listen();
  void close();
  void become(Behaviour next);
  [[nodiscard]] std::string response() const;
  asio::awaitable<void> accept_all();
  asio::awaitable<void> serve(tcp::socket socket);
  asio::awaitable<void> echo_all();
  void echo_one();
};

void Backend::State::listen() {
  acceptor.emplace(loop, tcp::endpoint(tcp::v4(), port));
  datagrams.emplace(loop, udp::endpoint(udp::v4(), port));
  for (const int option : {IP_PKTINFO, IP_TRANSPARENT})
    if (const int on = 1; ::setsockopt(datagrams->native_handle(), IPPROTO_IP, option, &on, sizeof on) != 0)
      give_up_errno("cannot set up the echo's socket");
  asio::co_spawn(loop, accept_all(), asio::detached);
  asio::co_spawn(loop, echo_all(), asio::detached);
}

void Backend::State::close() {
  error_code ignored;
  if (acceptor) acceptor->close(ignored);
  if (datagrams) datagrams->close(ignored);
}

void Backend::State::become(Behaviour next) {
  const bool listened = behaviour != Behaviour::kRefusing;
  behaviour = next;
  change.cancel();
  if (next == Behaviour::kRefusing) close();
  if (next != Behaviour::kRefusing && !listened) listen();
}

std::string Backend::State::response() const {
  const bool good = behaviour == Behaviour::kAnswering;
  const std::string body = good ? name + "\n" : "told to fail\n";
  return fmt::format(
      "HTTP/1.0 {}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
      good ? "200 OK" : "500 Internal Server Error", body.size(), body);
}

asio::awaitable<void> Backend::State::accept_all() {
  while (acceptor->is_open()) {
    error_code failed;
    tcp::socket socket = co_await acceptor->async_accept(asio::redirect_error(asio::use_awaitable, failed));
    if (failed == asio::error::operation_aborted) co_return;
    if (!failed) asio::co_spawn(loop, serve(std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> Backend::State::serve(tcp::socket socket) {
  std::string request;
  error_code failed;
  co_await asio::async_read_until(socket, asio::dynamic_buffer(request, 65536), "\r\n\r\n",
                                  asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return;
  while (behaviour == Behaviour::kHanging) {
    error_code changed;
    co_await change.async_wait(asio::redirect_error(asio::use_awaitable, changed));
  }
  if (behaviour == Behaviour::kRefusing) {
    // As the kernel does for a process that died: reset, not a polite end.
    socket.set_option(asio::socket_base::linger(true, 0), failed);
    co_return;
  }
  if (behaviour == Behaviour::kAnswering) ++served;
  co_await asio::async_write(socket, asio::buffer(response()),
                             asio::redirect_error(asio::use_awaitable, failed));
  socket.shutdown(tcp::socket::shutdown_both, failed);
}

asio::awaitable<void> Backend::State::echo_all() {
  while (datagrams->is_open()) {
    error_code failed;
    co_await datagrams->async_wait(udp::socket::wait_read, asio::redirect_error(asio::use_awaitable, failed));
    if (failed == asio::error::operation_aborted) co_return;
    if (!failed) echo_one();
  }
}

// The answer comes from the address that was asked, a floating one too, even if it has moved on meanwhile
// (IP_TRANSPARENT): a plain send would use the interface's own, which a client does not take for an answer.
void Backend::State::echo_one() {
  std::array<char, 2048> data{};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in_pktinfo))> control{};
  sockaddr_in from{};
  iovec part{data.data(), data.size()};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const auto size = ::recvmsg(datagrams->native_handle(), &message, MSG_DONTWAIT);
  if (size < 0 || behaviour != Behaviour::kAnswering) return;
  if (auto* item = CMSG_FIRSTHDR(&message)) {
    in_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(item), sizeof info);
    info.ipi_ifindex = 0;  // the way back is the routing table's business
    std::memcpy(CMSG_DATA(item), &info, sizeof info);
  }
  auto answer = std::string(data.data(), static_cast<std::size_t>(size)) + ' ' + name;
  part = {answer.data(), answer.size()};
  static_cast<void>(::sendmsg(datagrams->native_handle(), &message, MSG_DONTWAIT));
}

Backend::Backend(const Namespace& where, std::uint16_t port)
    : state_{std::make_unique<State>(where.host(), port)} {
  State& state = *state_;
  // Listening before the constructor returns; what fails here fails the test.
  where.inside([&] { state.listen(); });
  state.work.emplace(state.loop.get_executor());
  state.thread = std::thread([&state, &where] {
    where.enter();
    state.loop.run();
  });
}

Backend::Backend(Backend&&) noexcept = default;

Backend::~Backend() {
  if (!state_) return;
  state_->loop.stop();
  state_->thread.join();
}

void Backend::set(Behaviour behaviour) {
  std::promise<void> done;
  asio::post(state_->loop, [&] {
    state_->become(behaviour);
    done.set_value();
  });
  done.get_future().wait();
}

std::uint64_t Backend::served() const {
  return state_->served;
}

}  // namespace hawser::lab
