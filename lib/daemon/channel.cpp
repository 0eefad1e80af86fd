#include "lib/daemon/channel.h"

#include <array>
#include <cstring>

#include <boost/asio.hpp>
#include <boost/json.hpp>

namespace hawser {

namespace asio = boost::asio;
using boost::system::error_code;

// Shared with the operations that are under way: they may end after the channel.
struct Channel::State : std::enable_shared_from_this<Channel::State> {
  State(asio::io_context& context, Fd fd, OnMessage message, OnEnd end)
      : socket(context, asio::local::stream_protocol(), fd.release()),
        on_message(std::move(message)),
        on_end(std::move(end)) {}

  void read_head() {
    asio::async_read(socket, asio::buffer(head), [self = shared_from_this()](error_code wrong, std::size_t) {
      if (self->over) return;
      if (wrong || length_of_frame(self->head) > kMost) return self->end();
      self->body.resize(length_of_frame(self->head));
      self->read_body();
    });
  }

  void read_body() {
    asio::async_read(socket, asio::buffer(body), [self = shared_from_this()](error_code wrong, std::size_t) {
      if (self->over) return;
      if (wrong) return self->end();
      boost::json::parse_options as_it_comes;
      as_it_comes.allow_invalid_utf8 = true;  // a file's name may be anything
      // A file of a thousand vips is large: what it took is given back whole, text and tree, rather than in
      // pieces between what is made of it and stays.
      const auto message = boost::json::parse(
          self->body, wrong, boost::json::make_shared_resource<boost::json::monotonic_resource>(),
          as_it_comes);
      decltype(self->body)().swap(self->body);
      if (wrong || !message.is_object()) return self->end();
      if (self->over) return;
      self->on_message(message.get_object());
      if (!self->over) self->read_head();
    });
  }

  void write() {
    if (writing || unsent.empty()) return;
    writing = true;
    asio::async_write(socket, asio::buffer(unsent.front()),
                      [self = shared_from_this()](error_code wrong, std::size_t) {
                        self->writing = false;
                        if (wrong || self->over) return;  // the reader sees the end too, and tells
                        self->waiting -= self->unsent.front().size();
                        self->unsent.pop_front();
                        if (self->ending && self->unsent.empty()) return self->end();
                        self->write();
                      });
  }

  void end() {
    const auto tell = std::exchange(on_end, {});
    close();
    if (tell) tell();
  }

  // The callback that runs may be what closes: it stays until the state goes.
  void close() {
    over = true;
    error_code ignored;
    socket.close(ignored);
  }

  asio::local::stream_protocol::socket socket;
  OnMessage on_message;
  OnEnd on_end;
  std::array<char, 4> head{};
  std::string body;
  std::deque<std::string> unsent;
  std::size_t waiting = 0;  // bytes of them
  bool writing = false;
  bool over = false;
  bool ending = false;
};

Channel::Channel(asio::io_context& context, Fd socket, OnMessage on_message, OnEnd on_end)
    : state_(std::make_shared<State>(context, std::move(socket), std::move(on_message), std::move(on_end))) {
  state_->read_head();
}

Channel::~Channel() {
  state_->on_end = {};
  state_->close();
}

void Channel::send(const boost::json::object& message) {
  if (state_->over) return;
  auto frame = encode_frame(message);
  if (state_->waiting + frame.size() > kMost)
    return asio::post(state_->socket.get_executor(), [state = state_] { state->end(); });
  state_->waiting += frame.size();
  state_->unsent.push_back(std::move(frame));
  state_->write();
}

void Channel::send_and_end() {
  state_->ending = true;
  if (state_->unsent.empty()) asio::post(state_->socket.get_executor(), [state = state_] { state->end(); });
}

std::string encode_frame(const boost::json::object& message) {
  const auto text = boost::json::serialize(message);
  const auto length = static_cast<std::uint32_t>(text.size());
  std::string frame(sizeof(length), '\0');
  std::memcpy(frame.data(), &length, sizeof(length));
  return frame + text;
}

std::uint32_t length_of_frame(const std::array<char, 4>& head) {
  std::uint32_t length = 0;
  std::memcpy(&length, head.data(), sizeof(length));
  return length;
}

}  // namespace hawser
