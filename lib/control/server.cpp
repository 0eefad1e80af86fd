// Each connection is a coroutine with one deadline for everything; the server keeps them in the order of
// their arrival and closes the oldest when there are too many.
#include "lib/control/server.h"

#include <list>

#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "lib/control/json.h"
#include "lib/control/socket.h"

namespace hawser::control {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Protocol = asio::local::stream_protocol;

struct Session {
  explicit Session(Protocol::socket accepted) : socket(std::move(accepted)), timer(socket.get_executor()) {}

  // Its coroutine sees an error at its next wait and ends.
  void close() {
    error_code ignored;
    socket.close(ignored);
    timer.cancel();
  }

  Protocol::socket socket;
  asio::steady_timer timer;
};

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

// What cannot be read at all gets no answer but a closed connection.
std::optional<Response> complain(const error_code& problem) {
  if (problem == http::error::body_limit) return refusal(413, "the request's body is too large");
  if (problem == http::error::header_limit) return refusal(431, "the request's header is too large");
  if (problem == http::error::end_of_stream || problem == http::error::partial_message) return std::nullopt;
  if (problem.category() == http::make_error_code(http::error::bad_method).category())
    return refusal(400, "not an HTTP request: " + problem.message());
  return std::nullopt;
}

}  // namespace

struct Server::State {
  State(asio::io_context& loop, std::filesystem::path path, Handler wanted, Limits allowed)
      : context(loop),
        pause(loop),
        watch(loop),
        socket(std::move(path)),
        handler(std::move(wanted)),
        limits(allowed) {}

  asio::io_context& context;
  std::shared_ptr<Protocol::acceptor> acceptor;  // none while the socket cannot be made
  asio::steady_timer pause, watch;
  Listening listening;
  std::filesystem::path socket;
  Handler handler;  // empty once the server is gone
  Limits limits;
  std::list<std::shared_ptr<Session>> sessions;  // oldest first
};

namespace {

// The coroutines below hold what they need alive and ask `handler` whether the server is still there.
template <class State>
Response answer(State& state, const Request& request) {
  try {
    return state.handler(request);
  } catch (const std::exception& error) {
    return refusal(500, error.what());
  }
}

template <class State>
asio::awaitable<std::optional<Response>> converse(std::shared_ptr<State> state, Session& session) {
  boost::beast::flat_buffer buffer;
  http::request_parser<http::string_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(state->limits.header));
  parser.body_limit(state->limits.body);
  error_code problem;
  co_await http::async_read(session.socket, buffer, parser,
                            asio::redirect_error(asio::use_awaitable, problem));
  if (problem) co_return complain(problem);
  if (!state->handler) co_return std::nullopt;
  auto message = parser.release();
  const Request request{std::string(message.method_string()), std::string(message.target()),
                        std::move(message.body())};
  co_return answer(*state, request);
}

// A coroutine holds what it needs by value.
template <class State>
// NOLINTNEXTLINE(performance-unnecessary-value-param)
asio::awaitable<void> serve(std::shared_ptr<State> state, std::shared_ptr<Session> session) {
  session->timer.expires_after(state->limits.deadline);
  session->timer.async_wait([weak = std::weak_ptr(session)](const error_code& cancelled) {
    if (const auto late = weak.lock(); late && !cancelled) late->close();
  });
  if (const auto response = co_await converse(state, *session)) {
    const auto message = to_http(*response);
    error_code gone;
    co_await http::async_write(session->socket, message, asio::redirect_error(asio::use_awaitable, gone));
  }
  session->close();
  state->sessions.remove(session);
}

template <class State>
void admit(const std::shared_ptr<State>& state, Protocol::socket accepted) {
  auto session = std::make_shared<Session>(std::move(accepted));
  state->sessions.push_back(session);
  if (state->sessions.size() > state->limits.connections) {
    state->sessions.front()->close();
    state->sessions.pop_front();
  }
  asio::co_spawn(state->context, serve(state, std::move(session)), asio::detached);
}

// Ends with its acceptor.
template <class State>
// NOLINTNEXTLINE(performance-unnecessary-value-param)
asio::awaitable<void> accept(std::shared_ptr<State> state, std::shared_ptr<Protocol::acceptor> acceptor) {
  while (state->handler && acceptor->is_open()) {
    error_code problem;
    auto accepted = co_await acceptor->async_accept(asio::redirect_error(asio::use_awaitable, problem));
    if (!state->handler) co_return;
    if (!problem) {
      admit(state, std::move(accepted));
      continue;
    }
    if (!acceptor->is_open()) co_return;
    // Out of descriptors, most likely: trying again at once would spin.
    state->pause.expires_after(Milliseconds{100});
    co_await state->pause.async_wait(asio::redirect_error(asio::use_awaitable, problem));
  }
}

template <class State>
void close_acceptor(State& state) {
  error_code ignored;
  if (state.acceptor) state.acceptor->close(ignored);
  state.acceptor.reset();
}

template <class State>
Status open_acceptor(const std::shared_ptr<State>& state) {
  const auto made = listen_on(state->socket);
  if (!made) return tl::unexpected(made.error());
  close_acceptor(*state);
  state->listening = *made;
  state->acceptor = std::make_shared<Protocol::acceptor>(state->context, Protocol{}, made->descriptor);
  asio::co_spawn(state->context, accept(state, state->acceptor), asio::detached);
  return {};
}

template <class State>
// NOLINTNEXTLINE(performance-unnecessary-value-param)
asio::awaitable<void> watch(std::shared_ptr<State> state, Tell tell, std::string said) {
  while (state->handler) {
    error_code cancelled;
    state->watch.expires_after(state->limits.look);
    co_await state->watch.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (!state->handler) co_return;
    if (state->acceptor && is_there(state->socket, state->listening)) continue;
    std::error_code ignored;
    std::filesystem::create_directories(state->socket.parent_path(), ignored);
    const auto opened = open_acceptor(state);
    const auto words = opened ? std::string() : opened.error().text;
    if (opened || words != said) tell(opened);
    said = words;
  }
}

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(asio::io_context& context, const std::filesystem::path& socket,
                                               Handler handler, const Limits& limits) {
  auto state = std::make_shared<State>(context, socket, std::move(handler), limits);
  if (auto opened = open_acceptor(state); !opened) return tl::unexpected(opened.error());
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

std::unique_ptr<Server> Server::keep(asio::io_context& context, const std::filesystem::path& socket,
                                     Handler handler, Tell tell, const Limits& limits) {
  auto state = std::make_shared<State>(context, socket, std::move(handler), limits);
  const auto opened = open_acceptor(state);
  if (!opened) tell(opened);
  asio::co_spawn(context, watch(state, std::move(tell), opened ? "" : opened.error().text), asio::detached);
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::shared_ptr<State> state) : state_(std::move(state)) {}

void Server::leave_file() {
  state_->listening = {};
}

Server::~Server() {
  state_->handler = nullptr;
  close_acceptor(*state_);
  state_->pause.cancel();
  state_->watch.cancel();
  for (const auto& session : state_->sessions) session->close();
  remove_socket(state_->socket, state_->listening);
}

std::size_t Server::connections() const {
  return state_->sessions.size();
}

}  // namespace hawser::control
