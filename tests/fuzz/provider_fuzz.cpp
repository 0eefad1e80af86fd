// Whatever a provider, or somebody between us, answers: no crash, an end, and never a word on where the
// address leads that no good answer has said.
#include <cstdlib>

#include "vipd/provider/https.h"

namespace {

using namespace hawser;
using namespace hawser::vipd::provider;

constexpr std::array kStatus{200U, 201U, 302U, 400U, 401U, 403U, 404U, 409U, 429U, 500U, 503U};

// The bodies of one conversation stand behind one another, a zero between two.
std::string_view next_body(std::string_view& rest) {
  const auto end = std::min(rest.find('\0'), rest.size());
  const auto body = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return body;
}

constexpr std::array kExit{0U, 1U, 3U, 64U, 69U, 75U, 77U, 127U};

Reply reply_of(Kind kind, std::string_view body) {
  const auto chosen = body.empty() ? 0U : static_cast<unsigned char>(body[0]);
  const auto status = kind == Kind::kExec ? kExit[chosen % kExit.size()] : kStatus[chosen % kStatus.size()];
  const std::string text(body.substr(body.empty() ? 0 : 1));
  return {body.empty() && kind != Kind::kExec ? 200U : status,
          "application/json",
          text,
          {{"retry-after", text}},
          text};
}

bool is_good(Kind kind, unsigned status) {
  return kind == Kind::kExec ? status == 0 || status == 3 : status < 300;
}

void talk(Driver& driver, Kind kind, Ask ask, std::string_view rest) {
  // As a floating IP, as an alias and as a route.
  constexpr std::array kAddresses{"203.0.113.100", "10.0.1.100", "10.100.0.0"};
  const auto address = *IpAddress::parse(kAddresses.at(rest.size() % kAddresses.size()));
  auto turn = driver.begin({ask, address, "192.0.2.12", {}});
  bool all_good = true;
  bool last_good = true;  // a switch that was locked for a moment is tried again
  for (int requests = 0; !std::holds_alternative<Answer>(turn); ++requests) {
    if (requests > 1000) std::abort();
    const auto body = next_body(rest);
    const auto reply = reply_of(kind, body);
    last_good = is_good(kind, reply.status);
    all_good = all_good && last_good;
    turn = driver.heard(reply);
  }
  const auto& answer = std::get<Answer>(turn);
  const bool tells = answer.meaning == Meaning::kRouted || answer.meaning == Meaning::kOff;
  if (tells && !all_good) std::abort();
  if (answer.meaning == Meaning::kDone && !last_good) std::abort();
  if (answer.meaning == Meaning::kDone && (ask == Ask::kGet || ask == Ask::kPower)) std::abort();
  if (answer.wait < Milliseconds(0)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto kind = kNames<Kind>[(data[0] >> 2U) % kNames<Kind>.size()].first;
  const auto driver = driver_for(kind, "https://hook.example");
  const auto ask = kNames<Ask>[data[0] % 4].first;
  if (driver->power() != Power::kNone || ask == Ask::kGet || ask == Ask::kSet) talk(*driver, kind, ask, rest);
  (void)parse_url(std::string(rest));
  (void)proxy_for("192.0.2.1", rest, rest);
  return 0;
}
