// Whatever a server sends, in whatever pieces: no crash, a verdict at the end, and the same verdict however
// the bytes were cut.
#include <cstdlib>

#include "probes/http_reply.h"

namespace {

using namespace hawser;

probes::Verdict judge(const config::HttpCheck& check, std::string_view bytes, std::size_t piece) {
  probes::HttpReply reply(check);
  for (std::size_t at = 0; at < bytes.size(); at += piece)
    if (auto verdict = reply.take(bytes.substr(at, piece))) return *verdict;
  return reply.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  config::HttpCheck check;
  check.max_body = 64;
  if ((data[0] & 1U) != 0) check.contains = "ready";
  if ((data[0] & 2U) != 0) check.method = "HEAD";
  const std::string bytes(data + 1, data + size);
  const auto whole = judge(check, bytes, bytes.size() + 1);
  const auto dripped = judge(check, bytes, 1 + data[0] / 4);
  if (whole != dripped) std::abort();
  return 0;
}
