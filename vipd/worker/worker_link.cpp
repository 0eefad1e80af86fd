#include "vipd/worker/worker_link.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <boost/asio.hpp>
#include <sys/socket.h>

#include "lib/daemon/log.h"

namespace hawser::vipd {

namespace {
constexpr std::size_t kLongestPiece{65536};
}

WorkerLink::WorkerLink(boost::asio::io_context& context, Files files, OnReading on_reading, Tell tell)
    : context_(context),
      files_(std::move(files)),
      on_reading_(std::move(on_reading)),
      tell_(std::move(tell)),
      socket_(context),
      timer_(context) {}

Status WorkerLink::start() {
  std::vector<std::string> arguments{"--config", files_.config, "--state-dir", files_.state_directory};
  if (!files_.node.empty()) arguments.insert(arguments.end(), {"--node", files_.node});
  auto child = Child::start(context_, "worker", arguments, [this](const Ending& ending) { died(ending); });
  if (!child) return tl::unexpected(child.error());
  child_ = std::move(*child);
  started_ = std::chrono::steady_clock::now();
  assembler_ = {};
  unasked_ = true;
  socket_.assign(child_->take_socket().release());
  wait();
  if (!securing_.empty()) ask(securing_);
  return {};
}

void WorkerLink::read(config::Emptiness emptiness) {
  wanted_ = true;
  if (child_) ask(emptiness == config::Emptiness::kRefused ? kRead : kReadEmpty);
}

void WorkerLink::keep() {
  if (child_) ask(kKeep);
}

void WorkerLink::secure(const std::set<std::string>& interfaces) {
  securing_ = kSecure;
  for (const auto& name : interfaces) securing_ += " " + name;
  if (child_ && !gone_) ask(securing_);
}

void WorkerLink::release(std::function<void()> done) {
  going_ = true;
  if (!child_ || gone_) return done();
  done_ = std::move(done);
  ask(kRelease);
}

void WorkerLink::ask(std::string_view what) {
  const auto pieces = split_message(what);
  if (::send(socket_.native_handle(), pieces.front().data(), pieces.front().size(),
             MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
    warn("ask", fmt::format("ask to {}: {}", what, std::strerror(errno)));
}

void WorkerLink::wait() {
  socket_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                     [this](const boost::system::error_code& cancelled) {
                       if (!cancelled) take();
                     });
}

void WorkerLink::take() {
  std::vector<std::uint8_t> buffer(kLongestPiece);
  while (socket_.is_open()) {
    const auto length = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (length < 0 && errno == EAGAIN) return wait();
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return;  // the worker is gone: died() follows
    if (const auto text = assembler_.add(ByteView(buffer).first(static_cast<std::size_t>(length))))
      answer(*text);
  }
}

void WorkerLink::answer(const std::string& text) {
  const bool mine = std::exchange(unasked_, false);
  if (mine && !wanted_) return;  // a worker that was started again says what is known already
  wanted_ = false;
  const auto reading = reading_from_json(text);
  if (!reading) return warn("answer", reading.error().text);
  on_reading_(*reading);
}

void WorkerLink::died(const Ending& ending) {
  if (going_) {
    gone_ = true;
    if (done_) done_();
    return;
  }
  const auto ran_for = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - started_);
  const auto next = after_death(restart_, ran_for);
  restart_ = next.next;
  warn("ended", fmt::format("ended with {}, started again", to_string(ending)));
  boost::system::error_code ignored;
  socket_.close(ignored);
  child_.reset();
  start_later(next.wait);
}

void WorkerLink::start_later(Milliseconds wait) {
  timer_.expires_after(wait);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    const auto started = start();
    if (started) return;
    warn("start", started.error().text);
    start_later(restart_.longest);
  });
}

// One that dies as soon as it is started does so for ever.
void WorkerLink::warn(std::string_view topic, std::string what) {
  Event event{.level = Level::kWarning, .object = "worker", .what = std::move(what)};
  if (const auto told = troubles_.say(topic, std::move(event), std::chrono::steady_clock::now()))
    tell_(*told);
}

}  // namespace hawser::vipd
