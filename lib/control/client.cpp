#include "lib/control/client.h"

#include <cerrno>

#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "lib/control/socket.h"

namespace hawser::control {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Socket = asio::local::stream_protocol::socket;

// A status page with thousands of services is a few megabytes.
constexpr std::size_t kLargestAnswer = std::size_t{64} * 1024 * 1024;

std::string name_of(const std::filesystem::path& socket) {
  return socket.stem().native();
}

tl::unexpected<Error> explain(const std::filesystem::path& socket, const Error& why) {
  const auto name = name_of(socket);
  if (not_running(why))
    return fail_with(why.code, "{} is not running: {}: {}", name, socket.native(), why.text);
  if (why.code == EACCES || why.code == EPERM)
    return fail_with(why.code, "not permitted to ask {}: add yourself to group hawser or use sudo", name);
  return fail_with(why.code, "{} does not answer: {}: {}", name, socket.native(), why.text);
}

http::request<http::string_body> to_http(const Request& request) {
  http::request<http::string_body> message{http::verb::get, request.target, 11};
  message.method_string(request.method);
  message.set(http::field::host, "localhost");
  message.set(http::field::connection, "close");
  if (!request.body.empty()) message.set(http::field::content_type, "application/json");
  message.body() = request.body;
  message.prepare_payload();
  return message;
}

asio::awaitable<Response> exchange(Socket& socket, const Request& request) {
  auto message = to_http(request);
  boost::system::error_code cut;
  // A server that refuses early may close while we still send: its answer is then already here.
  co_await http::async_write(socket, message, asio::redirect_error(asio::use_awaitable, cut));
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kLargestAnswer);
  co_await http::async_read(socket, buffer, parser, asio::use_awaitable);
  auto answer = parser.release();
  co_return Response{static_cast<int>(answer.result_int()), std::move(answer.body())};
}

Result<Response> outcome(const std::exception_ptr& problem, Response answer) {
  if (!problem) return answer;
  try {
    std::rethrow_exception(problem);
  } catch (const boost::system::system_error& error) {
    return fail_with(EPROTO, "{}", error.code().message());
  } catch (const std::exception& error) {
    return fail_with(EPROTO, "{}", error.what());
  }
}

Result<Response> talk(int descriptor, const Request& request, Milliseconds deadline) {
  asio::io_context context{1};
  Socket socket{context, asio::local::stream_protocol{}, descriptor};
  Result<Response> result = fail_with(ETIMEDOUT, "no answer within {}", format_duration(deadline));
  asio::co_spawn(context, exchange(socket, request), [&](const std::exception_ptr& problem, Response answer) {
    result = outcome(problem, std::move(answer));
  });
  context.run_for(deadline);
  return result;
}

}  // namespace

bool not_running(const Error& error) {
  return error.code == ENOENT || error.code == ECONNREFUSED;
}

Result<Response> ask(const std::filesystem::path& socket, const Request& request, Milliseconds deadline) {
  const auto descriptor = connect_to(socket, deadline);
  if (!descriptor) return explain(socket, descriptor.error());
  auto answer = talk(*descriptor, request, deadline);
  if (!answer) return explain(socket, answer.error());
  return answer;
}

}  // namespace hawser::control
