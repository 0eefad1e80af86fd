// A TCP connection of one probe with a hard deadline over everything that it does. When the deadline passes
// the socket is closed, so that whatever waits on it ends, however slowly the other side drips.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <boost/asio.hpp>

#include "lib/base/address.h"
#include "lib/base/duration.h"
#include "probes/health.h"

namespace hawser::probes {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Failure = std::optional<Verdict>;  // nullopt: it went well

  // The deadline runs from here.
  static std::shared_ptr<Connection> begin(const boost::asio::any_io_executor& executor,
                                           Milliseconds timeout);
  explicit Connection(const boost::asio::any_io_executor& executor, Milliseconds timeout);

  boost::asio::awaitable<Failure> connect(Endpoint target);
  boost::asio::awaitable<Failure> send(std::string_view text);
  // Up to `buffer` bytes; `count` 0 without a failure: the other side closed.
  boost::asio::awaitable<Failure> receive(std::span<char> buffer, std::size_t& count);
  // Closes with a reset instead of FIN: the probe has what it wanted, and neither side keeps a socket in
  // TIME_WAIT for a minute. With thousands of probes a second those would use up the local ports.
  void reset();

 private:
  void watch();
  [[nodiscard]] Failure why(std::string_view doing, const boost::system::error_code& error) const;

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  Milliseconds timeout_;
  bool late_ = false;
  bool answered_ = false;  // the other side, at least once
};

}  // namespace hawser::probes
