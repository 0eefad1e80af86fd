#include "probes/http_reply.h"

#include <algorithm>
#include <limits>

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

namespace hawser::probes {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

bool wanted(const config::HttpCheck& check, int status) {
  return std::ranges::any_of(
      check.status, [&](const auto& range) { return status >= range.first && status <= range.second; });
}

Verdict bad(std::string words) {
  return {Outcome::kBad, std::move(words)};
}

Verdict not_http(std::string_view why) {
  return bad(fmt::format("the reply is not HTTP: {}", why));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "HTTP/1.1 200", with or without a space and a reason phrase after it (RFC 9112 4: a recipient ignores it).
bool is_status_line(std::string_view line) {
  constexpr std::string_view kShape = "HTTP/1.d ddd";
  if (line.size() < kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i)
    if (kShape[i] == 'd' ? !is_digit(line[i]) : kShape[i] != line[i]) return false;
  return line.size() == kShape.size() || line[kShape.size()] == ' ';
}

// tchar of RFC 9110 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  const auto allowed = [&](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::ranges::all_of(text, allowed);
}

bool is_field(std::string_view line) {
  return is_token(line.substr(0, line.find(':'))) && line.find(':') != std::string_view::npos;
}

}  // namespace

// What the body of a reply is made of: Beast reads it out of the header.
struct HttpReply::Header {
  error_code error;
  int status = 0;
  bool has_body = false;
  bool chunked = false;
  std::optional<std::uint64_t> length;
};

namespace {

template <class Header>
Header read_header(std::string_view text, bool head) {
  http::response_parser<http::empty_body> parser;
  parser.header_limit(std::numeric_limits<std::uint32_t>::max());  // ours was enforced while it arrived
  parser.body_limit(boost::none);  // ours is max_body: more is not an error, it is just not looked at
  parser.skip(head);
  Header header;
  parser.put(boost::asio::buffer(text), header.error);
  if (!header.error && !parser.is_header_done()) header.error = http::error::partial_message;
  if (header.error) return header;
  header.status = static_cast<int>(parser.get().result_int());
  header.has_body = !parser.is_done();
  header.chunked = parser.chunked();
  if (const auto length = parser.content_length()) header.length = *length;
  return header;
}

}  // namespace

HttpReply::HttpReply(config::HttpCheck check) : check_(std::move(check)) {}

std::optional<Verdict> HttpReply::take(std::string_view bytes) {
  begun_ = begun_ || !bytes.empty();
  while (!bytes.empty()) {
    auto verdict = part_ == Part::kHeader ? take_header(bytes) : take_body(std::exchange(bytes, {}));
    if (verdict) return verdict;
  }
  return std::nullopt;
}

std::optional<Verdict> HttpReply::take_header(std::string_view& bytes) {
  const auto line = line_.take(bytes);
  if (line_.too_long() || header_.size() > kMaxHeader) return bad("the header of the reply is too long");
  if (!line) return std::nullopt;
  if (auto verdict = judge_line(*line)) return verdict;
  header_ += *line;
  // The reason phrase may be missing, but Beast wants the blank before it.
  if (header_lines_ == 1 && line->size() == std::string_view("HTTP/1.1 200").size()) header_ += ' ';
  header_ += "\r\n";
  return line->empty() ? end_header() : std::nullopt;
}

std::optional<Verdict> HttpReply::judge_line(std::string_view line) {
  ++header_lines_;
  if (header_lines_ == 1)
    return is_status_line(line) ? std::nullopt
                                : std::optional(not_http(fmt::format(
                                      "line 1 is {}, wanted \"HTTP/1.1 200 OK\" or the like", shown(line))));
  const bool continues = header_lines_ > 2 && (line.starts_with(' ') || line.starts_with('\t'));
  if (line.empty() || continues || is_field(line)) return std::nullopt;
  return not_http(fmt::format("line {} is {}, wanted a header field", header_lines_, shown(line)));
}

std::optional<Verdict> HttpReply::end_header() {
  const auto header = read_header<Header>(header_, check_.method == "HEAD");
  header_.clear();
  header_lines_ = 0;
  if (header.error) return not_http(header.error.message());
  if (header.status < 200 && header.status != 101) {
    if (++interim_ > kMaxInterim) return bad("the server sends interim replies without end");
    return std::nullopt;
  }
  status_ = header.status;
  if (!wanted(check_, status_))
    return bad(fmt::format("status {}, wanted {}", status_, status_ranges(check_)));
  part_ = header.has_body && header.chunked ? Part::kChunks : Part::kBody;
  left_ = header.has_body ? header.length : 0;
  return judge();
}

std::optional<Verdict> HttpReply::take_body(std::string_view bytes) {
  if (part_ == Part::kBody) {
    keep(left_ ? bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(*left_, bytes.size())))
               : bytes);
    if (left_) *left_ -= std::min<std::uint64_t>(*left_, bytes.size());
    return judge();
  }
  std::optional<Verdict> verdict;
  chunks_.take(bytes, [&](std::string_view data) {
    keep(data);
    verdict = judge();
    return !verdict;
  });
  if (verdict) return verdict;
  if (!chunks_.wrong().empty()) return not_http(chunks_.wrong());
  return judge();
}

void HttpReply::keep(std::string_view data) {
  body_ += data.substr(0, check_.max_body - body_.size());
}

bool HttpReply::is_whole() const {
  return part_ == Part::kChunks ? chunks_.done() : left_ == 0;
}

// Looks only at what is new (and what may have begun before it): a server that drips must not cost a search
// of the whole body for each byte.
bool HttpReply::found() {
  const auto from = searched_ - std::min(searched_, check_.contains.size());
  searched_ = body_.size();
  return body_.find(check_.contains, from) != std::string::npos;
}

std::optional<Verdict> HttpReply::judge() {
  if (check_.contains.empty() || found()) return Verdict{Outcome::kGood, fmt::format("status {}", status_)};
  if (is_whole()) return bad(fmt::format("the body does not contain \"{}\"", check_.contains));
  if (body_.size() == check_.max_body)
    return bad(fmt::format("the first {} bytes of the body do not contain \"{}\"", check_.max_body,
                           check_.contains));
  return std::nullopt;
}

Verdict HttpReply::finish() {
  if (!begun_) return bad("the server closed the connection without an answer");
  // A body without a length ends with the connection (RFC 9112 6.3).
  if (part_ == Part::kBody && !left_)
    return bad(fmt::format("the body does not contain \"{}\"", check_.contains));
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
