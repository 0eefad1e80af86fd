// A connection is a coroutine. Until its answer is out it has one deadline for everything; a stream has one
// for each write instead.
#include "lib/control/session.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <sys/socket.h>

#include "lib/control/incoming.h"
#include "lib/control/json.h"
#include "lib/control/later.h"
#include "lib/control/stream.h"

namespace hawser::control {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::string_view kStreamHeader =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: "
    "close\r\n\r\n";

http::response<http::string_body> to_http(const Response& response) {
  http::response<http::string_body> message;
  message.version(11);
  message.result(static_cast<unsigned>(response.status));
  message.set(http::field::content_type, "application/json");
  message.set(http::field::connection, "close");
  message.body() = response.body;
  message.prepare_payload();
  return message;
}

// A peer that the kernel does not name is nobody.
Peer peer_of(Session& session) {
  ucred credentials{};
  socklen_t size = sizeof(credentials);
  if (::getsockopt(session.socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return {};
  return {credentials.uid, credentials.pid};
}

void close_after(const std::shared_ptr<Session>& session, Milliseconds time) {
  session->timer.expires_after(time);
  session->timer.async_wait([weak = std::weak_ptr(session)](const error_code& cancelled) {
    if (const auto late = weak.lock(); late && !cancelled) late->close();
  });
}

Response answer(ServerState& state, const Request& request) {
  try {
    return state.handler(request);
  } catch (const std::exception& error) {
    return refusal(500, error.what());
  }
}

// A coroutine holds what it needs by value: here and below.
// NOLINTBEGIN(performance-unnecessary-value-param)
asio::awaitable<std::optional<Response>> converse(std::shared_ptr<ServerState> state,
                                                  std::shared_ptr<Session> session) {
  boost::beast::flat_buffer buffer;
  RequestParser parser;
  limit(parser, state->limits);
  error_code problem;
  co_await http::async_read_header(session->socket, buffer, parser,
                                   asio::redirect_error(asio::use_awaitable, problem));
  if (problem) co_return complain(problem);
  if (auto refused = refuse_unsaid_length(parser)) co_return refused;
  co_await http::async_read(session->socket, buffer, parser,
                            asio::redirect_error(asio::use_awaitable, problem));
  if (problem) co_return complain(problem);
  if (!state->handler) co_return std::nullopt;
  co_return answer(*state, request_from(parser, peer_of(*session)));
}

asio::awaitable<void> send(std::shared_ptr<Session> session, const Response response) {
  const auto message = to_http(response);
  error_code gone;
  co_await http::async_write(session->socket, message, asio::redirect_error(asio::use_awaitable, gone));
}

// Whoever listens has nothing more to say: a byte of his, or his end, ends the stream.
asio::awaitable<void> until_gone(std::shared_ptr<Session> session) {
  std::array<char, 1> byte{};
  error_code gone;
  co_await session->socket.async_read_some(asio::buffer(byte),
                                           asio::redirect_error(asio::use_awaitable, gone));
  session->close();
}

asio::awaitable<void> stream(std::shared_ptr<ServerState> state, std::shared_ptr<Session> session,
                             const Response response) {
  const auto listener = response.feed->listen(state->limits.unread, [weak = std::weak_ptr(session)] {
    if (const auto there = weak.lock()) there->news.cancel();
  });
  asio::co_spawn(state->context, until_gone(session), asio::detached);
  auto text = std::string(kStreamHeader) + response.body;
  error_code problem;
  while (state->handler) {
    close_after(session, state->limits.deadline);
    co_await asio::async_write(session->socket, asio::buffer(text),
                               asio::redirect_error(asio::use_awaitable, problem));
    session->timer.cancel();
    if (problem) co_return;
    if (listener->outbox.empty()) {
      session->news.expires_after(state->limits.still_here);
      co_await session->news.async_wait(asio::redirect_error(asio::use_awaitable, problem));
    }
    text = listener->outbox.empty() ? std::string(kStillHere) : listener->outbox.take();
  }
}

// No deadline but the one of who owes the answer, and out of the way of short requests meanwhile.
asio::awaitable<void> wait_and_send(std::shared_ptr<ServerState> state, std::shared_ptr<Session> session,
                                    std::shared_ptr<Later> later) {
  state->sessions.remove(session);
  state->waiting.push_back(session);
  session->timer.cancel();
  later->on_given([weak = std::weak_ptr(session)] {
    if (const auto there = weak.lock()) there->news.cancel();
  });
  asio::co_spawn(state->context, until_gone(session), asio::detached);
  error_code ignored;
  while (state->handler && session->socket.is_open() && !later->answer()) {
    session->news.expires_at(asio::steady_timer::time_point::max());
    co_await session->news.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  if (!session->socket.is_open() || !later->answer()) co_return later->abandon();
  close_after(session, state->limits.deadline);
  co_await send(session, *later->answer());
}

asio::awaitable<void> respond(std::shared_ptr<ServerState> state, std::shared_ptr<Session> session,
                              const Response response) {
  if (response.later) co_return co_await wait_and_send(state, session, response.later);
  if (!response.feed) co_return co_await send(session, response);
  if (state->streams.size() >= state->limits.streams)
    co_return co_await send(
        session, refusal(503, fmt::format("{} listen already, more are not served", state->streams.size())));
  state->sessions.remove(session);
  state->streams.push_back(session);
  co_await stream(state, session, response);
}

}  // namespace

void Session::close() {
  error_code ignored;
  socket.close(ignored);
  timer.cancel();
  news.cancel();
}

asio::awaitable<void> serve(std::shared_ptr<ServerState> state, std::shared_ptr<Session> session) {
  close_after(session, state->limits.deadline);
  if (const auto response = co_await converse(state, session)) co_await respond(state, session, *response);
  session->close();
  state->sessions.remove(session);
  state->streams.remove(session);
  state->waiting.remove(session);
}
// NOLINTEND(performance-unnecessary-value-param)

}  // namespace hawser::control
