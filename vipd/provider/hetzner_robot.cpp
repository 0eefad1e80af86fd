#include "vipd/provider/hetzner_robot.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/ranges.h>

#include "lib/base/json_in.h"
#include "vipd/provider/words.h"

namespace hawser::vipd::provider {

namespace {

namespace json = boost::json;

// The documentation gives no times; a switch takes 40 to 60 s.
constexpr Milliseconds kWhileLocked{10'000};
constexpr Milliseconds kInMaintenance{60'000};
constexpr Milliseconds kForATechnician{60'000};
constexpr std::uint64_t kADay = 86'400;  // in seconds; what asks for more is no interval

struct RobotError {
  unsigned status;
  std::string_view code;  // of the error; empty: any
  Meaning meaning;
  Milliseconds wait;
};
constexpr std::array kRobotErrors{
    RobotError{401, "", Meaning::kDenied, {}},
    RobotError{403, "RATE_LIMIT_EXCEEDED", Meaning::kLimited, {}},
    RobotError{409, "FAILOVER_ALREADY_ROUTED", Meaning::kAlready, {}},
    RobotError{409, "FAILOVER_LOCKED", Meaning::kBusy, kWhileLocked},
    RobotError{500, "FAILOVER_NOT_COMPLETE", Meaning::kUnknown, kWhileLocked},
    RobotError{409, "RESET_MANUAL_ACTIVE", Meaning::kBusy, kForATechnician},
    RobotError{500, "RESET_FAILED", Meaning::kUnknown, kWhileLocked},
    RobotError{503, "", Meaning::kUnknown, kInMaintenance},
};

// Of what is not documented, a 4xx says that the call was not taken, anything else nothing of the address.
Meaning meaning_of(unsigned status) {
  constexpr std::array kSaysNothing{408U, 409U, 425U};
  if (status == 429) return Meaning::kLimited;
  const bool not_taken = status >= 400 && status < 500 && !std::ranges::count(kSaysNothing, status);
  return not_taken ? Meaning::kRefused : Meaning::kUnknown;
}

RobotError error_of(unsigned status, std::string_view code) {
  const auto* found = std::ranges::find_if(kRobotErrors, [&](const RobotError& one) {
    return one.status == status && (one.code.empty() || one.code == code);
  });
  return found == kRobotErrors.end() ? RobotError{status, code, meaning_of(status), {}} : *found;
}

std::string names_in(const json::value& error, std::string_view key) {
  std::vector<std::string> names;
  for (const auto& name : list_in(error, key))
    if (name.is_string()) names.emplace_back(name.get_string());
  return names.empty() ? std::string() : fmt::format(", {}: {}", key, fmt::join(names, ", "));
}

// "409 FAILOVER_LOCKED: The failover ip can not be set up due to an active lock."
std::string text_of(unsigned status, const json::value& error) {
  const auto code = text_in(error, "code");
  const auto message = text_in(error, "message");
  return fmt::format("{}{}{}{}{}{}{}", status, code.empty() ? "" : " ", code, message.empty() ? "" : ": ",
                     message, names_in(error, "missing"), names_in(error, "invalid"));
}

Answer refused(const Reply& reply, const json::value& body) {
  const auto& error = value_in(body, "error");
  const auto meant = error_of(reply.status, text_in(error, "code"));
  Answer answer{meant.meaning, {}, text_of(reply.status, error), meant.wait};
  if (!error.is_object()) answer.text = fmt::format("{} {}", reply.status, without_json(reply));
  if (meant.meaning == Meaning::kLimited) {
    answer.wait = std::chrono::seconds(std::clamp<std::uint64_t>(number_in(error, "interval"), 1, kADay));
    answer.text +=
        fmt::format(" ({} calls within {})", number_in(error, "max_request"), format_duration(answer.wait));
  }
  return answer;
}

Answer read(Ask asked, const Reply& reply, const json::value& body) {
  const auto& failover = value_in(body, "failover");
  const auto& active = value_in(failover, "active_server_ip");
  if (!active.is_string() &&
      !(active.is_null() && failover.is_object() && failover.get_object().contains("active_server_ip")))
    return {Meaning::kUnknown, {}, fmt::format("{} without active_server_ip", reply.status), {}};
  const auto target = text_in(failover, "active_server_ip");
  if (asked == Ask::kSet) return {Meaning::kDone, target, {}, {}};
  if (text_in(failover, "status") == "processing")
    return {Meaning::kBusy, target, "a switch is in process", kWhileLocked};
  return {Meaning::kRouted, target, {}, {}};
}

}  // namespace

Turn HetznerRobot::begin(const Call& call) {
  asked_ = call.ask;
  if (is_of_power()) return reset_.begin(call);
  const auto path = fmt::format("/failover/{}", call.address);
  if (call.ask == Ask::kGet) return Request{"GET", path, {}, {}};
  if (call.target.empty()) return Request{"DELETE", path, {}, {}};
  return Request{"POST", path, fmt::format("active_server_ip={}", form_encoded(call.target)),
                 "application/x-www-form-urlencoded"};
}

Turn HetznerRobot::heard(const Reply& reply) {
  boost::system::error_code wrong;
  const auto body = json::parse(reply.body, wrong);
  if (reply.status == 200 && !wrong) return is_of_power() ? reset_.heard(body) : read(asked_, reply, body);
  auto answer = refused(reply, wrong ? json::value() : body);
  // Before the reset itself was sent, what is unknown has surely reset nothing.
  if (asked_ == Ask::kPowerOff && reset_.only_reads() && answer.meaning == Meaning::kUnknown)
    answer.meaning = Meaning::kUnreached;
  return answer;
}

Limits HetznerRobot::limits() const {
  return {.reads = 100,
          .switches = 50,
          .resets = 50,
          .window = std::chrono::hours(1),
          .logins = 3,
          .locked_out = std::chrono::minutes(10)};
}

Result<std::string> HetznerRobot::authorization(const std::string& secret) const {
  const auto colon = secret.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == secret.size())
    return fail("holds no USER:PASSWORD of a webservice user, on one line");
  return "Basic " + base64(secret);
}

std::string HetznerRobot::account(const std::string& secret) const {
  return secret.substr(0, secret.find(':'));
}

bool HetznerRobot::is_same(const std::string& one, const std::string& other) const {
  const auto first = IpAddress::parse(one);
  const auto second = IpAddress::parse(other);
  return first && second ? *first == *second : one == other;
}

}  // namespace hawser::vipd::provider
