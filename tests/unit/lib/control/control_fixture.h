// A control server in a thread of its own, on a socket in a temporary directory; and a client that can
// misbehave.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstring>
#include <future>
#include <thread>

#include <boost/asio.hpp>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/control/client.h"
#include "lib/control/json.h"
#include "lib/control/server.h"
#include "tests/support/temp_dir.h"

namespace hawser::control {

class RunningServer {
 public:
  RunningServer(const std::filesystem::path& socket, Handler handler, const Limits& limits) {
    auto listening = Server::listen(context_, socket, std::move(handler), limits);
    if (!listening) throw std::runtime_error(listening.error().text);
    server_ = std::move(*listening);
    thread_ = std::thread([this] { context_.run(); });
  }
  ~RunningServer() {
    boost::asio::post(context_, [this] { server_.reset(); });
    thread_.join();
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  boost::asio::io_context& context() { return context_; }
  std::size_t connections() {
    std::promise<std::size_t> count;
    boost::asio::post(context_, [&] { count.set_value(server_->connections()); });
    return count.get_future().get();
  }
  std::size_t streams() {
    std::promise<std::size_t> count;
    boost::asio::post(context_, [&] { count.set_value(server_->streams()); });
    return count.get_future().get();
  }

 private:
  boost::asio::io_context context_{1};
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

// A raw connection: sends what it likes.
class RawClient {
 public:
  explicit RawClient(const std::filesystem::path& socket) : descriptor_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(&address.sun_path[0], socket.c_str(), sizeof(address.sun_path) - 1);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
      throw std::runtime_error(std::strerror(errno));
  }
  ~RawClient() { ::close(descriptor_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // Without waiting: what does not fit is not sent.
  void send(std::string_view bytes) const {
    (void)::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  // Everything until the server closes; "TIMEOUT" where it does not within three seconds.
  std::string read_all() const {
    std::string text;
    std::array<char, 4096> piece{};
    for (;;) {
      pollfd ready{descriptor_, POLLIN, 0};
      if (::poll(&ready, 1, 3000) <= 0) return "TIMEOUT";
      const auto count = ::recv(descriptor_, piece.data(), piece.size(), 0);
      if (count <= 0) return text;
      text.append(piece.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  int descriptor_;
};

class Control : public ::testing::Test {
 protected:
  std::filesystem::path socket() const { return directory_.path() / "netd.sock"; }
  void start(Handler handler, const Limits& limits = {}) {
    server_ = std::make_unique<RunningServer>(socket(), std::move(handler), limits);
  }
  // Answers with what it was asked.
  void start_echo(const Limits& limits = {}) {
    start(
        [](const Request& request) {
          return Response{200, request.method + " " + request.target + " " + request.body};
        },
        limits);
  }
  std::string asked(const Request& request) const {
    const auto answer = ask(socket(), request, Milliseconds{3000});
    return answer ? answer->body : answer.error().text;
  }

  test::TempDir directory_;
  std::unique_ptr<RunningServer> server_;
};

}  // namespace hawser::control
