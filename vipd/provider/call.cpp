#include "vipd/provider/call.h"

#include <boost/asio.hpp>

namespace hawser::vipd::provider {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> pause(asio::any_io_executor executor, Milliseconds length) {
  asio::steady_timer timer(executor, length);
  co_await timer.async_wait(asio::use_awaitable);
}

// A reading request of a switch, before the switch itself, has no effect. One of a read costs a read.
bool changes(const Call& call, const Turn& turn) {
  const auto* request = std::get_if<Request>(&turn);
  const bool reads = call.ask == Ask::kGet || call.ask == Ask::kPower;
  return request == nullptr || reads || request->method != "GET";
}

// A Request or a ProgramCall. Not a coroutine: it hands out the one of them.
asio::awaitable<Exchange> carried(asio::any_io_executor executor, const Way& way, const Turn& turn) {
  if (const auto* run = std::get_if<ProgramCall>(&turn)) return way.run(std::move(executor), *run);
  return exchange(std::move(executor), way.server, std::get<Request>(turn));
}

}  // namespace

asio::awaitable<Answer> carry_out(asio::any_io_executor executor, Driver& driver, const Call& call,
                                  const Way& way, const std::function<void()>& changing) {
  bool sent = false;  // something that may have had an effect
  auto turn = driver.begin(call);
  for (;;) {
    if (auto* answer = std::get_if<Answer>(&turn)) co_return std::move(*answer);
    if (const auto* wait = std::get_if<Pause>(&turn)) {
      co_await pause(executor, wait->length);
      turn = Request(wait->then);
    }
    const bool counts = changes(call, turn);
    if (counts && !sent) changing();
    const auto done = co_await carried(executor, way, turn);
    if (done.reached == Reached::kAnswered) {
      sent = sent || counts;
      turn = driver.heard(done.reply);
      continue;
    }
    sent = sent || (counts && done.reached == Reached::kSent);
    co_return Answer{sent ? Meaning::kUnknown : Meaning::kUnreached, {}, done.why, {}};
  }
}

}  // namespace hawser::vipd::provider
