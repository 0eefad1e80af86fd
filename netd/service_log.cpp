#include "netd/service_log.h"

#include <algorithm>

namespace hawser::netd {
namespace {

// "real server web2 198.51.100.22:8080".
std::string name_of(const VirtualServer& service, const Endpoint& real) {
  const auto* member = find_member(service, real);
  return "real server " + (member == nullptr ? to_string(real) : full_name(*member));
}

std::string topic_of(const VirtualServer& service, const Endpoint& real) {
  return fmt::format("{}: {}", service.service, name_of(service, real));
}

bool is_in_service(const Service& present, const Endpoint& real) {
  const auto found = present.reals.find(real);
  return found != present.reals.end() && found->second.weight > 0;
}

std::size_t in_service(const Service& present) {
  return static_cast<std::size_t>(
      std::ranges::count_if(present.reals, [](const auto& real) { return real.second.weight > 0; }));
}

bool is_undecided(const VirtualServer& service, const HealthTable& health) {
  return std::ranges::any_of(service.members, [&](const auto& member) {
    return state_of(service, member, health) == probes::HealthState::kUnknown;
  });
}

std::size_t within(const std::deque<TimePoint>& times, TimePoint now) {
  return static_cast<std::size_t>(
      std::ranges::count_if(times, [&](TimePoint time) { return now - time < ServiceLog::kWindow; }));
}

}  // namespace

// If it is down: saw() takes it out again where it is not.
void ServiceLog::told(const VirtualServer& service, const Endpoint& real) {
  down_.insert(topic_of(service, real));
}

std::optional<Event> ServiceLog::changed(const VirtualServer& service, const Endpoint& real, Event event,
                                         TimePoint now) {
  const auto topic = topic_of(service, real);
  auto& changes = changes_[topic];
  changes.service = service.service;
  std::erase_if(changes.times, [&](TimePoint time) { return now - time >= kWindow; });
  if (changes.times.empty() || changes.times.back() != now) changes.times.push_back(now);
  return damper_.say(topic, std::move(event), now);
}

std::optional<Event> ServiceLog::saw_real(const VirtualServer& service, const Member& member, const At& at,
                                          const HealthTable& health, TimePoint now) {
  const auto state = state_of(service, member, health);
  const auto topic = topic_of(service, member.real);
  if (state == probes::HealthState::kUp) down_.erase(topic);
  const bool in = at.present != nullptr && is_in_service(*at.present, member.real);
  if (state != probes::HealthState::kDown || in || !down_.insert(topic).second) return std::nullopt;
  auto judgement = judge(service, member, health);
  return damper_.say(topic,
                     {.kind = EventKind::kRealServer,
                      .object = service.service,
                      .what = name_of(service, member.real),
                      .to = "down",
                      .cause = {CauseKind::kProbe, std::move(judgement.what)},
                      .evidence = std::move(judgement.evidence)},
                     now);
}

std::optional<Event> ServiceLog::saw_service(const At& at, const HealthTable& health, TimePoint now) {
  if (at.present == nullptr || at.service.members.empty()) return std::nullopt;
  const auto topic = fmt::format("{}: {}", at.service.service, at.key);
  Event event{.kind = EventKind::kService, .object = at.service.service, .what = to_string(at.key)};
  const auto count = in_service(*at.present);
  if (count > 0) {
    if (empty_.erase(at.key) == 0) return std::nullopt;
    event.to = "in service again";
    event.cause.text = fmt::format("{} of {} real servers", count, at.service.members.size());
    return damper_.say(topic, std::move(event), now);
  }
  // Before its checks have spoken nobody knows; see state_of_service() for the status.
  if (is_undecided(at.service, health) || !empty_.insert(at.key).second) return std::nullopt;
  event.level = Level::kWarning;
  event.to = "no real server in service";
  return damper_.say(topic, std::move(event), now);
}

namespace {

// Of a pool: told when it is another than was said.
std::optional<Event> news(std::set<ServiceKey>& said, bool is_so, const ServiceLog::At& at, std::string begun,
                          std::string ended) {
  if (is_so == said.contains(at.key)) return std::nullopt;
  Event event{.kind = EventKind::kService, .object = at.service.service, .what = to_string(at.key)};
  if (is_so) {
    said.insert(at.key);
    event.level = Level::kWarning;
    event.to = std::move(begun);
  } else {
    said.erase(at.key);
    event.to = std::move(ended);
  }
  return event;
}

}  // namespace

std::optional<Event> ServiceLog::saw_panic(const At& at, TimePoint now) {
  const auto threshold = at.service.policy.panic_threshold;
  auto event =
      news(panic_, at.pool->panic, at,
           fmt::format("fewer than {}% of the real servers are up: the last good ones stay", threshold),
           fmt::format("{}% of the real servers are up again", threshold));
  return event ? damper_.say(fmt::format("{}: {}: panic", at.service.service, at.key), std::move(*event), now)
               : std::nullopt;
}

// A quorum of 1 is lost with the last real server, of which saw_service() speaks.
std::optional<Event> ServiceLog::saw_quorum(const At& at, TimePoint now) {
  const bool has_sorry = std::ranges::any_of(at.service.members, &Member::sorry);
  const auto quorum = at.service.policy.quorum;
  if (!has_sorry && quorum <= 1) return std::nullopt;
  auto event =
      news(lost_, !at.pool->quorate, at,
           fmt::format("the quorum of {} is lost{}", quorum, has_sorry ? ": sorry servers answer" : ""),
           fmt::format("the quorum of {} is there again", quorum));
  return event
             ? damper_.say(fmt::format("{}: {}: quorum", at.service.service, at.key), std::move(*event), now)
             : std::nullopt;
}

std::vector<Event> ServiceLog::saw(const At& at, const HealthTable& health, TimePoint now) {
  std::vector<Event> events;
  for (const auto& member : at.service.members)
    if (auto event = saw_real(at.service, member, at, health, now)) events.push_back(std::move(*event));
  if (auto event = saw_service(at, health, now)) events.push_back(std::move(*event));
  if (at.pool == nullptr) return events;
  if (auto event = saw_panic(at, now)) events.push_back(std::move(*event));
  if (auto event = saw_quorum(at, now)) events.push_back(std::move(*event));
  return events;
}

std::vector<ServiceLog::Flapping> ServiceLog::flapping(TimePoint now) const {
  std::vector<Flapping> list;
  for (const auto& [topic, changes] : changes_)
    if (const auto count = within(changes.times, now); count >= kFlaps)
      list.push_back({changes.service, fmt::format("{} flaps: {} changes in the last {}",
                                                   topic.substr(changes.service.size() + 2), count,
                                                   format_duration(kWindow))});
  return list;
}

void ServiceLog::keep_only(const Layout& layout) {
  std::set<std::string> topics;
  for (const auto& [key, service] : layout)
    for (const auto& member : service.members) topics.insert(topic_of(service, member.real));
  const auto is_gone = [&](const auto& topic) { return !topics.contains(topic); };
  std::erase_if(down_, is_gone);
  std::erase_if(changes_, [&](const auto& entry) { return is_gone(entry.first); });
  for (auto* said : {&empty_, &panic_, &lost_})
    std::erase_if(*said, [&](const auto& key) { return !layout.contains(key); });
}

}  // namespace hawser::netd
