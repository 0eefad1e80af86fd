// One request and its answer over a connected socket. For client.cpp and async_client.cpp only.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "lib/control/message.h"

namespace hawser::control {

// A status page with thousands of services is a few megabytes.
inline constexpr std::size_t kLargestAnswer = std::size_t{64} * 1024 * 1024;

boost::beast::http::request<boost::beast::http::string_body> to_http(const Request& request);

// What goes wrong is thrown. Both must live as long as it runs.
boost::asio::awaitable<Response> exchange(boost::asio::local::stream_protocol::socket& socket,
                                          const Request& request);

}  // namespace hawser::control
