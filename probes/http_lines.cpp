#include "probes/http_lines.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace hawser::probes {
namespace {

// The size in front of extensions: "1a;name=value".
std::optional<std::uint64_t> chunk_size(std::string_view line) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  const std::string_view rest(end, static_cast<std::size_t>(line.data() + line.size() - end));
  const auto next = rest.find_first_not_of(" \t");
  const bool whole = next == std::string_view::npos || rest[next] == ';';
  if (error != std::errc{} || !whole) return std::nullopt;
  return size;
}

}  // namespace

std::string shown(std::string_view line) {
  constexpr std::size_t kMost = 40;
  std::string text(line.substr(0, kMost));
  for (auto& byte : text)
    if (byte < 0x20 || byte > 0x7E) byte = '?';
  return fmt::format("\"{}{}\"", text, line.size() > kMost ? "..." : "");
}

std::optional<std::string> LineReader::take(std::string_view& bytes) {
  const auto end = bytes.find('\n');
  const auto count = std::min(end == std::string_view::npos ? bytes.size() : end, limit_ + 1 - line_.size());
  line_ += bytes.substr(0, count);
  if (too_long() || end == std::string_view::npos) {
    bytes = {};
    return std::nullopt;
  }
  bytes.remove_prefix(end + 1);
  auto whole = std::exchange(line_, {});
  if (whole.ends_with('\r')) whole.pop_back();
  return whole;
}

void Dechunker::take(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty() && !done() && wrong_.empty()) {
    if (state_ != State::kData)
      take_line(bytes);
    else if (!take_data(bytes, sink))
      return;
  }
}

bool Dechunker::take_data(std::string_view& bytes, const Sink& sink) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  const auto data = bytes.substr(0, count);
  bytes.remove_prefix(count);
  left_ -= count;
  if (left_ == 0) state_ = State::kDataEnd;
  return sink(data);
}

void Dechunker::take_line(std::string_view& bytes) {
  const auto line = line_.take(bytes);
  if (line_.too_long())
    wrong_ = "a line is too long";
  else if (line)
    end_line(*line);
}

void Dechunker::end_line(const std::string& line) {
  if (state_ == State::kTrailer) {
    trailers_ += line.size() + 1;
    if (trailers_ > limit_) wrong_ = "the trailer is too long";
    if (line.empty()) state_ = State::kDone;
    return;
  }
  if (state_ == State::kDataEnd) {
    if (!line.empty()) wrong_ = fmt::format("{} stands where a chunk ends", shown(line));
    state_ = State::kSize;
    return;
  }
  const auto size = chunk_size(line);
  if (!size) {
    wrong_ = fmt::format("{} is not the size of a chunk", shown(line));
    return;
  }
  left_ = *size;
  state_ = left_ == 0 ? State::kTrailer : State::kData;
}

}  // namespace hawser::probes
