// Messages between a daemon and a part of it that is a process of its own (lib/daemon/part.h): each a JSON
// object, of any length, on a stream socket behind four bytes that say how long it is. What a peer that is
// busy does not take yet waits here; nothing here waits for it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/json/object.hpp>

#include "lib/base/fd.h"

namespace hawser {

class Channel {
 public:
  // Bytes of one message, and of all that wait to be sent: a peer that wants more has lost its mind.
  static constexpr std::uint32_t kMost = std::uint32_t{1} << 26U;

  using OnMessage = std::function<void(const boost::json::object&)>;
  // The other end is gone, or what it sends is no message: nothing comes any more.
  using OnEnd = std::function<void()>;

  // `socket`: one end of a SOCK_STREAM pair. The callbacks may destroy the channel.
  Channel(boost::asio::io_context& context, Fd socket, OnMessage on_message, OnEnd on_end);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // In order, each once. After the end it goes nowhere.
  void send(const boost::json::object& message);
  // `on_end` comes when everything was taken by the socket.
  void send_and_end();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// The pure part: a message as it goes over the socket, and back.
std::string encode_frame(const boost::json::object& message);
// The length of what follows these four bytes.
std::uint32_t length_of_frame(const std::array<char, 4>& head);

}  // namespace hawser
