// One connection of a control server, from its request to its end. For server.cpp and session.cpp only.
#pragma once

#include <filesystem>
#include <list>
#include <memory>

#include <boost/asio.hpp>

#include "lib/control/server.h"
#include "lib/control/socket.h"

namespace hawser::control {

struct Session {
  using Socket = boost::asio::local::stream_protocol::socket;

  explicit Session(Socket accepted)
      : socket(std::move(accepted)), timer(socket.get_executor()), news(socket.get_executor()) {}

  // Its coroutines see an error at their next wait and end.
  void close();

  Socket socket;
  boost::asio::steady_timer timer;  // closes it
  boost::asio::steady_timer news;  // of a stream, or a late answer: cancelled when there is something to send
};

struct ServerState {
  using Acceptor = boost::asio::local::stream_protocol::acceptor;

  ServerState(boost::asio::io_context& loop, std::filesystem::path path, Handler wanted,
              const Limits& allowed)
      : context(loop),
        pause(loop),
        watch(loop),
        socket(std::move(path)),
        handler(std::move(wanted)),
        limits(allowed) {}

  boost::asio::io_context& context;
  std::shared_ptr<Acceptor> acceptor;  // none while the socket cannot be made
  boost::asio::steady_timer pause, watch;
  Listening listening;
  std::filesystem::path socket;
  Handler handler;  // empty once the server is gone
  Limits limits;
  std::list<std::shared_ptr<Session>> sessions;  // oldest first
  std::list<std::shared_ptr<Session>> streams;
  std::list<std::shared_ptr<Session>> waiting;  // for a late answer
};

// Takes itself out of the state's lists when it ends.
boost::asio::awaitable<void> serve(std::shared_ptr<ServerState> state, std::shared_ptr<Session> session);

}  // namespace hawser::control
