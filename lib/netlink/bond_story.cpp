#include "lib/netlink/bond_story.h"

#include <algorithm>

#include "lib/state/bond.h"

namespace hawser {

namespace {

bool is_bond(const LinkFact& fact) {
  return fact.mode.has_value();
}

bool is_port(const LinkFact& fact) {
  return fact.port.has_value() && fact.master != IfIndex{};
}

std::string_view admin(const LinkFact& fact) {
  return fact.up ? "up" : "down";
}

std::string_view carrier(const LinkFact& fact) {
  return fact.carrier ? "carrier" : "no carrier";
}

BondNews about_bond(const LinkFact& bond, const Moment& now, BondChange change, std::string_view from,
                    std::string_view to) {
  return {now, bond.index, bond.name, "", change, std::string(from), std::string(to), "", 0, {}};
}

// What a port's LACP state has won and lost: "+collecting +distributing -defaulted".
std::string difference(std::uint8_t before, std::uint8_t now) {
  std::string text;
  for (const auto& [bit, word] : kNames<LacpBit>)
    if (has(before, bit) != has(now, bit))
      text += fmt::format("{}{}{}", text.empty() ? "" : " ", has(now, bit) ? '+' : '-', word);
  return text;
}

// How many changes of the carrier no message of its own told. Setting a link up or down may change its
// carrier too.
std::uint32_t untold(const LinkFact& before, const LinkFact& fact) {
  if (fact.carrier_changes < before.carrier_changes) return 0;  // another device under this number
  const std::uint32_t changed = fact.carrier_changes - before.carrier_changes;
  const std::uint32_t told = (before.carrier != fact.carrier ? 1U : 0U) + (before.up != fact.up ? 1U : 0U);
  return changed > told ? changed - told : 0;
}

std::string milliseconds(TimePoint from, TimePoint to) {
  constexpr double kWholeFrom = 10;
  const double count = std::chrono::duration<double, std::milli>(to - from).count();
  return count < kWholeFrom ? fmt::format("{:.1f}ms", count) : fmt::format("{:.0f}ms", count);
}

std::string words_of(const BondNews& news) {
  switch (news.change) {
    case BondChange::kPresent:
      return news.to;
    case BondChange::kCreated:
      return "created: " + news.to;
    case BondChange::kRemoved:
      return "removed";
    case BondChange::kRenamed:
      return fmt::format("renamed from {}", news.from);
    case BondChange::kMode:
      return fmt::format("mode {}, was {}", news.to, news.from);
    case BondChange::kJoined:
      return "joined";
    case BondChange::kLeft:
      return "left";
    case BondChange::kAdmin:
      return "set " + news.to;
    case BondChange::kCarrier:
      return news.to == "carrier" ? "has a carrier" : "lost its carrier";
    case BondChange::kFlaps:
      return fmt::format("its carrier changed {} times more than was told", news.count);
    case BondChange::kMonitor:
      return fmt::format("{} for the bond's monitor", news.to);
    case BondChange::kFailover:
      return fmt::format("{} -> {}: {}", news.from.empty() ? "none" : news.from,
                         news.to.empty() ? "none" : news.to, news.why);
    case BondChange::kAnnounced:
      return news.chain.size() < 2 ? "announced" : describe(news.chain);
    case BondChange::kAggregator:
      return fmt::format("{} {}, was {}", news.port.empty() ? "carried by aggregator" : "in aggregator",
                         news.to, news.from);
    case BondChange::kLacp:
      return "LACP: " + news.to;
    case BondChange::kPartner:
      return "LACP partner: " + news.to;
    case BondChange::kLost:
      return "notifications were lost: everything was looked at again";
  }
  return {};
}

// Behind the words: how long after its cause.
std::string lateness(const BondNews& news) {
  if (news.chain.size() < 2 || news.change == BondChange::kAnnounced) return {};
  const auto late = milliseconds(news.chain.front().at.steady, news.at.steady);
  return news.change == BondChange::kFailover ? fmt::format(" {} before", late)
                                              : fmt::format(" ({} later)", late);
}

// "active-backup, active port eth0, 2 of 2 ports up"
std::string summary(const LinkFact& bond, const std::map<IfIndex, LinkFact>& links) {
  std::string text{name_of(*bond.mode)};
  if (!bond.up) text += ", down";
  if (bond.up && !bond.carrier) text += ", no carrier";
  if (has_active_port(*bond.mode)) {
    const auto active = links.find(bond.active_port);
    text += active == links.end() ? ", no active port" : ", active port " + active->second.name;
  }
  std::size_t ports = 0;
  std::size_t usable = 0;
  for (const auto& [index, link] : links) {
    if (!is_port(link) || link.master != bond.index) continue;
    ++ports;
    if (link.up && link.carrier && link.port->mii == MiiStatus::kUp) ++usable;
  }
  return text + (ports == 0 ? ", no ports" : fmt::format(", {} of {} ports up", usable, ports));
}

}  // namespace

std::string describe(const Chain& chain) {
  std::string text;
  for (const auto& link : chain)
    text += text.empty() ? std::string(name_of(link.change))
                         : fmt::format(" -> {} {}", name_of(link.change),
                                       milliseconds(chain.front().at.steady, link.at.steady));
  return text;
}

std::string line_of(const BondNews& news) {
  std::string text;
  for (const auto& part : {news.bond, news.port})
    if (!part.empty()) text += part + ": ";
  return text + words_of(news) + lateness(news);
}

std::string BondStory::name_of_link(IfIndex index) const {
  const auto found = links_.find(index);
  return found == links_.end() ? std::string{} : found->second.name;
}

bool BondStory::has_lacp() const {
  return std::ranges::any_of(links_, [](const auto& one) { return one.second.mode == BondMode::k8023ad; });
}

BondStory::News BondStory::begin(const std::vector<LinkFact>& all, const Moment& now) {
  for (const auto& fact : all) links_[fact.index] = fact;
  News news;
  for (const auto& fact : all)
    if (is_bond(fact)) news.push_back(about_bond(fact, now, BondChange::kPresent, "", summary(fact, links_)));
  return news;
}

BondStory::News BondStory::look_again(const std::vector<LinkFact>& all, const Moment& now) {
  News news;
  const auto tell = [&](const LinkFact& fact) {
    for (auto& one : hear(fact, now)) news.push_back(std::move(one));
  };
  auto gone = links_;
  for (const auto& fact : all) gone.erase(fact.index);
  for (auto& [index, fact] : gone) {
    fact.removed = true;
    tell(fact);
  }
  // Ports first: why the active one changed is to be seen in them.
  for (const auto& fact : all)
    if (!is_bond(fact)) tell(fact);
  for (const auto& fact : all)
    if (is_bond(fact)) tell(fact);
  return news;
}

BondStory::News BondStory::hear(const LinkFact& fact, const Moment& now) {
  News news;
  const auto known = links_.find(fact.index);
  if (fact.removed) {
    if (known != links_.end()) hear_removal(LinkFact(known->second), now, news);
    return news;
  }
  const bool fresh = known == links_.end();
  // Who is new was nothing before: it joins what it belongs to.
  LinkFact before = fresh ? fact : known->second;
  if (fresh) before.master = IfIndex{};
  links_[fact.index] = fact;
  if (is_bond(fact) && fresh)
    news.push_back(about_bond(fact, now, BondChange::kCreated, "", summary(fact, links_)));
  else if (is_bond(fact))
    hear_bond(before, fact, now, news);
  hear_membership(before, fact, now, news);
  if (is_port(fact) && is_port(before)) hear_port(before, fact, now, news);
  return news;
}

void BondStory::hear_removal(const LinkFact& known, const Moment& now, News& news) {
  if (is_bond(known)) news.push_back(about_bond(known, now, BondChange::kRemoved, known.name, ""));
  auto alone = known;
  alone.master = IfIndex{};
  alone.port.reset();
  hear_membership(known, alone, now, news);
  links_.erase(known.index);
  chains_.erase(known.index);
}

void BondStory::hear_bond(const LinkFact& before, const LinkFact& fact, const Moment& now, News& news) {
  const auto tell = [&](BondChange change, std::string_view from, std::string_view to) {
    if (from != to) news.push_back(about_bond(fact, now, change, from, to));
  };
  tell(BondChange::kRenamed, before.name, fact.name);
  if (before.mode) tell(BondChange::kMode, name_of(*before.mode), name_of(*fact.mode));
  tell(BondChange::kAdmin, admin(before), admin(fact));
  if (fact.up && before.up) tell(BondChange::kCarrier, carrier(before), carrier(fact));
  tell(BondChange::kAggregator, std::to_string(before.aggregator), std::to_string(fact.aggregator));
  if (before.active_port != fact.active_port) hear_active(before, fact, now, news);
  if (fact.announced) hear_announcement(fact, now, news);
}

// Why the kernel, or who asked it, took another port: by what is known of the two at this moment.
std::string BondStory::why_moved(const LinkFact& bond, IfIndex from, IfIndex to) const {
  const auto left = links_.find(from);
  const auto taken = links_.find(to);
  if (from == IfIndex{}) return "it is the first port that is up";
  if (left == links_.end()) return "the old port is gone";
  const auto& old = left->second;
  if (old.master != bond.index) return fmt::format("{} left the bond", old.name);
  if (!old.up) return fmt::format("{} was set down", old.name);
  const bool unseen = old.port && old.port->mii == MiiStatus::kUp;
  if (!old.carrier)
    return fmt::format("{} lost its carrier{}", old.name, unseen ? ", moved before the poll saw it" : "");
  if (!unseen) return fmt::format("the bond's monitor holds {} for down", old.name);
  if (taken == links_.end()) return "no port is usable";
  const auto& next = taken->second;
  if (bond.primary == to) return fmt::format("{} is the primary", next.name);
  if (next.prio > old.prio) return fmt::format("{} has the higher prio", next.name);
  return "somebody asked for it (bond guard, operator)";
}

void BondStory::hear_active(const LinkFact& before, const LinkFact& fact, const Moment& now, News& news) {
  auto one = about_bond(fact, now, BondChange::kFailover, name_of_link(before.active_port),
                        name_of_link(fact.active_port));
  one.why = why_moved(fact, before.active_port, fact.active_port);
  if (const auto cause = chains_.find(before.active_port); cause != chains_.end()) one.chain = cause->second;
  one.chain.push_back({BondChange::kFailover, one.to, now});
  chains_[fact.index] = one.chain;
  news.push_back(std::move(one));
}

void BondStory::hear_announcement(const LinkFact& fact, const Moment& now, News& news) {
  auto one = about_bond(fact, now, BondChange::kAnnounced, "", name_of_link(fact.active_port));
  if (const auto cause = chains_.find(fact.index); cause != chains_.end()) {
    one.chain = cause->second;
    one.chain.push_back({BondChange::kAnnounced, one.to, now});
    chains_.erase(cause);  // the next ones are repetitions
  }
  news.push_back(std::move(one));
}

void BondStory::hear_membership(const LinkFact& before, const LinkFact& fact, const Moment& now, News& news) {
  const auto tell = [&](IfIndex master, BondChange change) {
    const auto bond = links_.find(master);
    if (bond == links_.end() || !is_bond(bond->second)) return;
    auto one = about_bond(bond->second, now, change, "", "");
    one.port = fact.name;
    news.push_back(std::move(one));
  };
  if (before.master == fact.master) return;
  tell(before.master, BondChange::kLeft);
  tell(fact.master, BondChange::kJoined);
  if (before.master != IfIndex{}) chains_[fact.index] = {{BondChange::kLeft, fact.name, now}};
}

void BondStory::hear_port(const LinkFact& before, const LinkFact& fact, const Moment& now, News& news) {
  const auto bond = links_.find(fact.master);
  if (bond == links_.end() || before.master != fact.master) return;
  const auto tell = [&](BondChange change, std::string_view from, std::string_view to) {
    if (from == to) return;
    auto one = about_bond(bond->second, now, change, from, to);
    one.port = fact.name;
    news.push_back(std::move(one));
  };
  tell(BondChange::kRenamed, before.name, fact.name);
  tell(BondChange::kAdmin, admin(before), admin(fact));
  hear_carrier(before, fact, now, news);
  hear_monitor(before, fact, now, news);
  if (!before.lacp || !fact.lacp) return;
  tell(BondChange::kAggregator, std::to_string(before.lacp->aggregator),
       std::to_string(fact.lacp->aggregator));
  tell(BondChange::kLacp, "", difference(before.lacp->actor_state, fact.lacp->actor_state));
  tell(BondChange::kPartner, "", difference(before.lacp->partner_state, fact.lacp->partner_state));
}

void BondStory::hear_carrier(const LinkFact& before, const LinkFact& fact, const Moment& now, News& news) {
  const auto& bond = links_.at(fact.master);
  if (before.up && !fact.up)
    chains_[fact.index] = {{BondChange::kAdmin, fact.name, now}};
  else if (before.carrier && !fact.carrier)
    chains_[fact.index] = {{BondChange::kCarrier, fact.name, now}};
  else if (!before.carrier && fact.carrier)
    chains_.erase(fact.index);
  if (const auto more = untold(before, fact); more > 0) {
    auto one = about_bond(bond, now, BondChange::kFlaps, "", "");
    one.port = fact.name;
    one.count = more;
    news.push_back(std::move(one));
  }
  if (before.carrier == fact.carrier || !fact.up || !before.up) return;
  auto one = about_bond(bond, now, BondChange::kCarrier, carrier(before), carrier(fact));
  one.port = fact.name;
  news.push_back(std::move(one));
}

void BondStory::hear_monitor(const LinkFact& before, const LinkFact& fact, const Moment& now, News& news) {
  if (before.port->mii == fact.port->mii) return;
  auto one = about_bond(links_.at(fact.master), now, BondChange::kMonitor, name_of(before.port->mii),
                        name_of(fact.port->mii));
  one.port = fact.name;
  auto& chain = chains_[fact.index];
  if (fact.port->mii == MiiStatus::kUp || fact.port->mii == MiiStatus::kGoingUp)
    chain.clear();
  else
    chain.push_back({BondChange::kMonitor, fact.name, now});
  one.chain = chain;
  news.push_back(std::move(one));
}

}  // namespace hawser
