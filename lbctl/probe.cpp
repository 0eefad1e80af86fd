#include "lbctl/probe.h"

#include <boost/json.hpp>

#include "lib/reconcile/overrides.h"

namespace hawser::lbctl {

namespace {

using probes::Outcome;

std::string_view outcome_word(Outcome outcome) {
  switch (outcome) {
    case Outcome::kGood:
      return "good";
    case Outcome::kBad:
      return "bad";
    default:
      return "not run";
  }
}

std::string statuses_of(const config::HttpCheck& http) {
  std::string text;
  for (const auto& [least, most] : http.status)
    text += (text.empty() ? "" : ", ") +
            (least == most ? std::to_string(least) : fmt::format("{}-{}", least, most));
  return text;
}

struct Question {
  const Endpoint& target;

  std::string operator()(const config::TcpCheck& /*tcp*/) const { return fmt::format("connect {}", target); }
  std::string operator()(const config::HttpCheck& http) const {
    auto text = fmt::format("{} http://{}{}", http.method, target, http.path);
    if (!http.host.empty()) text += fmt::format(", host {}", http.host);
    text += fmt::format(", wanted status {}", statuses_of(http));
    return http.contains.empty() ? text : text + fmt::format(" and \"{}\" in the body", http.contains);
  }
};

struct KindWord {
  std::string_view operator()(const config::TcpCheck& /*tcp*/) const { return "tcp"; }
  std::string_view operator()(const config::HttpCheck& /*http*/) const { return "http"; }
};

std::string so_many(int count, std::string_view singular, std::string_view plural) {
  return count == 1 ? fmt::format("one like this {}", singular)
                    : fmt::format("{} like this in a row {}", count, plural);
}

// What the answer leads to in netd.
std::string meaning_of(const Asking& asking, const probes::Verdict& verdict) {
  switch (verdict.outcome) {
    case Outcome::kGood:
      return so_many(asking.check.rise, "brings it back", "bring it back");
    case Outcome::kBad:
      return (verdict.silent ? "nothing at all came back: the host, the way there, or a filter; " : "") +
             so_many(asking.check.fall, "takes it out", "take it out");
    default:
      return "this host could not ask, which says nothing of the real server";
  }
}

bool names_service(const VirtualServer& service, const ServiceKey& key, const std::string& asked) {
  return asked == service.service || asked == to_string(key) || asked == to_string(key.virtual_address);
}

}  // namespace

Askings askings_for(const config::Config& config, const std::string& asked) {
  const auto layout = lay_out(config);
  bool of_service = asked.empty();
  for (const auto& [key, service] : layout) of_service = of_service || names_service(service, key, asked);
  Askings askings;
  for (const auto& [key, service] : layout) {
    if (of_service && !asked.empty() && !names_service(service, key, asked)) continue;
    for (const auto& member : service.members) {
      if (!of_service && !is_called(member, asked)) continue;
      const auto at = to_string(key);
      if (member.probes.empty())
        askings.unchecked.push_back(fmt::format("{}: {}: {}", service.service, at, full_name(member)));
      for (const auto& probe : member.probes)
        askings.list.push_back(
            {service.service, at, full_name(member), probe, config.checks.at(probe.check)});
    }
  }
  return askings;
}

std::string question_of(const Asking& asking) {
  return fmt::format("{}, within {}", std::visit(Question{asking.probe.target}, asking.check.kind),
                     format_duration(asking.check.timeout));
}

std::string lines_of(const Asking& asking, const Answered& answered) {
  return fmt::format("{}: {}: {}: {}: {} after {}: {}\n  {}: {}\n", asking.service, asking.at, asking.real,
                     asking.probe.check, outcome_word(answered.verdict.outcome),
                     format_duration(answered.took), answered.verdict.words, question_of(asking),
                     meaning_of(asking, answered.verdict));
}

boost::json::object json_of(const Asking& asking, const Answered& answered) {
  return {{"service", asking.service},
          {"virtual", asking.at},
          {"real", asking.real},
          {"check", asking.probe.check},
          {"type", std::visit(KindWord{}, asking.check.kind)},
          {"target", to_string(asking.probe.target)},
          {"question", question_of(asking)},
          {"outcome", outcome_word(answered.verdict.outcome)},
          {"words", answered.verdict.words},
          {"silent", answered.verdict.silent},
          {"took_ms", answered.took.count()}};
}

}  // namespace hawser::lbctl
