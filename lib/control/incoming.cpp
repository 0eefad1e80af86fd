#include "lib/control/incoming.h"

#include <boost/beast/http/error.hpp>

#include "lib/control/json.h"

namespace hawser::control {

namespace http = boost::beast::http;

void limit(RequestParser& parser, const Limits& limits) {
  parser.header_limit(static_cast<std::uint32_t>(limits.header));
  parser.body_limit(limits.body);
}

std::optional<Response> refuse_unsaid_length(const RequestParser& parser) {
  if (!parser.chunked()) return std::nullopt;
  return refusal(411, "the length of the request's body is not said: Content-Length, not in chunks");
}

Request request_from(RequestParser& parser, const Peer& peer) {
  auto message = parser.release();
  return {std::string(message.method_string()), std::string(message.target()), std::move(message.body()),
          peer};
}

std::optional<Response> complain(const boost::system::error_code& problem) {
  if (problem == http::error::body_limit) return refusal(413, "the request's body is too large");
  if (problem == http::error::header_limit) return refusal(431, "the request's header is too large");
  if (problem == http::error::end_of_stream || problem == http::error::partial_message) return std::nullopt;
  if (problem.category() == http::make_error_code(http::error::bad_method).category())
    return refusal(400, "not an HTTP request: " + problem.message());
  return std::nullopt;
}

}  // namespace hawser::control
