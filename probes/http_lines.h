// Lines of an HTTP reply as they arrive, and the chunked coding (RFC 9112). Pure, and indifferent to how the
// bytes are cut: what comes out depends on the bytes alone, never on the pieces they came in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hawser::probes {

// Collects one line of at most `limit` bytes. RFC 9112 2.2: a bare LF ends a line as CRLF does.
class LineReader {
 public:
  explicit LineReader(std::size_t limit) : limit_(limit) {}

  // Takes from the front of `bytes` up to the end of the line. The line without its end, once it is whole.
  std::optional<std::string> take(std::string_view& bytes);
  [[nodiscard]] bool too_long() const { return line_.size() > limit_; }
  [[nodiscard]] const std::string& begun() const { return line_; }

 private:
  std::size_t limit_;
  std::string line_;
};

// A line of the peer's for a message: quoted, cut after 40 bytes, what is not printable ASCII as "?".
std::string shown(std::string_view line);

// Undoes the chunked coding (RFC 9112 7.1). Trailers are read and dropped.
class Dechunker {
 public:
  explicit Dechunker(std::size_t line_limit) : limit_(line_limit), line_(line_limit) {}

  // Data in order of arrival; false from it: nothing more is wanted.
  using Sink = std::function<bool(std::string_view data)>;
  void take(std::string_view bytes, const Sink& sink);

  [[nodiscard]] bool done() const { return state_ == State::kDone; }
  // Why this is not the chunked coding; empty: so far it is.
  [[nodiscard]] const std::string& wrong() const { return wrong_; }

 private:
  enum class State : std::uint8_t { kSize, kData, kDataEnd, kTrailer, kDone };

  bool take_data(std::string_view& bytes, const Sink& sink);
  void take_line(std::string_view& bytes);
  void end_line(const std::string& line);

  State state_ = State::kSize;
  std::size_t limit_;
  LineReader line_;
  std::uint64_t left_ = 0;    // of this chunk's data
  std::size_t trailers_ = 0;  // bytes
  std::string wrong_;
};

}  // namespace hawser::probes
