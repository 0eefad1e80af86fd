#include "lib/control/exchange.h"

#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace hawser::control {

namespace asio = boost::asio;
namespace http = boost::beast::http;

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

asio::awaitable<Response> exchange(asio::local::stream_protocol::socket& socket, const Request& request) {
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

}  // namespace hawser::control
