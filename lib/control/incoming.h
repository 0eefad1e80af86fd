// What a client sends, from its bytes to the request, without a socket. For session.cpp and its tests only:
// Beast costs its readers seconds.
#pragma once

#include <optional>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "lib/control/message.h"
#include "lib/control/server.h"

namespace hawser::control {

using RequestParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

void limit(RequestParser& parser, const Limits& limits);

// Of one that has read the header: a body whose length is not said is not read. No client of ours sends one,
// and Beast before Boost 1.86 ends the process where a last chunk comes in pieces (boostorg/beast#2861).
std::optional<Response> refuse_unsaid_length(const RequestParser& parser);

// Of a parser that is done.
Request request_from(RequestParser& parser, const Peer& peer);

// What cannot be read at all gets no answer but a closed connection.
std::optional<Response> complain(const boost::system::error_code& problem);

}  // namespace hawser::control
