// Judges an HTTP/1.x reply as its bytes arrive. Pure: bytes in, a verdict out as soon as it is certain, so
// that a huge or endless body is never read further than needed. The only file of the probes that uses
// Boost.Beast (its parser) is http_reply.cpp.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lib/config/config.h"
#include "probes/health.h"

namespace hawser::probes {

class HttpReply {
 public:
  // A header longer than this is refused: 16 KiB is what common servers take in the other direction.
  static constexpr std::size_t kMaxHeader = 16384;
  // "100 Continue" and other 1xx replies before the real one.
  static constexpr int kMaxInterim = 8;

  explicit HttpReply(config::HttpCheck check);
  ~HttpReply();
  HttpReply(HttpReply&&) noexcept;
  HttpReply& operator=(HttpReply&&) noexcept;
  HttpReply(const HttpReply&) = delete;
  HttpReply& operator=(const HttpReply&) = delete;

  // The next bytes from the server. An answer is final; nothing more needs to be read.
  std::optional<Verdict> take(std::string_view bytes);
  // The server closed the connection: now the verdict is certain in any case.
  Verdict finish();

 private:
  class Parser;
  std::optional<Verdict> parse();
  std::optional<Verdict> judge();
  bool found();
  void next_reply();

  config::HttpCheck check_;
  std::unique_ptr<Parser> parser_;
  std::string pending_;       // bytes that the parser wants to see again together with more
  std::size_t searched_ = 0;  // of the body, for `contains`
  int interim_ = 0;
  bool begun_ = false;
};

// "200-299, 301": how status ranges are written in messages.
std::string status_ranges(const config::HttpCheck& check);

// The request of one probe. Host is the configured one or the address that is asked.
std::string http_request(const config::HttpCheck& check, const Endpoint& target);

}  // namespace hawser::probes
