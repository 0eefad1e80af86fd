// Whatever a client sends to a control socket, in whatever pieces: no crash, an answer that is JSON, and the
// same request however the bytes were cut. And what a client may choose that is kept: the end of a stance.
#include <cstdlib>

#include <boost/json.hpp>

#include "lib/control/incoming.h"
#include "lib/control/json.h"
#include "lib/control/routes.h"
#include "vipd/daemon/stands.h"

namespace {

using namespace hawser;
namespace http = boost::beast::http;

struct Read {
  std::optional<control::Request> request;
  std::optional<control::Response> complaint;
};

// As much as the parser takes of it: the header first, then what follows.
void feed(control::RequestParser& parser, std::string& buffer, boost::system::error_code& problem) {
  problem = {};
  while (!buffer.empty() && !parser.is_done() && !problem) {
    parser.eager(parser.is_header_done());
    buffer.erase(0, parser.put(boost::asio::buffer(buffer), problem));
    if (parser.is_header_done() && parser.chunked()) return;
  }
  if (problem == http::error::need_more) problem = {};
}

// As lib/control/session.cpp reads from its socket.
Read read(std::string_view bytes, std::size_t piece) {
  control::RequestParser parser;
  control::limit(parser, {});
  std::string buffer;
  boost::system::error_code problem;
  for (std::size_t at = 0; at < bytes.size() && !parser.is_done(); at += piece) {
    buffer += bytes.substr(at, piece);
    feed(parser, buffer, problem);
    if (problem) return {{}, control::complain(problem)};
    if (auto refused = parser.is_header_done() ? control::refuse_unsaid_length(parser) : std::nullopt)
      return {{}, std::move(refused)};
  }
  if (!parser.is_done() && parser.got_some()) parser.put_eof(problem);
  if (problem || !parser.is_done()) return {{}, control::complain(problem)};
  return {control::request_from(parser, {}), {}};
}

control::Response stand_by(const control::Request& request) {
  const auto until = vipd::end_from(control::value_of(request, "until"));
  const vipd::Stand wanted{vipd::Stance::kStandingBy, until};
  const auto text = vipd::write_stands({{"web", wanted}});
  const auto again = vipd::read_stands(text);
  if (!again || again->at("web") != wanted) std::abort();
  return control::good({{"until", until.has_value()}});
}

control::Response say(const control::Request& request) {
  return control::good({{"allow-empty", control::asks_for(request, "allow-empty")}});
}

control::Routes routes() {
  control::Routes routes(control::Peer{}.uid);  // whoever asks here may
  routes.get("/v1/status", say).post("/v1/reload", say).post("/v1/stand-by", stand_by);
  return routes;
}

void require_json(const control::Response& response) {
  boost::system::error_code wrong;
  (void)boost::json::parse(response.body, wrong);
  if (wrong) std::abort();
}

void read_stands(std::string_view text) {
  auto stands = vipd::read_stands(text);
  if (!stands) return;
  const auto again = vipd::read_stands(vipd::write_stands(*stands));
  if (!again || *again != *stands) std::abort();
  const std::chrono::system_clock::time_point now{std::chrono::seconds(1'800'000'000)};
  (void)vipd::settle_names(*stands, {"web", "db/ipv4", "db/ipv6"});
  (void)vipd::expire(*stands, now);
  if (const auto end = vipd::next_end(*stands); end && *end - now <= decltype(*end - now){}) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read(bytes, size);
  const auto dripped = read(bytes, 1 + data[0] / 4);
  if (whole.request && dripped.request && whole.request != dripped.request) std::abort();
  if (whole.complaint) require_json(*whole.complaint);
  if (whole.request) require_json(routes().answer(*whole.request));
  read_stands(bytes);
  return 0;
}
