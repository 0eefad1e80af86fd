// A daemon's control socket: HTTP/1.1 with JSON over a Unix stream socket, mode 0660, one request a
// connection. Nothing that a client does or leaves undone delays the loop or locks another client out.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "lib/base/duration.h"
#include "lib/base/result.h"
#include "lib/control/message.h"

namespace hawser::control {

// Runs in the loop and must not wait. What it throws becomes a 500.
using Handler = std::function<Response(const Request&)>;

struct Limits {
  std::size_t header = 8192;     // bytes; more: 431
  std::size_t body = 65536;      // bytes; more: 413
  std::size_t connections = 64;  // one more, and the oldest is closed: the newest client is always heard
  Milliseconds deadline{5000};   // from accepting to the last byte of the answer; then closed
  bool operator==(const Limits&) const = default;
};

class Server {
 public:
  // The file of a process that died is replaced; one that answers is refused ("already running"), and so is a
  // file that is not a socket.
  static Result<std::unique_ptr<Server>> listen(boost::asio::io_context& context,
                                                const std::filesystem::path& socket, Handler handler,
                                                const Limits& limits = {});
  // Closes every connection and removes the socket file, if it is still the one that was made here. Not to be
  // destroyed by its own handler.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::size_t connections() const;

 private:
  struct State;
  explicit Server(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace hawser::control
