#include "vipd/provider/exec.h"

#include <algorithm>

#include <sysexits.h>

namespace hawser::vipd::provider {

namespace {

constexpr Milliseconds kWhileItIsBusy{10'000};
constexpr unsigned kElsewhere = 3;  // of "get": not where it should, and it need not know where
constexpr std::size_t kLongestTarget = 255;

Meaning exec_meaning(unsigned status) {
  switch (status) {
    case EX_USAGE:
    case EX_DATAERR:
    case EX_NOINPUT:
    case EX_NOUSER:
    case EX_NOHOST:
    case EX_CONFIG:
      return Meaning::kRefused;
    case EX_UNAVAILABLE:
      return Meaning::kUnreached;
    case EX_TEMPFAIL:
      return Meaning::kBusy;
    case EX_NOPERM:
      return Meaning::kDenied;
    default:
      return Meaning::kUnknown;
  }
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

// What it says of itself is on its last line, as "curl: (28) .." is.
std::string words_of(const Reply& reply) {
  auto text = reply.errors;
  while (text.ends_with('\n')) text.pop_back();
  auto line = text.substr(text.rfind('\n') + 1);
  std::ranges::replace_if(
      line, [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
  return fmt::format("exit status {}{}{}", reply.status, line.empty() ? "" : ": ", line);
}

bool is_target(const std::string& line) {
  return !line.empty() && line.size() <= kLongestTarget &&
         std::ranges::all_of(line, [](char c) { return c > ' ' && c < '\x7f'; });
}

Answer exec_refusal(const Reply& reply) {
  const auto meaning = exec_meaning(reply.status);
  return {meaning, {}, words_of(reply), meaning == Meaning::kBusy ? kWhileItIsBusy : Milliseconds(0)};
}

Answer exec_reading(const Reply& reply) {
  auto line = first_line(reply.body);
  if (reply.status == kElsewhere && line.empty()) line = "elsewhere";
  if (!is_target(line))
    return {Meaning::kUnknown,
            {},
            fmt::format("it printed {}: the first line is where the address leads, - for nobody",
                        line.empty() ? "nothing" : "what is no target"),
            {}};
  return {Meaning::kRouted, line == "-" ? std::string() : line, {}, {}};
}

}  // namespace

Turn Exec::begin(const Call& call) {
  asked_ = call.ask;
  const auto* action = call.ask == Ask::kGet ? "get" : call.target.empty() ? "unroute" : "set";
  return ProgramCall{action, call.address, call.target};
}

Turn Exec::heard(const Reply& reply) {
  const bool reads = asked_ == Ask::kGet;
  const bool tells = reply.status == EX_OK || (reads && reply.status == kElsewhere);
  if (!tells) return exec_refusal(reply);
  return reads ? exec_reading(reply) : Answer{Meaning::kDone, {}, {}, {}};
}

}  // namespace hawser::vipd::provider
