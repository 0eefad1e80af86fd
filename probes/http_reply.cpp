#include "probes/http_reply.h"

#include <algorithm>

#include <boost/beast/http/basic_parser.hpp>

namespace hawser::probes {
namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

}  // namespace

// Keeps of a reply what a verdict needs: the status, and the first max_body bytes of the body.
class HttpReply::Parser : public http::basic_parser<false> {
 public:
  Parser(std::size_t keep, bool head) : keep_(keep) {
    header_limit(kMaxHeader);
    body_limit(boost::none);  // ours is keep_: more is not an error, it is just not looked at
    eager(true);
    skip(head);
  }

  int status = 0;
  std::string body;
  bool body_full = false;

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int code, string_view, int, error_code&) override { status = code; }
  void on_field_impl(http::field, string_view, string_view, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view piece, error_code&) override { return keep(piece); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) override {
    return keep(piece);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t keep(string_view piece) {
    const auto room = std::min(piece.size(), keep_ - body.size());
    body.append(piece.data(), room);
    body_full = body.size() == keep_;
    return piece.size();
  }

  std::size_t keep_;
};

namespace {

bool wanted(const config::HttpCheck& check, int status) {
  return std::ranges::any_of(
      check.status, [&](const auto& range) { return status >= range.first && status <= range.second; });
}

Verdict bad(std::string words) {
  return {Outcome::kBad, std::move(words)};
}

}  // namespace

HttpReply::HttpReply(config::HttpCheck check) : check_(std::move(check)) {
  next_reply();
}
HttpReply::~HttpReply() = default;
HttpReply::HttpReply(HttpReply&&) noexcept = default;
HttpReply& HttpReply::operator=(HttpReply&&) noexcept = default;

void HttpReply::next_reply() {
  parser_ = std::make_unique<Parser>(check_.max_body, check_.method == "HEAD");
}

std::optional<Verdict> HttpReply::take(std::string_view bytes) {
  begun_ = begun_ || !bytes.empty();
  pending_ += bytes;
  return parse();
}

std::optional<Verdict> HttpReply::parse() {
  while (!pending_.empty()) {
    error_code error;
    const auto used = parser_->put(boost::asio::buffer(pending_), error);
    pending_.erase(0, used);
    if (error && error != http::error::need_more) {
      if (error == http::error::header_limit) return bad("the header of the reply is too long");
      return bad("the reply is not HTTP");
    }
    if (auto verdict = judge()) return verdict;
    // The parser keeps what it cannot use yet, and sets no limit to the line of a chunk or to trailers.
    if (pending_.size() > kMaxHeader) return bad("the reply is not HTTP: a line is too long");
    if (error == http::error::need_more || used == 0) return std::nullopt;
  }
  return std::nullopt;
}

// Looks only at what is new (and what may have begun before it): a server that drips must not cost a search
// of the whole body for each byte.
bool HttpReply::found() {
  const auto from = searched_ - std::min(searched_, check_.contains.size());
  searched_ = parser_->body.size();
  return parser_->body.find(check_.contains, from) != std::string::npos;
}

std::optional<Verdict> HttpReply::judge() {
  if (!parser_->is_header_done()) return std::nullopt;
  const int status = parser_->status;
  if (status < 200 && status != 101) {
    if (++interim_ > kMaxInterim) return bad("the server sends interim replies without end");
    next_reply();
    return std::nullopt;
  }
  if (!wanted(check_, status)) return bad(fmt::format("status {}, wanted {}", status, status_ranges(check_)));
  if (check_.contains.empty() || found()) return Verdict{Outcome::kGood, fmt::format("status {}", status)};
  if (parser_->is_done()) return bad(fmt::format("the body does not contain \"{}\"", check_.contains));
  if (parser_->body_full)
    return bad(fmt::format("the first {} bytes of the body do not contain \"{}\"", check_.max_body,
                           check_.contains));
  return std::nullopt;
}

Verdict HttpReply::finish() {
  if (!begun_) return bad("the server closed the connection without an answer");
  // A body without a length ends with the connection (RFC 9112 6.3).
  error_code error;
  parser_->put_eof(error);
  if (!error)
    if (auto verdict = judge()) return *verdict;
  return bad("the server closed the connection in the middle of its answer");
}

std::string status_ranges(const config::HttpCheck& check) {
  std::string text;
  for (const auto& [low, high] : check.status) {
    if (!text.empty()) text += ", ";
    text += low == high ? fmt::format("{}", low) : fmt::format("{}-{}", low, high);
  }
  return text;
}

std::string http_request(const config::HttpCheck& check, const Endpoint& target) {
  // A Host of an address that is asked on the default port carries no port (RFC 9110 7.2).
  const auto address =
      target.address.is_v6() ? fmt::format("[{}]", target.address) : to_string(target.address);
  const auto own = target.port == 80 ? address : to_string(target);
  return fmt::format(
      "{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: hawser/{}\r\nAccept: */*\r\nConnection: close\r\n\r\n",
      check.method, check.path, check.host.empty() ? own : check.host, HAWSER_VERSION);
}

}  // namespace hawser::probes
