// Takes connections, keeps them in the order of their arrival, and closes the oldest when there are too many.
#include "lib/control/server.h"

#include "lib/control/session.h"

namespace hawser::control {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using State = ServerState;

// The coroutines below hold what they need alive and ask `handler` whether the server is still there.

void admit(const std::shared_ptr<State>& state, Session::Socket accepted) {
  auto session = std::make_shared<Session>(std::move(accepted));
  state->sessions.push_back(session);
  if (state->sessions.size() > state->limits.connections) {
    state->sessions.front()->close();
    state->sessions.pop_front();
  }
  asio::co_spawn(state->context, serve(state, std::move(session)), asio::detached);
}

// Ends with its acceptor.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
asio::awaitable<void> accept(std::shared_ptr<State> state, std::shared_ptr<State::Acceptor> acceptor) {
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

void close_acceptor(State& state) {
  error_code ignored;
  if (state.acceptor) state.acceptor->close(ignored);
  state.acceptor.reset();
}

Status open_acceptor(const std::shared_ptr<State>& state) {
  const auto made = listen_on(state->socket);
  if (!made) return tl::unexpected(made.error());
  close_acceptor(*state);
  state->listening = *made;
  state->acceptor =
      std::make_shared<State::Acceptor>(state->context, asio::local::stream_protocol{}, made->descriptor);
  asio::co_spawn(state->context, accept(state, state->acceptor), asio::detached);
  return {};
}

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
  auto state = std::make_shared<ServerState>(context, socket, std::move(handler), limits);
  if (auto opened = open_acceptor(state); !opened) return tl::unexpected(opened.error());
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

std::unique_ptr<Server> Server::keep(asio::io_context& context, const std::filesystem::path& socket,
                                     Handler handler, Tell tell, const Limits& limits) {
  auto state = std::make_shared<ServerState>(context, socket, std::move(handler), limits);
  const auto opened = open_acceptor(state);
  if (!opened) tell(opened);
  asio::co_spawn(context, watch(state, std::move(tell), opened ? "" : opened.error().text), asio::detached);
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::shared_ptr<ServerState> state) : state_(std::move(state)) {}

void Server::leave_file() {
  state_->listening = {};
}

Server::~Server() {
  state_->handler = nullptr;
  close_acceptor(*state_);
  state_->pause.cancel();
  state_->watch.cancel();
  for (const auto& session : state_->sessions) session->close();
  for (const auto& session : state_->streams) session->close();
  for (const auto& session : state_->waiting) session->close();
  remove_socket(state_->socket, state_->listening);
}

std::size_t Server::connections() const {
  return state_->sessions.size();
}

std::size_t Server::streams() const {
  return state_->streams.size();
}

}  // namespace hawser::control
