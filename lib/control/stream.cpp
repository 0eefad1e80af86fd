#include "lib/control/stream.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace hawser::control {

std::string frame(const Message& message) {
  auto text = fmt::format("id: {}\nevent: {}\n", message.id, message.event);
  std::string_view rest = message.data;
  for (;;) {
    const auto line = rest.substr(0, rest.find('\n'));
    text += fmt::format("data: {}\n", line);
    if (line.size() == rest.size()) break;
    rest.remove_prefix(line.size() + 1);
  }
  return text + "\n";
}

std::optional<std::vector<Message>> MessageReader::take(std::string_view bytes) {
  std::vector<Message> whole;
  for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
    pending_ += bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (pending_.ends_with('\r')) pending_.pop_back();
    line(pending_, whole);
    pending_.clear();
    if (message_.data.size() > kLongest) return std::nullopt;
  }
  pending_ += bytes;
  if (pending_.size() > kLongest) return std::nullopt;
  return whole;
}

void MessageReader::line(std::string_view text, std::vector<Message>& whole) {
  if (text.empty()) {
    if (has_data_) whole.push_back(message_);
    message_.event.clear();
    message_.data.clear();
    has_data_ = false;
    return;
  }
  const auto colon = text.find(':');
  if (colon == 0) return;  // a comment
  auto value = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  field(text.substr(0, colon), value);
}

void MessageReader::field(std::string_view name, std::string_view value) {
  if (name == "event") message_.event = value;
  if (name == "id") std::from_chars(value.data(), value.data() + value.size(), message_.id);
  if (name != "data") return;
  if (has_data_) message_.data += '\n';
  message_.data += value;
  has_data_ = true;
}

void Outbox::put(const Message& message) {
  auto text = frame(message);
  if (missed_ > 0 || text_.size() + text.size() > most_)
    ++missed_;
  else
    text_ += text;
}

std::string Outbox::take() {
  auto text = std::exchange(text_, {});
  if (missed_ > 0)
    text += fmt::format("event: missed\ndata: {{\"missed\": {}}}\n\n", std::exchange(missed_, 0));
  return text;
}

void Feed::publish(const Message& message) {
  std::erase_if(listeners_, [](const auto& listener) { return listener.expired(); });
  for (const auto& weak : listeners_) {
    const auto listener = weak.lock();
    listener->outbox.put(message);
    listener->wake();
  }
}

std::shared_ptr<Feed::Listener> Feed::listen(std::size_t most_bytes, std::function<void()> wake) {
  auto listener = std::make_shared<Listener>(Listener{Outbox(most_bytes), std::move(wake)});
  listeners_.push_back(listener);
  return listener;
}

std::size_t Feed::listeners() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(listeners_, [](const auto& listener) { return !listener.expired(); }));
}

}  // namespace hawser::control
