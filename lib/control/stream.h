// Streams of events over the control socket: server-sent events (WHATWG HTML 9.2), which curl shows as they
// come and browsers read by themselves. Whoever publishes never waits for who listens: a listener that does
// not read is told how many events it has missed, and is let go when it takes nothing at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::control {

struct Message {
  std::uint64_t id = 0;  // rises by one; who comes back asks for what is after the last that he has seen
  std::string event;     // its kind: a word
  std::string data;      // JSON in one line

  bool operator==(const Message&) const = default;
};

// "id: 7\nevent: role\ndata: {..}\n\n". A line break in `data` becomes a second data line.
std::string frame(const Message& message);
// What keeps a silent stream alive, and finds out that nobody is there any more: a comment.
inline constexpr std::string_view kStillHere = ":\n\n";

// The other side: bytes as they come, messages as they are whole. Comments and unknown fields are skipped.
class MessageReader {
 public:
  static constexpr std::size_t kLongest = std::size_t{1}
                                          << 20U;  // bytes of one message; what is longer ends the stream

  // Nothing: the stream is not one of ours.
  std::optional<std::vector<Message>> take(std::string_view bytes);

 private:
  void line(std::string_view text, std::vector<Message>& whole);
  void field(std::string_view name, std::string_view value);

  std::string pending_;  // a line that has not ended
  Message message_;
  bool has_data_ = false;
};

// What one listener has not read yet, bounded.
class Outbox {
 public:
  explicit Outbox(std::size_t most_bytes) : most_(most_bytes) {}
  void put(const Message& message);
  // Everything that waits, and, where messages were dropped, an event "missed" with their number in their
  // place.
  std::string take();
  [[nodiscard]] bool empty() const { return text_.empty() && missed_ == 0; }

 private:
  std::size_t most_;
  std::string text_;
  std::uint64_t missed_ = 0;
};

class Feed {
 public:
  struct Listener {
    Outbox outbox;
    std::function<void()> wake;
  };

  void publish(const Message& message);
  // Until the listener is gone.
  std::shared_ptr<Listener> listen(std::size_t most_bytes, std::function<void()> wake);
  [[nodiscard]] std::size_t listeners() const;

 private:
  std::list<std::weak_ptr<Listener>> listeners_;
};

}  // namespace hawser::control
