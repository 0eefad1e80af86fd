#include "vipd/provider/webhook.h"

#include <algorithm>
#include <cctype>

#include <boost/json.hpp>

#include "lib/base/json_in.h"
#include "vipd/provider/words.h"

namespace hawser::vipd::provider {

namespace {

namespace json = boost::json;

constexpr Milliseconds kUntilItMayBeThere{2'000};
constexpr unsigned kReads = 60;
constexpr Milliseconds kWhileInProcess{10'000};
constexpr unsigned kBegun = 202;

Meaning hook_meaning(unsigned status) {
  switch (status) {
    case 401:
    case 403:
      return Meaning::kDenied;
    case 400:
    case 404:
    case 422:
      return Meaning::kRefused;
    case 409:
      return Meaning::kBusy;
    case 429:
      return Meaning::kLimited;
    default:
      return Meaning::kUnknown;
  }
}

// Its own words are a string: {"error": "locked by maintenance"}.
Answer hook_refusal(const Reply& reply, const json::value& body) {
  const auto words = text_in(body, "error");
  const auto meaning = hook_meaning(reply.status);
  const bool waits = meaning == Meaning::kBusy || meaning == Meaning::kLimited;
  return {meaning,
          {},
          fmt::format("{}{}", reply.status, words.empty() ? "" : ": " + words),
          retry_after(reply).value_or(waits ? kWhileInProcess : Milliseconds(0))};
}

// Null is nobody; without the key, or with anything else there, it was not said.
std::optional<std::string> target_in(const json::value& body) {
  if (!body.is_object() || !body.get_object().contains("target")) return std::nullopt;
  const auto& target = value_in(body, "target");
  if (target.is_null()) return std::string();
  if (!target.is_string() || target.get_string().empty()) return std::nullopt;
  return std::string(target.get_string());
}

}  // namespace

Request Webhook::read() const {
  return {"GET", fmt::format("?address={}", form_encoded(to_string(call_.address))), {}, {}};
}

Turn Webhook::begin(const Call& call) {
  call_ = call;
  polls_ = 0;
  stage_ = call.ask == Ask::kGet ? Stage::kRead : Stage::kSwitch;
  if (stage_ == Stage::kRead) return read();
  const json::object wish{{"address", to_string(call.address)},
                          {"target", call.target.empty() ? json::value() : json::value(call.target)}};
  return Request{"POST", {}, json::serialize(wish), "application/json"};
}

Turn Webhook::heard(const Reply& reply) {
  boost::system::error_code wrong;
  const auto parsed = json::parse(reply.body, wrong);
  const auto body = wrong ? json::value() : parsed;
  if (reply.status != 200 && reply.status != kBegun) {
    auto answer = hook_refusal(reply, body);
    if (stage_ == Stage::kAwait) answer.meaning = Meaning::kUnknown;  // of the read: the switch was begun
    return answer;
  }
  if (stage_ == Stage::kSwitch && reply.status == kBegun) return await();  // whatever it says of it
  if (wrong)
    return Answer{Meaning::kUnknown, {}, fmt::format("{} {}", reply.status, without_json(reply)), {}};
  const auto target = target_in(body);
  if (!target) return Answer{Meaning::kUnknown, {}, fmt::format("{} without a target", reply.status), {}};
  return told(reply.status, *target);
}

Turn Webhook::told(unsigned status, const std::string& target) {
  if (stage_ == Stage::kRead && status == kBegun)
    return Answer{Meaning::kBusy, target, "a switch is in process", kWhileInProcess};
  if (stage_ == Stage::kRead) return Answer{Meaning::kRouted, target, {}, {}};
  if (target == call_.target && status != kBegun) return Answer{Meaning::kDone, target, {}, {}};
  if (stage_ == Stage::kAwait) return await();
  return Answer{Meaning::kUnknown,
                target,
                fmt::format("{} says that it leads to {}", status, target.empty() ? "nobody" : target),
                {}};
}

Turn Webhook::await() {
  stage_ = Stage::kAwait;
  if (++polls_ > kReads)
    return Answer{Meaning::kUnknown, {}, "the switch was begun, and is still not there", kWhileInProcess};
  return Pause{kUntilItMayBeThere, read()};
}

Limits Webhook::limits() const {
  return {.reads = 0,
          .switches = 0,
          .resets = 0,
          .window = std::chrono::hours(24),
          .logins = 0,
          .locked_out = {}};
}

Result<std::string> Webhook::authorization(const std::string& secret) const {
  if (secret.empty()) return std::string();
  if (!std::ranges::all_of(secret, [](unsigned char c) { return std::isgraph(c) != 0; }))
    return fail("holds no token, on one line and without spaces");
  return "Bearer " + secret;
}

std::string Webhook::account(const std::string& secret) const {
  return short_hash(url_ + " " + secret);
}

}  // namespace hawser::vipd::provider
