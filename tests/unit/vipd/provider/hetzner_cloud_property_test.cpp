// The driver of Hetzner Cloud and the machine that moves addresses together, against a project whose API does
// anything for a while: refuses, answers late, does what it says that it has not done, hangs up.
#include <random>
#include <set>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "vipd/provider/hetzner_cloud.h"
#include "vipd/provider/move.h"

namespace hawser::vipd::provider {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

// Two servers in one network, each with an alias of its own beside the one that moves; one route.
class Project {
 public:
  explicit Project(unsigned seed) : random_(seed), trouble_(int(seed % 30)) {}

  // nullopt: hung up.
  std::optional<Reply> call(const Request& request) {
    ++calls;
    const bool changes = request.method == "POST";
    const bool troubled = trouble_-- > 0 && chance(60);
    if (!troubled) return changes ? change(request) : read(request);
    switch (random_() % 5) {
      case 0:
        return error(423, "locked");
      case 1:
        return error(429, "rate_limit_exceeded");
      case 2:
        if (changes && chance(50)) (void)change(request);
        return error(503, "maintenance");
      case 3:
        if (changes && chance(50)) (void)change(request);
        return std::nullopt;
      default:
        if (!changes) return Reply{502, "text/html", "<html>", {}};
        return reply(
            201, R"({"action":{"id":1,"status":"error","error":{"code":"action_failed","message":"x"}}})");
    }
  }

  [[nodiscard]] std::set<std::string> aliases(const std::string& server) const { return aliases_.at(server); }
  [[nodiscard]] std::string gateway() const { return gateway_; }
  int calls = 0;

 private:
  bool chance(int percent) { return int(random_() % 100) < percent; }
  static Reply reply(unsigned status, std::string body) {
    return {status, "application/json", std::move(body), {}};
  }
  static Reply error(unsigned status, const std::string& code) {
    return reply(status, fmt::format(R"({{"error":{{"code":"{}","message":"in words"}}}})", code));
  }

  [[nodiscard]] Reply read(const Request& request) const {
    if (request.path.starts_with("/floating_ips")) return reply(200, R"({"floating_ips":[]})");
    if (request.path.starts_with("/actions")) return reply(200, R"({"action":{"id":1,"status":"success"}})");
    if (request.path.starts_with("/networks")) {
      const auto route = fmt::format(R"({{"destination":"10.100.0.0/24","gateway":"{}"}})", gateway_);
      return reply(200, fmt::format(R"({{"networks":[{{"id":77,"subnets":[{{"ip_range":"10.0.1.0/24"}}],)"
                                    R"("routes":[{}]}}]}})",
                                    gateway_.empty() ? "" : route));
    }
    json::array servers;
    for (const auto& [number, aliases] : aliases_) {
      const json::object net{{"network", 77},
                             {"ip", number == "42" ? "10.0.1.11" : "10.0.1.12"},
                             {"alias_ips", json::array(aliases.begin(), aliases.end())}};
      servers.push_back(json::object{{"id", std::stoi(number)}, {"private_net", json::array{net}}});
    }
    return reply(200, json::serialize(json::object{{"servers", servers}}));
  }

  Reply change(const Request& request) {
    const auto body = json::parse(request.body).as_object();
    if (request.path.starts_with("/networks")) return change_route(request.path, body);
    const auto server = request.path.substr(9, 2);
    std::set<std::string> wanted;
    for (const auto& one : body.at("alias_ips").as_array()) wanted.emplace(one.as_string());
    for (const auto& [other, aliases] : aliases_)
      for (const auto& one : wanted)
        if (other != server && aliases.contains(one)) return error(409, "ip_not_available");
    aliases_.at(server) = wanted;
    return begun();
  }
  Reply change_route(const std::string& path, const json::object& body) {
    EXPECT_EQ(body.at("destination"), "10.100.0.0/24");
    const std::string gateway(body.at("gateway").as_string());
    if (path.ends_with("delete_route")) {
      if (gateway != gateway_) return error(404, "not_found");
      gateway_.clear();
    } else {
      if (!gateway_.empty()) return error(409, "uniqueness_error");
      gateway_ = gateway;
    }
    return begun();
  }
  Reply begun() {
    return reply(201,
                 fmt::format(R"({{"action":{{"id":1,"status":"{}"}}}})", chance(50) ? "running" : "success"));
  }

  std::mt19937 random_;
  int trouble_;  // calls until it heals
  std::map<std::string, std::set<std::string>> aliases_{{"42", {"10.0.1.90", "10.0.1.100"}},
                                                        {"43", {"10.0.1.80"}}};
  std::string gateway_ = "10.0.1.11";
};

// As call.cpp does it, but without waiting.
Answer carry_out_at(Project& project, HetznerCloud& cloud, const Call& call) {
  bool sent = false;
  for (auto turn = cloud.begin(call);;) {
    if (const auto* answer = std::get_if<Answer>(&turn)) return *answer;
    if (const auto* pause = std::get_if<Pause>(&turn)) turn = Request(pause->then);
    const auto& request = std::get<Request>(turn);
    sent = sent || request.method == "POST" || call.ask == Ask::kGet;
    const auto reply = project.call(request);
    if (!reply) return {sent ? Meaning::kUnknown : Meaning::kUnreached, {}, "hung up", {}};
    turn = cloud.heard(*reply);
  }
}

// True where it ended at the target. What is refused ends it too: two fates of one call may contradict.
bool moves(unsigned seed, Project& project, const IpAddress& address, const std::string& target) {
  HetznerCloud cloud;
  Move move({address, target, Begin::kByReading, 100h},
            [&](const std::string& one, const std::string& other) { return cloud.is_same(one, other); });
  auto now = TimePoint(100h);
  for (auto order = move.begin(now);;) {
    if (const auto* end = std::get_if<End>(&order)) return end->there;
    if (project.calls > 2000) return false;
    if (const auto* wait = std::get_if<Wait>(&order)) {
      now += wait->length;
      order = move.waited();
      continue;
    }
    order = move.heard(carry_out_at(project, cloud, {std::get<Ask>(order), address, target, {}}), now,
                       double(seed % 100) / 100);
  }
}

TEST(HetznerCloudProperty, AnAliasComesToItsServerAndTheOthersStayWhateverTheApiDoes) {
  const auto alias = *IpAddress::parse("10.0.1.100");
  for (unsigned seed = 0; seed < 3000; ++seed) {
    Project project(seed);
    const std::string target = seed % 4 == 0 ? "" : "43";
    EXPECT_TRUE(moves(seed, project, alias, target)) << "seed " << seed;
    EXPECT_EQ(project.aliases("42"), (std::set<std::string>{"10.0.1.90"})) << "seed " << seed;
    auto expected = std::set<std::string>{"10.0.1.80"};
    if (!target.empty()) expected.insert("10.0.1.100");
    EXPECT_EQ(project.aliases("43"), expected) << "seed " << seed;
  }
}

TEST(HetznerCloudProperty, ARouteComesToItsServerWithItsPrefixWhateverTheApiDoes) {
  const auto route = *IpAddress::parse("10.100.0.0");
  for (unsigned seed = 0; seed < 3000; ++seed) {
    Project project(seed);
    const std::string target = seed % 4 == 0 ? "" : "43";
    EXPECT_TRUE(moves(seed, project, route, target)) << "seed " << seed;
    EXPECT_EQ(project.gateway(), target.empty() ? "" : "10.0.1.12") << "seed " << seed;
  }
}

}  // namespace
}  // namespace hawser::vipd::provider
