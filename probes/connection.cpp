#include "probes/connection.h"

#include <cerrno>

#include <fmt/format.h>

namespace hawser::probes {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

tcp::endpoint endpoint_of(const Endpoint& target) {
  const auto bytes = target.address.bytes();
  if (target.address.is_v4()) return {asio::ip::address_v4(target.address.v4_host_order()), target.port};
  asio::ip::address_v6::bytes_type raw{};
  std::copy(bytes.begin(), bytes.end(), raw.begin());
  return {asio::ip::address_v6(raw), target.port};
}

// This host is out of something: says nothing about the other side.
bool is_our_own(int code) {
  return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM || code == EADDRNOTAVAIL ||
         code == EAFNOSUPPORT || code == EPERM || code == EACCES;
}

// A reset comes from where we asked; that there is no way there is said by this host or one in between.
bool is_an_answer(int code) {
  return code == ECONNREFUSED || code == ECONNRESET;
}

}  // namespace

std::shared_ptr<Connection> Connection::begin(const asio::any_io_executor& executor, Milliseconds timeout) {
  auto connection = std::make_shared<Connection>(executor, timeout);
  connection->watch();
  return connection;
}

Connection::Connection(const asio::any_io_executor& executor, Milliseconds timeout)
    : socket_(executor), timer_(executor), timeout_(timeout) {}

void Connection::watch() {
  timer_.expires_after(timeout_);
  // Weak: a probe that ended early must not live until its deadline.
  timer_.async_wait([weak = weak_from_this()](const error_code& error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->late_ = true;
    error_code ignored;
    self->socket_.close(ignored);
  });
}

asio::awaitable<Connection::Failure> Connection::connect(Endpoint target) {
  const auto endpoint = endpoint_of(target);
  error_code error;
  socket_.open(endpoint.protocol(), error);
  if (error) co_return why("socket", error);
  const auto [refused] = co_await socket_.async_connect(endpoint, kAwait);
  answered_ = !late_ && (!refused || is_an_answer(refused.value()));
  co_return why("connect", refused);
}

asio::awaitable<Connection::Failure> Connection::send(std::string_view text) {
  const auto [error, count] = co_await asio::async_write(socket_, asio::buffer(text), kAwait);
  co_return why("send", error);
}

asio::awaitable<Connection::Failure> Connection::receive(std::span<char> buffer, std::size_t& count) {
  const auto [error, got] =
      co_await socket_.async_read_some(asio::buffer(buffer.data(), buffer.size()), kAwait);
  count = got;
  if (error == asio::error::eof) co_return std::nullopt;
  co_return why("receive", error);
}

void Connection::reset() {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
  timer_.cancel();
}

Connection::Failure Connection::why(std::string_view doing, const error_code& error) const {
  if (late_)
    return Verdict{Outcome::kBad, fmt::format("no answer within {}", format_duration(timeout_)), !answered_};
  if (!error) return std::nullopt;
  const auto outcome = is_our_own(error.value()) ? Outcome::kNotRun : Outcome::kBad;
  return Verdict{outcome, fmt::format("{}: {}", doing, error.message()),
                 outcome == Outcome::kBad && !answered_};
}

}  // namespace hawser::probes
