#include "lib/control/async_client.h"

#include <cerrno>

#include <boost/asio.hpp>

#include "lib/control/exchange.h"
#include "lib/control/socket.h"

namespace hawser::control {

namespace asio = boost::asio;

namespace {

// For room in the listener's queue; to a local socket a connection is there at once, or not at all.
constexpr Milliseconds kConnect{1};

// Outlives the coroutine where its timer ran out in the same moment.
struct Attempt {
  asio::local::stream_protocol::socket socket;
  bool late = false;
};

// NOLINTNEXTLINE(performance-unnecessary-value-param): a coroutine holds what it needs
asio::awaitable<Reached> ask_now(asio::any_io_executor executor, std::filesystem::path path, Request request,
                                 Milliseconds deadline) {
  const auto descriptor = connect_to(path, kConnect);
  if (!descriptor) co_return Reached{tl::unexpected(descriptor.error()), false};
  asio::local::stream_protocol::socket socket(executor, asio::local::stream_protocol{}, *descriptor);
  const auto attempt = std::make_shared<Attempt>(std::move(socket));
  asio::steady_timer timer(executor, deadline);
  timer.async_wait([attempt](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    attempt->late = true;
    attempt->socket.close();
  });
  Reached result{fail_with(ETIMEDOUT, "no answer within {}", format_duration(deadline)), true};
  try {
    result.answer = co_await exchange(attempt->socket, request);
  } catch (const boost::system::system_error& error) {
    if (!attempt->late) result.answer = fail_with(EPROTO, "{}", error.code().message());
  }
  timer.cancel();
  co_return result;
}

}  // namespace

// A function and no coroutine: a frame with an Attempt in it must have no name outside of this file.
asio::awaitable<Reached> ask_async(asio::any_io_executor executor, std::filesystem::path path,
                                   Request request, Milliseconds deadline) {
  return ask_now(std::move(executor), std::move(path), std::move(request), deadline);
}

}  // namespace hawser::control
