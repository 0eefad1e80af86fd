// A daemon's control socket: HTTP/1.1 with JSON over a Unix stream socket, mode 0660, one request a
// connection. Nothing that a client does or leaves undone delays the loop or locks another client out. Who
// listens to a stream of events is counted apart: short requests do not push him out, nor he them. So is who
// waits for a late answer; how many may is up to the handler that owes it to them.
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
  std::size_t header = 8192;       // bytes; more: 431
  std::size_t body = 65536;        // bytes; more: 413
  std::size_t connections = 64;    // one more, and the oldest is closed: the newest client is always heard
  Milliseconds deadline{5000};     // from accepting to the last byte of the answer; of a stream: for a write
  std::size_t streams = 16;        // one more is refused with 503
  std::size_t unread = 1048576;    // bytes that wait for who listens; what is more he misses, and is told so
  Milliseconds still_here{15000};  // a stream that has nothing to say says so
  Milliseconds look{2000};         // keep(): how often it looks whether the socket file is still there
  bool operator==(const Limits&) const = default;
};

// What keep() has to tell: why there is no socket, once per reason; good again when it was made after all.
using Tell = std::function<void(const Status&)>;

struct ServerState;

class Server {
 public:
  // The file of a process that died is replaced; one that answers is refused ("already running"), and so is a
  // file that is not a socket.
  static Result<std::unique_ptr<Server>> listen(boost::asio::io_context& context,
                                                const std::filesystem::path& socket, Handler handler,
                                                const Limits& limits = {});
  // As listen(), but what cannot be made now (no room, no directory) is made later, and what was removed is
  // made again: a daemon is not to be out of reach for good because of a file.
  static std::unique_ptr<Server> keep(boost::asio::io_context& context, const std::filesystem::path& socket,
                                      Handler handler, Tell tell, const Limits& limits = {});
  // Before the program starts itself again: the file stays, so that whoever asks meanwhile is refused and
  // asks again, where a file that is gone would say that nobody is there.
  void leave_file();
  // Closes every connection and removes the socket file, if it is still the one that was made here. Not to be
  // destroyed by its own handler.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::size_t connections() const;  // without the streams
  [[nodiscard]] std::size_t streams() const;

 private:
  explicit Server(std::shared_ptr<ServerState> state);
  std::shared_ptr<ServerState> state_;
};

}  // namespace hawser::control
