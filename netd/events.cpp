#include "netd/events.h"

#include "lib/base/find_in.h"
#include "lib/base/result.h"
#include "lib/plan/object.h"

namespace hawser::netd {
namespace {

constexpr std::uint32_t kFailOverMacActive = 1;  // BOND_FOM_ACTIVE

// What somebody else must have done for this step to be necessary.
std::string_view undone(const Step& step) {
  switch (act_of(step)) {
    case Act::kMake:
      return "removed by somebody else";
    case Act::kRemove:
      return "added by somebody else";
    case Act::kChange:
      break;
  }
  return "changed by somebody else";
}

Event event_of(const Step& step) {
  return event_from(describe(step), EventKind::kStep, Level::kInfo);
}

CauseKind kind_of(Because because) {
  switch (because) {
    case Because::kOperator:
      return CauseKind::kOperator;
    case Because::kRamp:
      return CauseKind::kNone;
    case Because::kChecks:
    case Because::kPool:
      break;
  }
  return CauseKind::kProbe;
}

Cause cause_of(const ServiceKey& key, const VirtualServer& service, const Member* member, Why why,
               const ServiceFacts& facts, std::string& evidence) {
  if (member == nullptr) return {CauseKind::kFile, "not in the file"};
  if (const auto* weight = facts.pools.find(key, member->real);
      weight != nullptr && weight->because != Because::kChecks)
    return {kind_of(weight->because), weight->reason};
  auto judgement = judge(service, *member, facts.health);
  if (why == Why::kOperator && judgement.state == probes::HealthState::kUp)
    return {CauseKind::kOperator, "enabled by hand"};
  if (why == Why::kReload && judgement.state == probes::HealthState::kUp)
    return {CauseKind::kFile, "the file says so"};
  evidence = std::move(judgement.evidence);
  return {CauseKind::kProbe, std::move(judgement.what)};
}

struct Place {
  const ServiceKey& key;
  const Endpoint& real;
};

// "web: real server web1 198.51.100.21:8080: removed: REASON"
Event real_event(const Place& place, std::string_view to, Why why, const ServiceFacts& facts) {
  Event event{.kind = EventKind::kRealServer, .object = to_string(place.key), .to = std::string(to)};
  event.what = fmt::format("real server {}", place.real);
  const auto* found = find_in(facts.layout, place.key);
  if (found == nullptr) return event;
  const auto& service = *found;
  const auto* member = find_member(service, place.real);
  event.object = service.service;
  if (member != nullptr) event.what = "real server " + full_name(*member);
  event.cause = cause_of(place.key, service, member, why, facts, event.evidence);
  return event;
}

Event with_cause(const Step& step, Cause cause) {
  auto event = event_of(step);
  event.cause = std::move(cause);
  return event;
}

Event drift_event(const Step& step) {
  return with_cause(step, {CauseKind::kOthers, std::string(undone(step))});
}

// The devices that the step is about, for what appeared.
std::set<std::string> devices_of(const Step& step) {
  Touched touched;
  touched.add(step);
  for (const auto& [link, prefix] : touched.addresses) touched.links.insert(link);
  if (const auto* set = as<SetBondPrimary>(step)) touched.links.insert(set->to);
  return std::move(touched.links);
}

}  // namespace

Event ipvs_event(const Step& step, Why why, const ServiceFacts& facts) {
  if (why == Why::kDrift) return drift_event(step);
  return visit_kind(Overloaded{
                        [&](const AddReal& add) {
                          const auto* to = add.server.weight == 0 ? "added with weight 0" : "added";
                          return real_event({add.key, add.real}, to, why, facts);
                        },
                        [&](const DeleteReal& gone) {
                          return real_event({gone.key, gone.real}, "removed", why, facts);
                        },
                        [&](const EditReal& edit) {
                          return real_event({edit.key, edit.real}, changes_of(edit), why, facts);
                        },
                        [&](const auto&) { return event_of(step); },
                    },
                    step);
}

Event network_event(const Step& step, Why why, const std::set<std::string>& appeared) {
  if (why == Why::kDrift || why == Why::kRetry)
    for (const auto& name : devices_of(step))
      if (appeared.contains(name)) return with_cause(step, {CauseKind::kAppeared, name + " appeared"});
  switch (why) {
    case Why::kStart:
      return with_cause(step, {CauseKind::kStart, ""});
    case Why::kReload:
      return with_cause(step, {CauseKind::kFile, ""});
    case Why::kDrift:
      return drift_event(step);
    case Why::kVerdict:
    case Why::kOperator:
    case Why::kTime:
    case Why::kRetry:
      return with_cause(step, {CauseKind::kRetry, ""});
  }
  return event_of(step);
}

Event left_event(const Step& step) {
  auto event = event_from(describe(step), EventKind::kRefusal, Level::kWarning);
  event.what = "still to do: " + event.what;
  event.cause.kind = CauseKind::kKernel;
  // bond_enslave() sets it by itself when the first port cannot change its MAC (IPoIB).
  if (const auto* set = as<SetBondOption>(step))
    if (set->option == BondOption::kFailOverMac && set->from == kFailOverMacActive)
      event.cause.text = "a port cannot change its MAC: write fail_over_mac = \"active\" in the file";
  return event;
}

Event refusal_event(const Step& step, const Error& why) {
  auto event = event_from(why.text, EventKind::kRefusal, Level::kWarning);
  event.cause.kind = CauseKind::kKernel;
  const auto what = event_of(step).what + ": ";
  if (!event.what.starts_with(what)) return event;
  event.cause.text = event.what.substr(what.size());
  event.what.resize(what.size() - 2);
  return event;
}

Event journal_event(const Error& why) {
  return {.kind = EventKind::kStorage,
          .level = Level::kWarning,
          .object = "journal",
          .cause = {CauseKind::kKernel, why.text}};
}

Event reload_event(Level level, std::string what) {
  return {.kind = EventKind::kFile,
          .level = level,
          .object = "reload",
          .what = std::move(what),
          .cause = {CauseKind::kOperator, ""}};
}

Event missing_event(const config::MissingPort& missing) {
  return {.kind = EventKind::kInterface,
          .level = Level::kWarning,
          .object = missing.bond,
          .what = fmt::format("port {} is missing: it is added as soon as it appears", missing.port)};
}

Event missing_event(const config::MissingDevice& missing) {
  Event event{.kind = EventKind::kInterface, .level = Level::kWarning, .object = missing.link};
  event.what = words_of(missing);
  if (missing.another_name_of.empty()) event.what += ": this is done as soon as it appears";
  return event;
}

Event doubled_event(const config::DoubledPort& doubled) {
  return {.kind = EventKind::kInterface,
          .level = Level::kWarning,
          .object = doubled.bond,
          .what = words_of(doubled)};
}

std::string words_of(const config::MissingDevice& missing) {
  const auto& is = missing.another_name_of;
  const bool itself = missing.link == missing.device;
  if (!is.empty() && itself) return fmt::format("is another name of {}: write {} in the file", is, is);
  if (!is.empty())
    return fmt::format("{}, which it is on, is another name of {}: write {} in the file", missing.device, is,
                       is);
  if (itself) return "there is no such device";
  return fmt::format("{}, which it is on, is missing", missing.device);
}

std::string words_of(const config::DoubledPort& doubled) {
  const auto& [bond, port, device, holder] = doubled;
  if (holder == bond)
    return fmt::format("port {}: it is {}, which is in its list already: remove one of the two", port,
                       device);
  return fmt::format("port {}: it is {}, which {} of the same file has: remove it from one of the two", port,
                     device, holder);
}

}  // namespace hawser::netd
