// Judges an HTTP/1.x reply as its bytes arrive. Pure: bytes in, a verdict out as soon as it is certain, so
// that a huge or endless body is never read further than needed, and the same verdict however TCP cut the
// bytes. What curl reads is read: lines that end in a bare LF (RFC 9112 2.2), a status line without a reason
// phrase. What the header means for the body is Boost.Beast's to say; http_reply.cpp alone includes it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "lib/config/config.h"
#include "probes/health.h"
#include "probes/http_lines.h"

namespace hawser::probes {

class HttpReply {
 public:
  // A header longer than this is refused, and a line of a chunk: 16 KiB is what common servers take in the
  // other direction.
  static constexpr std::size_t kMaxHeader = 16384;
  // "100 Continue" and other 1xx replies before the real one.
  static constexpr int kMaxInterim = 8;

  explicit HttpReply(config::HttpCheck check);

  // The next bytes from the server. An answer is final; nothing more needs to be read.
  std::optional<Verdict> take(std::string_view bytes);
  // The server closed the connection: now the verdict is certain in any case.
  Verdict finish();

 private:
  enum class Part : std::uint8_t { kHeader, kBody, kChunks };
  struct Header;

  std::optional<Verdict> take_header(std::string_view& bytes);
  std::optional<Verdict> judge_line(std::string_view line);
  std::optional<Verdict> end_header();
  std::optional<Verdict> take_body(std::string_view bytes);
  std::optional<Verdict> judge();
  void keep(std::string_view data);
  [[nodiscard]] bool is_whole() const;
  bool found();

  config::HttpCheck check_;
  Part part_ = Part::kHeader;
  bool begun_ = false;
  int interim_ = 0;

  LineReader line_{kMaxHeader};
  std::string header_;  // its whole lines, each with CRLF
  std::size_t header_lines_ = 0;
  int status_ = 0;

  Dechunker chunks_{kMaxHeader};
  std::optional<std::uint64_t> left_;  // of the body, where its length is known
  std::string body_;                   // the first max_body bytes
  std::size_t searched_ = 0;           // of it, for `contains`
};

// "200-299, 301": how status ranges are written in messages.
std::string status_ranges(const config::HttpCheck& check);

// The request of one probe. Host is the configured one or the address that is asked.
std::string http_request(const config::HttpCheck& check, const Endpoint& target);

}  // namespace hawser::probes
