#include "vipd/provider/hetzner_cloud.h"

#include <algorithm>
#include <cctype>

#include <boost/json.hpp>

#include "lib/base/json_in.h"
#include "vipd/provider/words.h"

namespace hawser::vipd::provider {

namespace {

namespace json = boost::json;

constexpr Milliseconds kBetweenPolls{1'000};
constexpr unsigned kPolls = 60;
constexpr Milliseconds kWhileBusy{5'000};
constexpr Milliseconds kUntilRefilled{10'000};  // one call a second comes back
constexpr Milliseconds kMaintained{60'000};

struct CloudError {
  std::string_view code;
  Meaning meaning;
  Milliseconds wait;
};
constexpr std::array kCloudErrors{
    CloudError{"unauthorized", Meaning::kDenied, {}},
    CloudError{"token_readonly", Meaning::kDenied, {}},
    CloudError{"forbidden", Meaning::kDenied, {}},
    CloudError{"locked", Meaning::kBusy, kWhileBusy},
    CloudError{"conflict", Meaning::kBusy, kWhileBusy},
    CloudError{"resource_unavailable", Meaning::kBusy, kWhileBusy},
    CloudError{"rate_limit_exceeded", Meaning::kLimited, kUntilRefilled},
    CloudError{"maintenance", Meaning::kUnknown, kMaintained},
    CloudError{"timeout", Meaning::kUnknown, {}},
    CloudError{"bad_gateway", Meaning::kUnknown, {}},
    CloudError{"service_error", Meaning::kUnknown, {}},
    CloudError{"server_error", Meaning::kUnknown, {}},
    CloudError{"unavailable", Meaning::kUnknown, {}},
};

Answer answer_to(unsigned status, const json::value& error) {
  const auto code = text_in(error, "code");
  const auto message = text_in(error, "message");
  const auto text =
      fmt::format("{}{}{}{}{}", status == 0 ? "" : fmt::format("{}", status),
                  status == 0 || code.empty() ? "" : " ", code, message.empty() ? "" : ": ", message);
  const auto* found = std::ranges::find(kCloudErrors, std::string_view(code), &CloudError::code);
  if (found != kCloudErrors.end()) return {found->meaning, {}, text, found->wait};
  if (status == 401) return {Meaning::kDenied, {}, text, {}};
  if (status == 429) return {Meaning::kLimited, {}, text, kUntilRefilled};
  // What it does not know it does not take: not_found, invalid_input, uniqueness_error, ip_not_available, ..
  const bool not_taken = error.is_object() && status >= 400 && status < 500;
  return {not_taken ? Meaning::kRefused : Meaning::kUnknown, {}, text, {}};
}

std::string number_text(const json::value& object, std::string_view key) {
  const auto& value = value_in(object, key);
  return value.is_int64() || value.is_uint64() ? json::serialize(value) : std::string();
}

// "203.0.113.50", and of IPv6 the network: "2001:db8:50::/64".
bool is_address(const json::value& floating, const IpAddress& address) {
  const auto text = text_in(floating, "ip");
  const auto own = IpAddress::parse(text.substr(0, text.find('/')));
  return own && *own == address;
}

}  // namespace

Turn HetznerCloud::list() const {
  const auto* what = stage_ == Stage::kAddresses ? "floating_ips" : "servers";
  return Request{"GET", fmt::format("/{}?per_page=50&page={}", what, page_), {}, {}};
}

Turn HetznerCloud::begin(const Call& call) {
  call_ = call;
  stage_ = Stage::kAddresses;
  page_ = 1;
  polls_ = 0;
  found_.reset();
  numbers_.clear();
  return list();
}

Turn HetznerCloud::heard(const Reply& reply) {
  boost::system::error_code wrong;
  const auto parsed = json::parse(reply.body, wrong);
  const auto body = wrong ? json::value() : parsed;
  const auto expected = stage_ == Stage::kAssign ? 201U : 200U;
  if (reply.status != expected || wrong) return refused(reply, body);
  switch (stage_) {
    case Stage::kAddresses:
      return addresses(body);
    case Stage::kServers:
      return servers(body);
    case Stage::kAssign:
    case Stage::kAction:
      break;
  }
  return action(body);
}

// Before the switch itself was sent, what is unknown has surely moved nothing.
Turn HetznerCloud::refused(const Reply& reply, const json::value& body) const {
  const auto& error = value_in(body, "error");
  auto answer = answer_to(reply.status, error);
  if (!error.is_object()) answer.text = fmt::format("{} {}", reply.status, without_json(reply));
  const bool only_read = stage_ == Stage::kAddresses || stage_ == Stage::kServers;
  if (call_.ask == Ask::kSet && only_read && answer.meaning == Meaning::kUnknown)
    answer.meaning = Meaning::kUnreached;
  return answer;
}

Turn HetznerCloud::next_page(const json::value& body, Turn otherwise) {
  const auto next = number_in(value_in(value_in(body, "meta"), "pagination"), "next_page");
  if (next <= page_) return otherwise;
  page_ = next;
  return list();
}

Turn HetznerCloud::addresses(const json::value& body) {
  for (const auto& floating : list_in(body, "floating_ips"))
    if (is_address(floating, call_.address))
      found_ = Address{number_text(floating, "id"), number_text(floating, "server")};
  if (!found_)
    return next_page(body, Answer{Meaning::kRefused,
                                  {},
                                  fmt::format("there is no floating IP {} in this project", call_.address),
                                  {}});
  if (call_.ask == Ask::kGet && found_->server.empty()) return Answer{Meaning::kRouted, {}, {}, {}};
  stage_ = Stage::kServers;
  page_ = 1;
  return list();
}

// All of them: the number that an answer has is compared with whatever name the target was given by.
Turn HetznerCloud::servers(const json::value& body) {
  for (const auto& server : list_in(body, "servers")) {
    const auto number = number_text(server, "id");
    const auto& net = value_in(server, "public_net");
    for (const auto& name : {number, text_in(server, "name"), text_in(value_in(net, "ipv4"), "ip")})
      if (!name.empty()) numbers_[name] = number;
  }
  return next_page(body, after_servers());
}

Turn HetznerCloud::after_servers() {
  if (call_.ask == Ask::kGet) return Answer{Meaning::kRouted, found_->server, {}, {}};
  const auto target = numbers_.find(call_.target);
  if (target == numbers_.end())
    return Answer{
        Meaning::kRefused, {}, fmt::format("there is no server {} in this project", call_.target), {}};
  if (found_->server == target->second) return Answer{Meaning::kAlready, found_->server, {}, {}};
  stage_ = Stage::kAssign;
  return Request{"POST", fmt::format("/floating_ips/{}/actions/assign", found_->number),
                 fmt::format(R"({{"server":{}}})", target->second), "application/json"};
}

Turn HetznerCloud::action(const json::value& body) {
  const auto& action = value_in(body, "action");
  const auto status = text_in(action, "status");
  const auto number = number_text(action, "id");
  if (status == "success") return Answer{Meaning::kDone, call_.target, {}, {}};
  if (status == "error") {
    auto answer = answer_to(0, value_in(action, "error"));
    if (answer.meaning == Meaning::kRefused || answer.meaning == Meaning::kDenied)
      answer.meaning = Meaning::kUnknown;
    return answer;
  }
  if (status != "running" || number.empty())
    return Answer{Meaning::kUnknown, {}, "the answer names no action", {}};
  stage_ = Stage::kAction;
  if (++polls_ > kPolls)
    return Answer{Meaning::kUnknown, {}, fmt::format("action {} is still running", number), kWhileBusy};
  return Pause{kBetweenPolls, Request{"GET", fmt::format("/actions/{}", number), {}, {}}};
}

Limits HetznerCloud::limits() const {
  // One call of ours is up to five of theirs.
  return {.reads = 600, .switches = 300, .window = std::chrono::hours(1), .logins = 0, .locked_out = {}};
}

Result<std::string> HetznerCloud::authorization(const std::string& secret) const {
  constexpr std::size_t kShortest = 16;
  const bool is_token = secret.size() >= kShortest && std::ranges::all_of(secret, [](unsigned char c) {
                          return std::isgraph(c) != 0 && c != ':';
                        });
  if (!is_token) return fail("holds no token of a project, on one line");
  return "Bearer " + secret;
}

// The token names nobody; what it hashes to does, and gives nothing away.
std::string HetznerCloud::account(const std::string& secret) const {
  return short_hash(secret);
}

bool HetznerCloud::is_same(const std::string& one, const std::string& other) const {
  const auto number = [&](const std::string& name) {
    const auto known = numbers_.find(name);
    return known == numbers_.end() ? name : known->second;
  };
  return number(one) == number(other);
}

}  // namespace hawser::vipd::provider
