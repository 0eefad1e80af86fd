#include "netd/bond_chronicle.h"

#include <algorithm>
#include <utility>

namespace hawser::netd {

namespace {

std::string chain_of(const BondNews& news) {
  return news.chain.size() > 1 ? describe(news.chain) : std::string{};
}

std::string name_or_none(const std::string& name) {
  return name.empty() ? "none" : name;
}

bool is_switch(const BondNews& news) {
  const bool is_of_the_bond =
      news.port.empty();  // a port's own aggregator changes without any traffic moving
  return news.change == BondChange::kFailover || (news.change == BondChange::kAggregator && is_of_the_bond);
}

}  // namespace

Event event_of(const BondNews& news) {
  return {.kind = EventKind::kSwitch,
          .object = news.bond,
          .what = news.change == BondChange::kAggregator ? "aggregator" : "",
          .from = name_or_none(news.from),
          .to = name_or_none(news.to),
          .cause = {CauseKind::kInterface, news.why},
          .evidence = chain_of(news)};
}

TimePoint BondChronicle::Pending::due() const {
  if (announced && guard) return *announced;
  if (announced) return *announced + kGuardsWord;
  return since + kPatience;
}

Event BondChronicle::Pending::event() const {
  if (!guard) return event_of(*news);
  auto event = *guard;
  if (news) event.evidence = chain_of(*news);
  return event;
}

void BondChronicle::hear(const std::vector<LinkFact>& facts, const Moment& now) {
  for (const auto& fact : facts) take(story_.hear(fact, now));
}

void BondChronicle::look_again(const std::vector<LinkFact>& all, const Moment& now) {
  take(story_.look_again(all, now));
}

void BondChronicle::take(const BondStory::News& news) {
  for (const auto& one : news) take_one(one);
}

void BondChronicle::take_one(const BondNews& news) {
  if (news.change == BondChange::kAnnounced) return take_announcement(news);
  if (!is_switch(news)) return;
  const auto known = pending_.find(news.bond);
  const bool has_said = known != pending_.end() && known->second.news.has_value();
  pending_of(news.bond, news.to, has_said, news.at.steady).news = news;
}

void BondChronicle::take_announcement(const BondNews& news) {
  const auto pending = pending_.find(news.bond);
  if (pending == pending_.end() || !pending->second.news || news.chain.empty()) return;
  pending->second.news->chain = news.chain;
  pending->second.announced = news.at.steady;
}

void BondChronicle::guard_switched(const Event& event, TimePoint now) {
  const auto known = pending_.find(event.object);
  const bool has_said = known != pending_.end() && known->second.guard.has_value();
  pending_of(event.object, event.to, has_said, now).guard = event;
}

// The switch that is being told of, unless this is another one: who speaks has said its word on that already,
// or it led elsewhere.
BondChronicle::Pending& BondChronicle::pending_of(const std::string& bond, const std::string& to,
                                                  bool has_said, TimePoint now) {
  const auto [pending, is_new] = pending_.try_emplace(bond, Pending{now});
  if (!is_new && (has_said || pending->second.to() != to)) {
    ripe_.push_back(pending->second.event());
    pending->second = Pending{now};
  }
  return pending->second;
}

std::vector<Event> BondChronicle::due(TimePoint now) {
  auto events = std::exchange(ripe_, {});
  std::erase_if(pending_, [&](const auto& entry) {
    if (now < entry.second.due()) return false;
    events.push_back(entry.second.event());
    return true;
  });
  return events;
}

TimePoint BondChronicle::next() const {
  auto first = ripe_.empty() ? TimePoint::max() : TimePoint::min();
  for (const auto& [bond, pending] : pending_) first = std::min(first, pending.due());
  return first;
}

}  // namespace hawser::netd
