#include "lib/run/client.h"

#include <cerrno>

#include <boost/asio.hpp>
#include <boost/json.hpp>

#include "lib/control/async_client.h"
#include "lib/control/client.h"
#include "lib/control/json.h"

namespace hawser::run {
namespace {

constexpr int kServiceUnavailable = 503;

Answer not_reached(const std::filesystem::path& socket, const Error& why) {
  if (control::not_running(why))
    return {Heard::kNotBegun, {}, "hawser-runner does not run: systemctl start hawser-runner"};
  if (why.code == EACCES || why.code == EPERM)
    return {Heard::kNotBegun, {}, fmt::format("not permitted to ask hawser-runner: {}", socket.native())};
  return {
      Heard::kNotBegun, {}, fmt::format("hawser-runner does not answer: {}: {}", socket.native(), why.text)};
}

Answer heard(const control::Response& response) {
  const auto body = control::parse_answer("hawser-runner", response);
  if (body) return {Heard::kOutcome, outcome_from(control::value_in(*body, "result")), {}};
  // What it refuses it has not begun; an error of its own may have come at any time.
  if (response.status == kServiceUnavailable) return {Heard::kBusy, {}, body.error().text};
  if (response.status >= 400 && response.status < 500) return {Heard::kNotBegun, {}, body.error().text};
  return {Heard::kUnknown, {}, body.error().text};
}

}  // namespace

// NOLINTNEXTLINE(performance-unnecessary-value-param): a coroutine holds what it needs
boost::asio::awaitable<Answer> ask(boost::asio::any_io_executor executor, std::filesystem::path socket,
                                   Request request, Milliseconds deadline) {
  const control::Request message{
      .method = "POST", .target = "/v1/run", .body = boost::json::serialize(to_json(request)), .peer = {}};
  const auto reached = co_await control::ask_async(executor, socket, message, deadline);
  if (!reached.connected) co_return not_reached(socket, reached.answer.error());
  if (reached.answer) co_return heard(*reached.answer);
  co_return Answer{Heard::kUnknown,
                   {},
                   fmt::format("hawser-runner has not told how it ended: {}", reached.answer.error().text)};
}

}  // namespace hawser::run
