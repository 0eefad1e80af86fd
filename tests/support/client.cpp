// Compiled apart from the rest: Asio.
#include "tests/support/client.h"

#include <mutex>
#include <thread>

#include <boost/asio.hpp>
#include <pthread.h>
#include <sched.h>

#include "tests/support/failure.h"

namespace hawser::lab {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

namespace {

// What each request came to; the loop's thread writes, the test reads.
class Journal {
 public:
  size_t begin(TimePoint now) {
    const std::lock_guard lock(mutex_);
    entries_.push_back({.sample = {.sent = now, .answered = {}, .text = {}}, .decided = false});
    return entries_.size() - 1;
  }
  void answer(size_t index, TimePoint now, std::string server) { decide(index, now, std::move(server)); }
  void lose(size_t index, std::string why) { decide(index, std::nullopt, std::move(why)); }

  [[nodiscard]] std::vector<Sample> decided() const {
    const std::lock_guard lock(mutex_);
    std::vector<Sample> result;
    for (const Entry& entry : entries_) {
      if (!entry.decided) break;
      result.push_back(entry.sample);
    }
    return result;
  }

 private:
  struct Entry {
    Sample sample;
    bool decided;
  };

  // The first verdict stands: what arrives after the timeout is lost all the same.
  void decide(size_t index, std::optional<TimePoint> answered, std::string text) {
    const std::lock_guard lock(mutex_);
    if (index >= entries_.size() || entries_[index].decided) return;
    entries_[index].sample.answered = answered;
    entries_[index].sample.text = std::move(text);
    entries_[index].decided = true;
  }

  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

// "HTTP/1.0 200 OK\r\n...\r\n\r\nweb1\n" -> web1; nothing unless the status is 200 and a body came.
std::optional<std::string> server_of(const std::string& response) {
  const size_t body = response.find("\r\n\r\n");
  if (!response.starts_with("HTTP/1.") || response.compare(8, 5, " 200 ") != 0 || body == std::string::npos)
    return {};
  const std::string text = response.substr(body + 4);
  return text.substr(0, text.find_first_of(" \r\n"));
}

// Where permitted the client goes before everything that it measures; elsewhere it measures all the same.
void prefer_realtime() {
  const sched_param lowest{.sched_priority = 1};
  static_cast<void>(::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &lowest));
}

std::string first_line(const std::string& response) {
  if (response.empty()) return "closed without an answer";
  return response.substr(0, response.find("\r\n"));
}

}  // namespace

struct Client::State {
  explicit State(Options wanted) : options{std::move(wanted)} {}

  Options options;
  Journal journal;
  asio::io_context loop;
  asio::steady_timer tick{loop};
  udp::socket datagrams{loop};
  bool stopping = false;
  std::thread thread;

  void start(const Namespace& where);
  void stop();
  asio::awaitable<void> send_all();
  asio::awaitable<void> get(size_t index);
  asio::awaitable<void> expire(size_t index);
  asio::awaitable<void> read_echoes();
  void send_datagram(size_t index);
  void launch();
};

void Client::State::start(const Namespace& where) {
  // Entering can fail only here, where the test still hears of it.
  where.inside([&] {
    if (options.protocol != Protocol::kUdp) return;
    const udp::endpoint to(asio::ip::make_address(options.address), options.port);
    datagrams.open(to.protocol());
    datagrams.connect(to);
    datagrams.non_blocking(true);
  });
  asio::co_spawn(loop, send_all(), asio::detached);
  if (options.protocol == Protocol::kUdp) asio::co_spawn(loop, read_echoes(), asio::detached);
  thread = std::thread([this, &where] {
    where.enter();
    prefer_realtime();
    loop.run();
  });
}

void Client::State::stop() {
  if (!thread.joinable()) return;
  asio::post(loop, [this] {
    stopping = true;
    tick.cancel();
  });
  thread.join();
}

// Each request at its own place in time: a late wake-up is made good, not passed on.
asio::awaitable<void> Client::State::send_all() {
  TimePoint next = Clock::now();
  while (!stopping) {
    launch();
    next += options.every;
    tick.expires_at(next);
    error_code ignored;
    co_await tick.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  if (options.protocol != Protocol::kUdp) co_return;
  asio::steady_timer last(loop, options.timeout);
  co_await last.async_wait(asio::use_awaitable);
  datagrams.close();
}

void Client::State::launch() {
  const size_t index = journal.begin(Clock::now());
  if (options.protocol == Protocol::kUdp) {
    send_datagram(index);
    asio::co_spawn(loop, expire(index), asio::detached);
  } else {
    asio::co_spawn(loop, get(index), asio::detached);
  }
}

asio::awaitable<void> Client::State::get(size_t index) {
  tcp::socket socket(loop);
  asio::steady_timer deadline(loop, options.timeout);
  bool late = false;
  deadline.async_wait([&](error_code cancelled) {
    if (cancelled) return;
    late = true;
    error_code ignored;
    socket.close(ignored);
  });
  std::string response;
  try {
    co_await socket.async_connect({asio::ip::make_address(options.address), options.port},
                                  asio::use_awaitable);
    const std::string request =
        fmt::format("GET {} HTTP/1.0\r\nHost: {}\r\n\r\n", options.path, options.address);
    co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
    error_code end;
    co_await asio::async_read(socket, asio::dynamic_buffer(response),
                              asio::redirect_error(asio::use_awaitable, end));
    if (end != asio::error::eof) throw boost::system::system_error(end);
    const std::optional<std::string> server = server_of(response);
    if (server)
      journal.answer(index, Clock::now(), *server);
    else
      journal.lose(index, first_line(response));
  } catch (const boost::system::system_error& error) {
    journal.lose(index, late ? "timeout" : error.code().message());
  }
  // The handler refers to this frame; cancelling leaves it in the queue, so it must have run before the frame
  // goes.
  deadline.cancel();
  co_await asio::post(loop, asio::use_awaitable);
}

void Client::State::send_datagram(size_t index) {
  const std::string text = std::to_string(index);
  error_code refused;
  datagrams.send(asio::buffer(text), 0, refused);
  // The socket first hands out an ICMP error about an earlier datagram, instead of sending.
  if (refused) datagrams.send(asio::buffer(text), 0, refused);
  if (refused) journal.lose(index, refused.message());
}

asio::awaitable<void> Client::State::expire(size_t index) {
  asio::steady_timer deadline(loop, options.timeout);
  co_await deadline.async_wait(asio::use_awaitable);
  journal.lose(index, "timeout");
}

// An echo is the number, a space and the server's name.
asio::awaitable<void> Client::State::read_echoes() {
  std::string buffer(2048, '\0');
  while (datagrams.is_open()) {
    error_code failed;
    const size_t size = co_await datagrams.async_receive(asio::buffer(buffer),
                                                         asio::redirect_error(asio::use_awaitable, failed));
    if (failed == asio::error::operation_aborted) co_return;
    if (failed) continue;  // an ICMP error about an earlier datagram; that one times out
    const std::string text = buffer.substr(0, size);
    const size_t space = text.find(' ');
    if (space == std::string::npos || text.find_first_not_of("0123456789") != space) continue;
    journal.answer(std::stoul(text), Clock::now(), text.substr(space + 1));
  }
}

Client::Client(const Namespace& where, const Options& options) : state_{std::make_unique<State>(options)} {
  state_->start(where);
}

Client::Client(Client&&) noexcept = default;

Client::~Client() {
  if (state_) state_->stop();
}

void Client::stop() {
  state_->stop();
}

std::vector<Sample> Client::samples() const {
  return state_->journal.decided();
}

Report Client::report(TimePoint begin, TimePoint end) const {
  return lab::report(samples(), begin, end);
}

Report Client::report() const {
  const std::vector<Sample> all = samples();
  if (all.empty()) return {};
  return lab::report(all, all.front().sent, all.back().answered.value_or(all.back().sent) + 1ns);
}

bool Client::answered_in_a_row(size_t count, TimePoint since) const {
  size_t row = 0;
  for (const Sample& sample : samples()) {
    if (sample.sent < since) continue;
    row = sample.answered ? row + 1 : 0;
    if (row >= count) return true;
  }
  return count == 0;
}

}  // namespace hawser::lab
