#include "vipd/provider/hetzner_cloud.h"

#include <algorithm>
#include <cctype>

#include <boost/json.hpp>

#include "lib/base/json_in.h"
#include "vipd/provider/hetzner_cloud_error.h"
#include "vipd/provider/words.h"

namespace hawser::vipd::provider {

namespace {

namespace json = boost::json;

constexpr Milliseconds kBetweenPolls{1'000};
constexpr unsigned kPolls = 60;
constexpr Milliseconds kWhileItRuns{5'000};
// Of giving what was taken already: it leads to nobody meanwhile.
constexpr unsigned kTries = 5;

std::string nobody(const std::string& target) {
  return target.empty() ? "nobody" : target;
}

Answer no_server(const std::string& name) {
  return {Meaning::kRefused, {}, fmt::format("there is no server {} in this project", name), {}};
}

}  // namespace

Turn HetznerCloud::list(Stage stage) {
  if (stage_ != stage) page_ = 1;
  stage_ = stage;
  constexpr std::array kLists{"floating_ips", "servers", "networks"};
  return Request{"GET", fmt::format("/{}?per_page=50&page={}", kLists.at(std::size_t(stage)), page_), {}, {}};
}

Turn HetznerCloud::begin(const Call& call) {
  call_ = call;
  project_.emplace(call.address);
  change_ = {};
  action_ = Action::kNone;
  page_ = 1;
  polls_ = tries_ = 0;
  if (!is_of_power()) return list(Stage::kAddresses);
  return is_number(call.target) ? of_power(call.target) : list(Stage::kServers);
}

Turn HetznerCloud::heard(const Reply& reply) {
  boost::system::error_code wrong;
  const auto parsed = json::parse(reply.body, wrong);
  const auto body = wrong ? json::value() : parsed;
  const auto expected = only_reads() || action_ == Action::kRuns ? 200U : 201U;
  if (reply.status != expected || wrong) return refused(reply, body);
  if (stage_ == Stage::kStatus) return status(body);
  return only_reads() ? page(body) : action(body);
}

// Before something was sent, what is unknown has surely moved nothing. While an action runs, the refusal of a
// look at it says nothing of the action.
Turn HetznerCloud::refused(const Reply& reply, const json::value& body) {
  auto answer = cloud_refusal(reply, body);
  if (only_reads()) {
    const bool changes = call_.ask == Ask::kSet || call_.ask == Ask::kPowerOff;
    if (changes && answer.meaning == Meaning::kUnknown) answer.meaning = Meaning::kUnreached;
    return answer;
  }
  if (action_ == Action::kRuns) {
    answer.meaning = Meaning::kUnknown;
    return answer;
  }
  return answer.meaning == Meaning::kUnknown && stage_ != Stage::kPutBack ? Turn(answer) : failed(answer);
}

// --- reading ---

Turn HetznerCloud::page(const json::value& body) {
  project_->add_floating_ips(body);
  project_->add_servers(body);
  project_->add_networks(body);
  const auto next = number_in(value_in(value_in(body, "meta"), "pagination"), "next_page");
  const bool has_all = stage_ == Stage::kAddresses && project_->floating_ip();
  if (next <= page_ || has_all) return listed();
  page_ = next;
  return list(stage_);
}

// All servers are read, as the number that an answer has is compared with whatever name the target was given
// by.
Turn HetznerCloud::listed() {
  if (stage_ == Stage::kAddresses) {
    const auto& floating = project_->floating_ip();
    const bool is_enough = call_.ask == Ask::kGet && floating && floating->target.empty();
    return is_enough ? Answer{Meaning::kRouted, {}, {}, {}} : list(Stage::kServers);
  }
  if (is_of_power()) {
    const auto* server = project_->server(call_.target);
    if (server != nullptr) return of_power(server->number);
    return no_server(call_.target);
  }
  if (auto place = found()) return at(*place);
  if (stage_ == Stage::kServers) return list(Stage::kNetworks);
  return Answer{Meaning::kRefused,
                {},
                fmt::format("there is no floating IP, alias IP or route {} in this project", call_.address),
                {}};
}

std::optional<CloudPlace> HetznerCloud::found() {
  if (project_->floating_ip()) return project_->floating_ip();
  if (auto alias = project_->alias()) return alias;
  if (stage_ == Stage::kServers) return std::nullopt;
  if (auto route = project_->route()) {
    routes_[call_.address] = *route;
    return route;
  }
  const auto known = routes_.find(call_.address);
  if (known == routes_.end()) return project_->free(call_.target);
  auto place = known->second;
  place.gateway.clear();
  place.target.clear();
  return place;
}

Turn HetznerCloud::at(const CloudPlace& place) {
  if (call_.ask == Ask::kGet) return Answer{Meaning::kRouted, place.target, {}, {}};
  const CloudServer* to = nullptr;
  if (!call_.target.empty()) {
    to = project_->server(call_.target);
    if (to == nullptr) return no_server(call_.target);
  }
  if (place.target == (to == nullptr ? std::string() : to->number))
    return Answer{Meaning::kAlready, place.target, {}, {}};
  auto change = project_->change(place, to);
  if (!change) return Answer{Meaning::kRefused, {}, change.error().text, {}};
  change_ = std::move(*change);
  taken_from_ = place.target;
  if (change_.take) return send(Stage::kTake, *change_.take);
  if (change_.give) return send(Stage::kGive, *change_.give);
  return Answer{Meaning::kUnknown, {}, "the lists of the project contradict one another", {}};
}

// --- the power of a server ---

Turn HetznerCloud::of_power(const std::string& number) {
  if (call_.ask == Ask::kPowerOff)
    return send(Stage::kGive, {"POST", fmt::format("/servers/{}/actions/poweroff", number), {}, {}});
  return send(Stage::kStatus, {"GET", fmt::format("/servers/{}", number), {}, {}});
}

Answer HetznerCloud::status(const json::value& body) const {
  const auto status = text_in(value_in(body, "server"), "status");
  if (status.empty()) return {Meaning::kUnknown, {}, "200 without a status of the server", {}};
  if (status == "off") return {Meaning::kOff, call_.target, {}, {}};
  return {Meaning::kOn, call_.target, "it is " + status, {}};
}

// --- changing ---

Turn HetznerCloud::send(Stage stage, const Request& request) {
  stage_ = stage;
  action_ = Action::kNone;
  polls_ = 0;
  return request;
}

Turn HetznerCloud::action(const json::value& body) {
  const auto& action = value_in(body, "action");
  const auto status = text_in(action, "status");
  const auto& number = value_in(action, "id");
  if (status == "success") return done();
  if (status == "error") return failed(cloud_failure(value_in(action, "error")));
  if (status != "running" || !(number.is_int64() || number.is_uint64()))
    return Answer{Meaning::kUnknown, {}, "the answer names no action", {}};
  action_ = Action::kRuns;
  if (++polls_ > kPolls)
    return Answer{Meaning::kUnknown,
                  {},
                  fmt::format("action {} is still running", json::serialize(number)),
                  kWhileItRuns};
  return Pause{kBetweenPolls, Request{"GET", "/actions/" + json::serialize(number), {}, {}}};
}

Turn HetznerCloud::done() {
  if (stage_ == Stage::kTake && change_.give) return send(Stage::kGive, *change_.give);
  if (stage_ != Stage::kPutBack) return Answer{Meaning::kDone, call_.target, {}, {}};
  auto answer = why_not_given_;
  answer.text += fmt::format(": it was put back to {}", nobody(taken_from_));
  return answer;
}

// What was asked for is surely not done, and nothing of it goes on.
Turn HetznerCloud::failed(Answer answer) {
  switch (stage_) {
    case Stage::kGive:
      if (change_.take) return not_given(std::move(answer));
      break;
    case Stage::kPutBack:
      return Answer{Meaning::kUnknown,
                    {},
                    fmt::format("{}: it was taken from {}, and cannot be put back: {}", why_not_given_.text,
                                nobody(taken_from_), answer.text),
                    answer.wait};
    default:
      break;
  }
  return answer;
}

Turn HetznerCloud::not_given(Answer answer) {
  const bool later = answer.meaning == Meaning::kBusy || answer.meaning == Meaning::kLimited;
  if (later && ++tries_ < kTries) {
    action_ = Action::kNone;
    polls_ = 0;
    return Pause{answer.wait, *change_.give};
  }
  why_not_given_ = std::move(answer);
  return change_.put_back ? send(Stage::kPutBack, *change_.put_back) : Turn(why_not_given_);
}

// --- the account ---

Limits HetznerCloud::limits() const {
  // One call of ours is some ten of theirs.
  return {.reads = 600,
          .switches = 300,
          .resets = 300,
          .window = std::chrono::hours(1),
          .logins = 0,
          .locked_out = {}};
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
    const auto* known = project_ ? project_->server(name) : nullptr;
    return known == nullptr ? name : known->number;
  };
  return number(one) == number(other);
}

}  // namespace hawser::vipd::provider
